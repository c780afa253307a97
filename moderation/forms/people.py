"""Who works on a case and when."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from cases.models import PRIORITIES
from cases.policy import Priority
from moderation.forms.base import DeedForm, area, words


class DayInput(forms.DateInput):
    """A date as browsers ask for it."""

    def __init__(self, **attrs: str) -> None:
        super().__init__(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class HandBackForm(DeedForm):
    """The reason."""

    text = words(gettext_lazy("Why is it not yours?"))

    def prepare(self) -> None:
        unit = self.case.unit
        above = unit.parent if unit is not None else None
        if above is None:
            self.fields["text"].help_text = gettext_lazy("The complaint management reads it and hands the case on.")
        else:
            self.fields["text"].help_text = gettext_lazy("%(unit)s reads it.") % {"unit": above.name}


class PriorityForm(DeedForm):
    """One of four words."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        choices=PRIORITIES[::-1],
        coerce=lambda value: Priority(int(value)),
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        self.initial.setdefault("priority", self.case.priority)


class ResubmitForm(DeedForm):
    """A day to come, and a note."""

    on = forms.DateField(label=gettext_lazy("Comes back on"))
    text = forms.CharField(label=gettext_lazy("Note for then"), required=False, widget=area(2))

    def prepare(self) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.fields["on"].widget = DayInput(min=tomorrow.isoformat())
        self.initial.setdefault("on", self.case.resubmit_on)


class DueForm(DeedForm):
    """A day, and why."""

    on = forms.DateField(label=gettext_lazy("Due on"))
    text = words(gettext_lazy("Reason"))

    def prepare(self) -> None:
        self.fields["on"].widget = DayInput(min=timezone.localdate().isoformat())
        if self.case.due_at is not None:
            self.initial.setdefault("on", timezone.localdate(self.case.due_at))
        self.fields["text"].help_text = gettext_lazy(
            "For colleagues. The citizen is told by a date when you change the state."
        )
