"""`/verwaltung/einrichtung/stufen/`: what the states are called here, and what citizens read with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import rules
from cases.models import STATES, Case, Stage
from cases.models.states import MEANS, WAITS_FOR
from geo.models import Municipality
from moderation.access import staff
from moderation.rules.rows import do, everything, look_of, row_of
from moderation.rules.words import InLanguages
from moderation.setup import steps
from moderation.setup.access import administrators_only


class StageForm(InLanguages, forms.Form):
    """All of a stage but its place in the list."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=STATES,
        help_text=gettext_lazy("Decides colour and deadline, and whether a case is closed."),
    )
    waits_for = forms.ChoiceField(
        label=gettext_lazy("Whom does a case wait for in it?"),
        choices=WAITS_FOR,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Matters for waiting stages alone: it decides in which list the case lies."),
    )
    means = forms.ChoiceField(
        label=gettext_lazy("Set by itself when a case …"),
        required=False,
        help_text=gettext_lazy("Such as by merging or forwarding. One stage each."),
    )
    hides = forms.BooleanField(
        label=gettext_lazy("Takes the case off the public pages"),
        required=False,
        help_text=gettext_lazy("For what is against the rules. Only the reporter still sees it."),
    )
    active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy("Out of use nobody can choose it; cases that stand in it stay as they are."),
    )

    def __init__(self, data: Any = None, *, stage: Stage, new: bool) -> None:
        first = {name: getattr(stage, name) for name in ("state", "waits_for", "means", "hides", "active")}
        super().__init__(data, initial=first, label_suffix="")
        self.stage = stage
        means = self.fields["means"]
        assert isinstance(means, forms.ChoiceField)
        means.choices = [("", _("is never set by itself")), *MEANS]
        self.add_words("label", _("Label"), stage.label, longest=rules.LABEL_MAX, needed=True)
        hint = _("Stands below the state as long as the case is in it.")
        self.add_words(
            "public_text", _("Text on the page"), stage.public_text, rows=3, hint=hint, longest=rules.TEXT_MAX
        )
        hint = _("Empty: the mail says the same as the page.")
        self.add_words("mail_text", _("Text in the mail"), stage.mail_text, rows=3, hint=hint, longest=rules.TEXT_MAX)
        self.parts = {name: self.bound_words(name) for name in ("label", "public_text", "mail_text")}
        if new:
            self.fields["active"].disabled = True

    def facts(self) -> dict[str, Any]:
        """Arguments for `cases.rules.save_stage`."""
        typed = self.cleaned_data
        texts = {name: self.words(name, getattr(self.stage, name)) for name in self.parts}
        return {**{name: typed[name] for name in self.declared_fields}, **texts}


@require_safe
@administrators_only
def stages(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All stages by state, in order, each with where it comes from and how many cases stand in it."""
    rows, origin = everything(Stage, town)
    counted = Case.objects.filter(municipality__in=town.family_ids(), stage__in=[row.pk for row in rows])
    used = dict(counted.order_by().values_list("stage").annotate(n=Count("pk")))
    groups = []
    for state, label in STATES:
        of_state = [row for row in rows if row.state == state]
        shown = [
            {
                "row": row,
                "origin": origin[row.pk],
                "used": used.get(row.pk, 0),
                "first": place == 0,
                "last": place == len(of_state) - 1,
            }
            for place, row in enumerate(of_state)
        ]
        groups.append({"state": state, "label": label, "look": look_of(state), "rows": shown})
    return _page(request, town, "stages", groups=groups)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def stage(request: HttpRequest, town: Municipality, pk: int | None = None) -> HttpResponse:
    """Make a stage or change one; what is inherited can be read, and taken over."""
    if pk is None:
        wanted = request.GET.get("status", "")
        state = wanted if wanted in dict(STATES) else STATES[0][0]
        row, origin = Stage(municipality=town, state=state), None
    else:
        row, origin = row_of(Stage, town, pk)
    if origin is not None and not origin.own:
        if request.method == "POST":
            return redirect("setup_stage", row.pk)
        return _page(request, town, "stage_inherited", row=row, origin=origin, look=look_of(row.state))
    form = StageForm(request.POST if request.method == "POST" else None, stage=row, new=pk is None)
    if form.is_valid():
        try:
            saved = rules.save_stage(
                municipality=town, by=staff(request), stage=row if row.pk else None, **form.facts()
            )
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("“%(row)s” is saved.") % {"row": saved})
            return redirect("setup_stages")
    used = Case.objects.filter(stage=row).count() if row.pk else 0
    cases_url = f"{reverse('desk')}?liste=alle&stufe={row.slug}" if used else ""
    return _page(request, town, "stage", form, row=row, origin=origin, used=used, cases_url=cases_url)


@require_POST
@administrators_only
def deed(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Own version, back to the county's, up, down, delete."""
    row, origin = row_of(Stage, town, pk)
    done = do(request, town, row, origin, staff(request))
    if request.POST.get("deed") == "own" and done is not None:
        return redirect("setup_stage", done.pk)
    return redirect(f"{reverse('setup_stages')}#stufe-{done.slug}" if done is not None else "setup_stages")


def _page(
    request: HttpRequest, town: Municipality, name: str, form: StageForm | None = None, **more: Any
) -> HttpResponse:
    context = {**steps.context(town), "town": town, "form": form, **more}
    wrong = form is not None and form.is_bound and bool(form.errors)
    status = 409 if form is not None and form.stale else 422 if wrong else 200
    return render(request, f"moderation/rules/{name}.html", context, status=status)
