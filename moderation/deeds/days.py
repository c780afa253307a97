"""Deeds of the day lists: plan a case for a team, take it off."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases.change import Act, By
from cases.models import Case, File
from cases.policy import ACTIVE, State
from dispatch.lists import is_listed
from dispatch.services import plan, unplan
from moderation.deeds.base import Deed, Readers
from moderation.forms import days as forms


def _plan(form: forms.PlanForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    plan(case=case, team=typed["team"], day=typed["day"], by=by, act=act)


def _unplan(form: forms.UnplanForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    unplan(case=case, by=by, text=form.cleaned_data["text"], act=act)


# When a deed applies. Verbs check the same; the desk only does not offer what they would refuse.
def _active(case: Case) -> bool:
    return State(case.state) in ACTIVE


def _listed(case: Case) -> bool:
    return _active(case) and is_listed(case)


P = Permission
DEEDS = (
    Deed(
        "einplanen",
        _("Plan for a team and a day"),
        _("Plan"),
        _("Planned."),
        P.ASSIGN,
        forms.PlanForm,
        _plan,
        offered=_active,
        menu="calendar",
        readers=Readers.STAFF,
    ),
    Deed(
        "ausplanen",
        _("Take off the day list"),
        _("Take off the list"),
        _("Taken off the list. The case stays with the team and waits for a new plan."),
        P.MOVE,
        forms.UnplanForm,
        _unplan,
        no_edge=_("The case is on no day list any more."),
        offered=_listed,
        menu="close",
        readers=Readers.STAFF,
    ),
)
