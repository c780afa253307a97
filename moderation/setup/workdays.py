"""Set-up: on which days the town hall works; deadlines and reminders count those."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geo.models import Municipality
from geo.settling import settle
from moderation.setup.access import administrators_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged, row_of
from moderation.setup.seen import Seen
from moderation.setup.views import page

FIELDS: Final = ("working_days", "closed_days")
_TYPED: Final = re.compile(r"^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})?$")
_LEAP: Final = 2028
"""A day of every year may be the 29th of February."""


class WorkdaysForm(Seen, forms.Form):
    """Weekdays, and days on which nobody works, one per line: "24.12." every year, "02.05.2027" once."""

    working_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("The town hall works on"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    closed_days = forms.CharField(
        label=gettext_lazy("Further closed days"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One per line: 24.12. for every year, 02.05.2027 for once. Public holidays are known."),
    )

    def clean_closed_days(self) -> list[str]:
        """As they are stored: "MM-DD" or "YYYY-MM-DD", sorted."""
        found, wrong = set(), []
        for line in self.cleaned_data["closed_days"].splitlines():
            typed = line.strip()
            if not typed:
                continue
            match = _TYPED.match(typed)
            try:
                day = date(int(match[3] or _LEAP), int(match[2]), int(match[1])) if match else None
            except ValueError:
                day = None
            if match is None or day is None:
                wrong.append(typed)
            else:
                found.add(day.isoformat() if match[3] else f"{day:%m-%d}")
        if wrong:
            raise ValidationError(_("Please write days like 24.12. or 02.05.2027: %(typed)s") % {"typed": wrong[0]})
        return sorted(found)


def written(stored: list[str]) -> str:
    """Stored closed days as the form shows them, one per line."""
    return "\n".join(".".join([*reversed(day.split("-"))]) + ("." if day.count("-") == 1 else "") for day in stored)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Weekdays and closed days."""
    first: dict[str, Any] = {"working_days": town.working_days, "closed_days": written(town.closed_days)}
    form = WorkdaysForm(request.POST if request.method == "POST" else None, initial=first, label_suffix="")
    if form.is_valid():
        try:
            with logged(request, town, "workdays", row_of(town, FIELDS)):
                settle(municipality=town, **{name: form.cleaned_data[name] for name in FIELDS})
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup_workdays")
    return page(request, town, "workdays", form)
