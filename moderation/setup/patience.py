"""Set-up: after how many working days somebody is reminded, and the complaint management told."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geo.models import Municipality
from geo.policy import PATIENCE, PATIENCE_MAX
from geo.settling import settle
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged, row_of
from moderation.setup.seen import Seen
from moderation.setup.views import page

WORDS: Final = {
    "accept": gettext_lazy("Nobody in the unit has accepted a case"),
    "answer": gettext_lazy("The citizen has had no first answer"),
    "release": gettext_lazy("A text or photo waits for its release"),
    "reason": gettext_lazy("A case was closed without a reason that the citizen can read"),
    "question": gettext_lazy("The reporter has not answered a question"),
    "forward": gettext_lazy("An outside body has not answered"),
}
STAGES: Final = ("first", "second")


class PatienceForm(Seen, forms.Form):
    """Two numbers per subject; what is empty is as the county has it, else as the program comes."""

    def __init__(self, *args: Any, town: Municipality, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.inherited = {subject: _inherited(town, subject) for subject in PATIENCE}
        labels = (_("Reminder"), _("Complaint management"))
        for subject in PATIENCE:
            own = town.patience.get(subject)
            for place, stage in enumerate(STAGES):
                field = forms.IntegerField(
                    label=labels[place], required=False, min_value=0, max_value=PATIENCE_MAX, localize=False
                )
                field.widget.attrs |= {"placeholder": str(self.inherited[subject][place]), "inputmode": "numeric"}
                field.initial = own[place] if own else None
                self.fields[f"{subject}-{stage}"] = field

    def rows(self) -> list[dict[str, Any]]:
        """What the template shows: words and two bound fields per subject."""
        return [
            {"words": WORDS[subject], "first": self[f"{subject}-first"], "second": self[f"{subject}-second"]}
            for subject in PATIENCE
        ]

    def clean(self) -> dict[str, Any]:
        """An escalation comes no earlier than its reminder."""
        data: dict[str, Any] = super().clean() or {}
        for subject, (first, second) in self.chosen(data).items():
            if first and second and second < first:
                self.add_error(f"{subject}-second", _("Please give at least as many days as for the reminder."))
        return data

    def chosen(self, data: dict[str, Any]) -> dict[str, list[int]]:
        """The subjects for which anything was typed; the other number of the two is as it was inherited."""
        found = {}
        for subject in PATIENCE:
            typed = [data.get(f"{subject}-{stage}") for stage in STAGES]
            if any(one is not None for one in typed):
                found[subject] = [
                    one if one is not None else self.inherited[subject][place] for place, one in enumerate(typed)
                ]
        return found


def _inherited(town: Municipality, subject: str) -> tuple[int, int]:
    """What holds without an own entry."""
    return town.parent.waits(subject) if town.parent is not None else PATIENCE[subject]


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All subjects on one page."""
    form = PatienceForm(request.POST if request.method == "POST" else None, town=town)
    if form.is_valid():
        try:
            with logged(request, town, "patience", lambda: row_of(town, ["patience"])().get("patience", {})):
                settle(municipality=town, patience=form.chosen(form.cleaned_data))
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup_patience")
    return page(request, town, "patience", form)
