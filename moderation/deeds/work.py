"""Deeds of the daily work: state, words, assignment, category, place."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases import services as cases
from cases.change import Act, By
from cases.models import Case, File
from cases.policy import EDGES, State
from moderation import forms
from moderation.deeds.base import Deed, Readers
from reports import services as reports
from reports.praise import can_be_passed_on, pass_on


def _category(form: forms.CategoryForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.change_category(case=case, category=form.cleaned_data["category"], by=by, act=act)


def _place(form: forms.PlaceForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    reports.change_place(case=case, by=by, point=typed.get("point"), address=typed["address"], act=act)


def _move(form: forms.MoveForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    to, stage = typed["stage"]
    with transaction.atomic():
        entry = cases.move(
            case=case,
            to=to,
            stage=stage,
            by=by,
            text=typed["text"],
            expected_on=typed.get("expected_on"),
            files=tuple(files),
            despite_parts=bool(typed.get("despite_parts")),
            act=act,
        )
        if files:
            reports.attach_staff_photos(entry=entry, files=files, by=by)


def _update(form: forms.UpdateForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    with transaction.atomic():
        entry = cases.update(case=case, by=by, text=form.cleaned_data["text"], files=tuple(files), act=act)
        if files:
            reports.attach_staff_photos(entry=entry, files=files, by=by)


def _message(form: forms.MessageForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    cases.message(case=case, by=by, text=form.cleaned_data["text"], act=act)


def _question(form: forms.QuestionForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    cases.question(case=case, by=by, text=form.cleaned_data["text"], act=act)


def _note(form: forms.NoteForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    cases.note(case=case, by=by, text=form.cleaned_data["text"], act=act)


def _assign(form: forms.AssignForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    cases.assign(case=case, by=by, unit=typed["unit"], assignee=typed["assignee"], act=act)


def _pass_on(form: forms.PassOnForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    pass_on(case=case, unit=typed["unit"], assignee=typed["assignee"], text=typed["text"], by=by, act=act)


# When a deed applies. Verbs check the same; the desk only does not offer what they would refuse, or what is of no use.
def _goes_on(case: Case) -> bool:
    """The state leads anywhere: of what was taken back nothing more can come."""
    return bool(EDGES[State(case.state)])


def _can_be_settled(case: Case) -> bool:
    state = State(case.state)
    return state is not State.DONE and State.DONE in EDGES[state]


def _reaches_reporter(case: Case) -> bool:
    """Somebody holds the link to the reporter's own page: of an imported case only who is known by a contact."""
    known = case.contact_id is not None or case.import_key is None
    return _goes_on(case) and known and case.part_of_id is None


def _can_wait(case: Case) -> bool:
    return _reaches_reporter(case) and State.WAITING in EDGES[State(case.state)]


P = Permission
DEEDS = (
    Deed(
        "weitergeben",
        _("Pass the praise on"),
        _("Say thanks and pass it on"),
        _("The praise is passed on, and the citizen is thanked."),
        P.ASSIGN,
        forms.PassOnForm,
        _pass_on,
        offered=can_be_passed_on,
        menu="praise",
        readers=Readers.EVERYBODY,
    ),
    Deed(
        "erledigt",
        _("Report as settled"),
        _("Report as settled"),
        _("The case is settled."),
        P.MOVE,
        forms.SettleForm,
        _move,
        offered=_can_be_settled,
        menu="check-circle",
        readers=Readers.EVERYBODY,
    ),
    Deed(
        "status",
        _("Change the state"),
        _("Save the state"),
        _("The state is saved."),
        P.MOVE,
        forms.MoveForm,
        _move,
        offered=_goes_on,
        menu="state-working",
        readers=Readers.EVERYBODY,
    ),
    Deed(
        "mitteilung",
        _("Write a public update"),
        _("Publish the update"),
        _("The update is published."),
        P.MOVE,
        forms.UpdateForm,
        _update,
        offered=reports.releasable,
        menu="globe",
        readers=Readers.EVERYBODY,
    ),
    Deed(
        "nachricht",
        _("Write to the reporter"),
        _("Send the message"),
        _("The message is on its way."),
        P.MOVE,
        forms.MessageForm,
        _message,
        offered=_reaches_reporter,
        menu="mail",
        readers=Readers.REPORTER,
    ),
    Deed(
        "rueckfrage",
        _("Ask the reporter"),
        _("Send the question"),
        _("The question is on its way. The clock stands still until the answer."),
        P.MOVE,
        forms.QuestionForm,
        _question,
        offered=_can_wait,
        menu="question",
        readers=Readers.REPORTER,
    ),
    Deed(
        "notiz",
        _("Write an internal note"),
        _("Save the note"),
        _("The note is saved."),
        P.NOTE,
        forms.NoteForm,
        _note,
        menu="note",
        readers=Readers.STAFF,
    ),
    Deed(
        "zuweisen",
        _("Assign"),
        _("Assign"),
        _("Assigned."),
        P.ASSIGN,
        forms.AssignForm,
        _assign,
        offered=_goes_on,
        menu="users",
        readers=Readers.STAFF,
    ),
    Deed(
        "kategorie",
        _("Change the category"),
        _("Save the category"),
        _("The category is changed."),
        P.EDIT,
        forms.CategoryForm,
        _category,
        offered=_goes_on,
        menu="list",
    ),
    Deed(
        "ort",
        _("Change the place"),
        _("Save the place"),
        _("The place is changed."),
        P.EDIT,
        forms.PlaceForm,
        _place,
        offered=_goes_on,
        menu="pin",
    ),
)
