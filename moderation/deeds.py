"""What staff can do with a case at the desk: each deed with its form, its right, and the verb it calls."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases import services as cases
from cases.change import Act, By
from cases.models import Case, File
from cases.policy import EDGES, State
from moderation import forms
from reports import services as reports

NO_EDGE = _("The state of the case does not allow this any more.")
Run = Callable[[Any, Case, By, Act, Sequence[File]], None]


@dataclass(frozen=True)
class Deed:
    """One deed of the desk."""

    name: str
    """Its word in the address."""
    title: Any
    button: Any
    said: Any
    """What is told when it is done."""
    permission: Permission
    form: type[forms.DeedForm]
    run: Run
    no_edge: Any = NO_EDGE
    offered: Callable[[Case], bool] = lambda case: True
    menu: str = ""
    """Icon in the menu of further deeds; "" for deeds that stand elsewhere."""


def may_be_public(case: Case) -> bool:
    """Whether anything of the case may ever be released."""
    hidden = case.stage is not None and case.stage.hides
    return bool(not case.confidential and case.topic.category.rules.public and not hidden)


def _release(form: forms.ReleaseForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    """Text first, then each chosen photo, each with an entry of its own; all of it or nothing."""
    chosen = set(form.cleaned_data.get("photos", []))
    with transaction.atomic():
        reports.release_text(case=case, by=by, text=form.wording, act=act)
        for photo in form.waiting:
            if str(photo.pk) in chosen and act.client_key is not None:
                key = uuid.uuid5(act.client_key, str(photo.pk))
                reports.release_photo(photo=photo, by=by, act=replace(act, version=None, client_key=key))


def _withdraw_text(form: forms.DeedForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.withdraw_text(case=case, by=by, act=act)


def _release_photo(form: forms.PhotoForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.release_photo(photo=form.cleaned_data["photo"], by=by, act=act)


def _withdraw_photo(form: forms.PhotoForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    reports.withdraw_photo(photo=form.cleaned_data["photo"], by=by, act=act)


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


def _question(form: forms.MessageForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    cases.question(case=case, by=by, text=form.cleaned_data["text"], act=act)


def _note(form: forms.NoteForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    cases.note(case=case, by=by, text=form.cleaned_data["text"], act=act)


def _assign(form: forms.AssignForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    cases.assign(case=case, by=by, unit=typed["unit"], assignee=typed["assignee"], act=act)


def _leads_to(state: State) -> Callable[[Case], bool]:
    return lambda case: state in EDGES[State(case.state)] and State(case.state) is not state


P = Permission
NOT_PUBLIC = _("Nothing of this case may become public.")
DEEDS = (
    Deed(
        "freigeben",
        _("Release the text"),
        _("Release"),
        _("Released."),
        P.RELEASE,
        forms.ReleaseForm,
        _release,
        no_edge=NOT_PUBLIC,
        offered=may_be_public,
        menu="eye",
    ),
    Deed(
        "text-zurueckziehen",
        _("Take the text back"),
        _("Do not show the text"),
        _("The text is not public."),
        P.RELEASE,
        forms.DeedForm,
        _withdraw_text,
        no_edge=NOT_PUBLIC,
    ),
    Deed(
        "foto-freigeben",
        _("Release the photo"),
        _("Release"),
        _("The photo is released."),
        P.RELEASE,
        forms.PhotoForm,
        _release_photo,
        no_edge=NOT_PUBLIC,
        offered=may_be_public,
    ),
    Deed(
        "foto-zurueckziehen",
        _("Take the photo back"),
        _("Do not show the photo"),
        _("The photo is not public."),
        P.RELEASE,
        forms.PhotoForm,
        _withdraw_photo,
        no_edge=NOT_PUBLIC,
    ),
    Deed(
        "erledigt",
        _("Report as settled"),
        _("Report as settled"),
        _("The case is settled."),
        P.MOVE,
        forms.SettleForm,
        _move,
        offered=_leads_to(State.DONE),
        menu="check-circle",
    ),
    Deed(
        "status",
        _("Change the state"),
        _("Save the state"),
        _("The state is saved."),
        P.MOVE,
        forms.MoveForm,
        _move,
        offered=lambda case: bool(EDGES[State(case.state)]),
        menu="state-working",
    ),
    Deed(
        "mitteilung",
        _("Write a public update"),
        _("Publish the update"),
        _("The update is published."),
        P.MOVE,
        forms.UpdateForm,
        _update,
        offered=may_be_public,
        menu="globe",
    ),
    Deed(
        "nachricht",
        _("Write to the reporter"),
        _("Send the message"),
        _("The message is on its way."),
        P.MOVE,
        forms.MessageForm,
        _message,
        menu="mail",
    ),
    Deed(
        "rueckfrage",
        _("Ask the reporter"),
        _("Send the question"),
        _("The question is on its way. The clock stands still until the answer."),
        P.MOVE,
        forms.MessageForm,
        _question,
        offered=lambda case: State.WAITING in EDGES[State(case.state)],
        menu="question",
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
    ),
    Deed(
        "zuweisen",
        _("Assign"),
        _("Assign"),
        _("Assigned."),
        P.ASSIGN,
        forms.AssignForm,
        _assign,
        menu="users",
    ),
    Deed(
        "kategorie",
        _("Change the category"),
        _("Save the category"),
        _("The category is changed."),
        P.EDIT,
        forms.CategoryForm,
        _category,
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
        menu="pin",
    ),
)
BY_NAME = {deed.name: deed for deed in DEEDS}
