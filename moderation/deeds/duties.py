"""Deeds that keep a case on purpose, or let it be deleted as planned again."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases import duties
from cases.change import Act, By
from cases.models import Case, File
from moderation import forms
from moderation.deeds.base import Deed, Readers


def _hold(form: forms.NoteForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    duties.hold(case=case, reason=form.cleaned_data["text"], by=by, act=act)


def _end_hold(form: forms.DeedForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    duties.end_hold(case=case, by=by, act=act)


def _is_held(case: Case) -> bool:
    """Read once per case object: the menu asks twice."""
    if "_held" not in case.__dict__:
        case.__dict__["_held"] = duties.held(case) is not None
    return bool(case.__dict__["_held"])


DEEDS = (
    Deed(
        "aufbewahren",
        _("Keep on purpose"),
        _("Suspend the deletion"),
        _("Nothing of this case is deleted until you end that."),
        Permission.PRIVACY,
        forms.NoteForm,
        _hold,
        offered=lambda case: not _is_held(case),
        menu="lock",
        readers=Readers.STAFF,
    ),
    Deed(
        "aufbewahren-beenden",
        _("Delete as planned again"),
        _("Delete as planned again"),
        _("The terms of keeping hold for this case again."),
        Permission.PRIVACY,
        forms.DeedForm,
        _end_hold,
        offered=_is_held,
        menu="lock",
    ),
)
