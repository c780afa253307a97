"""Deeds of who works on a case and when: accept, hand back, priority, resubmission, due date."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases import handing, planning
from cases.change import Act, By
from cases.models import Case, File
from cases.policy import ACTIVE, State
from moderation.deeds.base import Deed, Readers
from moderation.forms import people as forms
from moderation.forms.base import DeedForm


def _accept(form: DeedForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    handing.accept(case=case, by=by, act=act)


def _hand_back(form: forms.HandBackForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    handing.hand_back(case=case, by=by, text=form.cleaned_data["text"], act=act)


def _priority(form: forms.PriorityForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    planning.set_priority(case=case, priority=form.cleaned_data["priority"], by=by, act=act)


def _resubmit(form: forms.ResubmitForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    planning.resubmit(case=case, on=typed["on"], text=typed["text"], by=by, act=act)


def _take_up(form: DeedForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    planning.resubmit(case=case, on=None, by=by, act=act)


def _due(form: forms.DueForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    planning.change_due(case=case, on=typed["on"], text=typed["text"], by=by, act=act)


# When a deed applies. Verbs check the same; the desk only does not offer what they would refuse.
def _active(case: Case) -> bool:
    return State(case.state) in ACTIVE


def _put_aside(case: Case) -> bool:
    return _active(case) and case.resubmit_on is not None


P = Permission
DEEDS = (
    Deed(
        "annehmen",
        _("Accept for the unit"),
        _("Accept"),
        _("Accepted: the case is on your unit's desk."),
        P.MOVE,
        DeedForm,
        _accept,
        no_edge=_("The case is accepted already, or nobody has to accept it."),
        offered=handing.can_be_accepted,
        menu="check",
        readers=Readers.STAFF,
    ),
    Deed(
        "zurueckgeben",
        _("Hand back"),
        _("Hand back"),
        _("Handed back."),
        P.MOVE,
        forms.HandBackForm,
        _hand_back,
        offered=handing.can_be_handed_back,
        menu="back",
        readers=Readers.STAFF,
    ),
    Deed(
        "prioritaet",
        _("Set the priority"),
        _("Save the priority"),
        _("The priority is saved."),
        P.ASSIGN,
        forms.PriorityForm,
        _priority,
        offered=_active,
        menu="flag",
        readers=Readers.STAFF,
    ),
    Deed(
        "wiedervorlage",
        _("Put aside until a day"),
        _("Put aside"),
        _("Put aside. It comes back by itself on the morning of that day."),
        P.MOVE,
        forms.ResubmitForm,
        _resubmit,
        offered=_active,
        menu="calendar",
        readers=Readers.STAFF,
    ),
    Deed(
        "aufnehmen",
        _("Take up now what was put aside"),
        _("Take up now"),
        _("It is on the desk again."),
        P.MOVE,
        DeedForm,
        _take_up,
        offered=_put_aside,
        menu="refresh",
        readers=Readers.STAFF,
    ),
    Deed(
        "frist",
        _("Change the due date"),
        _("Save the due date"),
        _("The due date is changed."),
        P.ASSIGN,
        forms.DueForm,
        _due,
        offered=_active,
        menu="clock",
        readers=Readers.STAFF,
    ),
)
