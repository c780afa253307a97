"""When which team goes there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.units import indented
from dispatch.lists import teams_of
from dispatch.services import AHEAD
from moderation.forms.base import DeedForm, area
from moderation.forms.people import DayInput


class PlanForm(DeedForm):
    """A team and a day."""

    team = forms.ChoiceField(label=gettext_lazy("Team"))
    day = forms.DateField(label=gettext_lazy("Day"))

    def prepare(self) -> None:
        self.teams = teams_of(self.case.municipality)
        today = timezone.localdate()
        team = self.fields["team"]
        assert isinstance(team, forms.ChoiceField)
        team.choices = [(str(one.pk), indented(one)) for one in self.teams]
        self.fields["day"].widget = DayInput(min=today.isoformat(), max=(today + AHEAD).isoformat())
        self.initial.setdefault("team", str(self.case.unit_id or ""))
        self.initial.setdefault("day", today + timedelta(days=1))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["team"] = next((one for one in self.teams if str(one.pk) == data.get("team")), None)
        return data


class UnplanForm(DeedForm):
    """Why, where the team could not do it."""

    text = forms.CharField(label=gettext_lazy("Why was it not possible?"), required=False, widget=area(2))

    def prepare(self) -> None:
        self.fields["text"].help_text = gettext_lazy("Colleagues read it. Empty if it was only planned otherwise.")
