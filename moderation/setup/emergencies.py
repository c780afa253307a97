"""`/verwaltung/notfall/`: the complaint management switches a prepared set on and off; administrators prepare them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import Permission
from accounts.services import may
from geo.localized import localized
from geo.models import Municipality
from moderation.access import staff
from moderation.setup.access import administrators_only, allowed_to
from moderation.setup.forms import tell
from moderation.setup.seen import Seen
from reports.categories import tree
from reports.emergency import LONGEST, begin, end, remove_set, running, save_set
from reports.models import Emergency

switchers_only = allowed_to(Permission.EMERGENCY)
USUAL: Final = timedelta(hours=24)
STAMP: Final = "%Y-%m-%dT%H:%M"
PHONES_MAX: Final = 8


class UntilForm(forms.Form):
    """Until when it runs."""

    until = forms.DateTimeField(
        label=gettext_lazy("Ends by itself at"),
        input_formats=[STAMP, "%d.%m.%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=STAMP),
    )


class SetForm(Seen, forms.Form):
    """A set: name, notice, numbers, categories."""

    name_de = forms.CharField(label=gettext_lazy("Name, such as “Hochwasser”"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    notice_de = forms.CharField(
        label=gettext_lazy("What people should know and do"), max_length=1500, widget=forms.Textarea(attrs={"rows": 5})
    )
    notice_en = forms.CharField(
        label=gettext_lazy("The same in English"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )
    phones = forms.CharField(
        label=gettext_lazy("Telephone numbers, one per line"),
        required=False,
        max_length=800,
        help_text=gettext_lazy("For example: Bürgertelefon: 05247 935 0"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What citizens may report then"),
        help_text=gettext_lazy("Categories that only staff choose on other days may be among them."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, town: Municipality, row: Emergency | None) -> None:
        begun: dict[str, Any] = {}
        if row is not None:
            begun = {
                f"{name}_{language}": getattr(row, name).get(language, "")
                for name in ("name", "notice")
                for language in ("de", "en")
            }
            begun |= {"phones": "\n".join(f"{whose}: {number}" if whose else number for whose, number in row.phones)}
            begun |= {"topics": row.topics}
        super().__init__(data, initial=begun, label_suffix="")
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (category.topic.slug, f"{localized(group.topic.name)}: {localized(category.topic.name)}")
            for group in tree(town)
            for category in group.categories
        ]

    def clean_phones(self) -> list[list[str]]:
        """[[whose, number], …]."""
        found = []
        for line in self.cleaned_data["phones"].splitlines():
            whose, _colon, number = line.strip().rpartition(":")
            number = number.strip()
            if not line.strip():
                continue
            if sum(sign.isdigit() for sign in number) < 3 or set(number) - set("0123456789 +/-()"):
                raise ValidationError(_("“%(line)s” holds no telephone number.") % {"line": line.strip()[:60]})
            found.append([whose.strip()[:60], number])
        if len(found) > PHONES_MAX:
            raise ValidationError(_("At most %(n)d numbers.") % {"n": PHONES_MAX})
        return found

    def facts(self) -> dict[str, Any]:
        """Arguments for `reports.emergency.save_set`."""
        typed = self.cleaned_data

        def both(name: str) -> dict[str, str]:
            return {one: text for one in ("de", "en") if (text := typed[f"{name}_{one}"].replace("\r\n", "\n").strip())}

        return {"name": both("name"), "notice": both("notice"), "phones": typed["phones"], "topics": typed["topics"]}


def _list(request: HttpRequest, town: Municipality, form: UntilForm | None = None, wrong: int = 0) -> HttpResponse:
    now = timezone.now()
    rows = Emergency.objects.filter(municipality=town).select_related("begun_by")
    usual = timezone.localtime(now + USUAL).replace(minute=0).strftime(STAMP)
    on = running(town, now)
    own = next((row for row in rows if row.runs(now)), None)
    context = {
        "town": town,
        "sets": [
            {
                "row": row,
                "on": row.runs(now),
                "form": form
                if form is not None and row.pk == wrong
                else UntilForm(initial={"until": usual}, prefix=None, label_suffix="", auto_id=f"id_{row.pk}_%s"),
            }
            for row in rows
        ],
        "on": on,
        "from_county": on is not None and own is None,
        "admin": may(staff(request), Permission.ADMINISTER, municipality_id=town.pk),
    }
    return render(request, "moderation/setup/emergencies.html", context, status=422 if form is not None else 200)


@require_safe
@switchers_only
def overview(request: HttpRequest, town: Municipality) -> HttpResponse:
    """What is prepared, and what is on."""
    return _list(request, town)


@require_POST
@switchers_only
def switch_on(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Switch a set on until a time; while it is on, the same changes the time."""
    row = get_object_or_404(Emergency, pk=pk, municipality=town)
    form = UntilForm(request.POST, label_suffix="", auto_id=f"id_{row.pk}_%s")
    if form.is_valid():
        try:
            begin(emergency=row, until=form.cleaned_data["until"], by=staff(request), at=timezone.now())
        except ValidationError as error:
            tell(form, error)
        else:
            words = _("“%(name)s” is on until %(when)s.")
            when = date_format(timezone.localtime(form.cleaned_data["until"]), "SHORT_DATETIME_FORMAT")
            messages.success(request, words % {"name": row, "when": when})
            return redirect("emergencies")
    return _list(request, town, form, row.pk)


@require_POST
@switchers_only
def switch_off(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """End it early."""
    row = get_object_or_404(Emergency, pk=pk, municipality=town)
    end(emergency=row, by=staff(request), at=timezone.now())
    messages.success(request, _("“%(name)s” has ended. Everything is as on other days.") % {"name": row})
    return redirect("emergencies")


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: HttpRequest, town: Municipality, pk: int | None = None) -> HttpResponse:
    """Prepare a set or change one."""
    row = get_object_or_404(Emergency, pk=pk, municipality=town) if pk is not None else None
    form = SetForm(request.POST if request.method == "POST" else None, town=town, row=row)
    if form.is_valid():
        try:
            save_set(municipality=town, by=staff(request), emergency=row, **form.facts())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("emergencies")
    status = 409 if form.stale else 422 if form.is_bound and form.errors else 200
    context = {"town": town, "form": form, "row": row, "longest": LONGEST.days}
    return render(request, "moderation/setup/emergency.html", context, status=status)


@require_POST
@administrators_only
def remove(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Throw a set away that is not on."""
    row = get_object_or_404(Emergency, pk=pk, municipality=town)
    try:
        remove_set(emergency=row, by=staff(request), at=timezone.now())
    except PermissionError as error:
        raise PermissionDenied from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("emergencies")
