"""What is filled in on the planning page. Rows that make no sense are left out; verbs say what they refuse."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.units import indented
from dispatch.services import AHEAD
from moderation.forms.people import DayInput

MOST = 100
"""So many cases at once at most."""


class PlanningForm(forms.Form):
    """Which cases (by id and version), for whom, when."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    team = forms.ChoiceField(label=gettext_lazy("Team"))
    day = forms.DateField(label=gettext_lazy("Day"))

    def __init__(self, *args: Any, teams: Iterable[Unit], **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.teams = list(teams)
        today = timezone.localdate()
        team = self.fields["team"]
        assert isinstance(team, forms.ChoiceField)
        team.choices = [(str(one.pk), indented(one)) for one in self.teams]
        self.fields["day"].widget = DayInput(min=today.isoformat(), max=(today + AHEAD).isoformat())
        self.initial.setdefault("day", max(self.initial.get("day") or today, today))

    def clean_team(self) -> Unit:
        """The team itself."""
        return next(one for one in self.teams if str(one.pk) == self.cleaned_data["team"])


def chosen(values: Iterable[str]) -> dict[int, int]:
    """Versions by id out of "id-version"; at most MOST."""
    found: dict[int, int] = {}
    for value in values:
        pk, _dash, version = value.partition("-")
        if pk.isdecimal() and version.isdecimal() and len(pk) < 18 and len(version) < 9:
            found[int(pk)] = int(version)
    return dict(list(found.items())[:MOST])


def ordered(seen: str, numbers: dict[str, str]) -> tuple[list[int], list[int]]:
    """(the order wanted, the order seen) out of "7,3,9" and a number typed for each; equal ones keep their order."""
    before = [int(one) for one in seen.split(",") if one.isdecimal() and len(one) < 18]

    def place(pk: int) -> float:
        typed = numbers.get(str(pk), "").replace(",", ".").strip()
        try:
            return float(typed)
        except ValueError:
            return float(before.index(pk) + 1)

    return sorted(before, key=place), before
