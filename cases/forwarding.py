"""A case in the hands of an outside body: sent a link, which answers without an account.

What they do goes through the same verbs as everybody else's, as Actor.OUTSIDE. Their words are internal until staff
publish them; only the step they take is public. One body at a time: who has it stands publicly with the state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.policy import Permission
from cases import routing
from cases.change import Act, By, Step, change, require
from cases.errors import Invalid, NoSuchEdge
from cases.following import checked_email
from cases.models import Case, Entry, File, Forward, new_secret
from cases.pieces import in_pieces
from cases.policy import ACTIVE, Deed, Means, State
from cases.services import checked_text, move
from cases.stepping import first_stage, step_to
from geo.folding import one_line

DAYS = 60
"""How long a link works unless staff say otherwise."""
DAYS_MAX = 365
REMIND_DAYS = 14
"""Days without any answer after which the body is reminded, once."""


def open_forward(case: Case) -> Forward | None:
    """The forwarding that is not ended, also when its link has expired."""
    return case.forwards.filter(ended_at=None).order_by("-pk").first()


def works(forward: Forward, at: datetime) -> bool:
    """Whether its link still does something: neither ended nor expired, and the case is not closed."""
    return forward.ended_at is None and forward.expires_at > at and State(forward.case.state) in ACTIVE


def forward(
    *,
    case: Case,
    by: By,
    name: str,
    email: str,
    text: str,
    unit: Unit | None = None,
    with_contact: bool = False,
    photos: Sequence[int] = (),
    days: int = DAYS,
    act: Act | None = None,
) -> Entry:
    """Send a case to an outside body: `name` becomes public, `text` is for them alone, `photos` are ids of files of the
    case that they may see beside the released ones.

    Raises Invalid (name, email, text, days, photos), NoSuchEdge, Denied, Conflict, KeyReused.
    """
    name, text = one_line(name, 120), checked_text(text)
    if not name:
        raise Invalid({"name": [_("Please say who gets it.")]})
    email = checked_email(email)
    if not 1 <= days <= DAYS_MAX:
        raise Invalid({"days": [_("Please give 1 to %(max)d days.") % {"max": DAYS_MAX}]})
    asked = {
        "name": name,
        "email": email,
        "text": text,
        "unit": unit.pk if unit else None,
        "with_contact": with_contact,
        "photos": sorted(photos),
        "days": days,
    }
    with change(case=case, by=by, deed=Deed.FORWARDED, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if step.replayed:
            return step.entry
        row, entry = step.case, step.entry
        if with_contact:
            require(row, by, Permission.SEE_CONTACT)
        if (held := open_forward(row)) is not None:
            raise Invalid({"name": [_("%(name)s has it already. Please take it back first.") % {"name": held.name}]})
        if unit is not None and unit.municipality_id not in row.municipality.chain_ids():
            raise Invalid({"unit": [_("This unit does not work for the municipality.")]})
        if row.files.filter(pk__in=photos).count() != len(set(photos)):
            raise Invalid({"photos": [_("This photo does not belong to the case.")]})
        sent = Forward.objects.create(
            case=row,
            unit=unit,
            name=name,
            email=email,
            text=text,
            with_contact=with_contact,
            photos=sorted(photos),
            by=by.user,
            sent_at=entry.at,
            expires_at=entry.at + timedelta(days=days),
        )
        row.forwarded_to = unit.shown_name if unit is not None else name
        entry.data = {"forward": sent.pk, "name": row.forwarded_to}
        stage = routing.stage_that_means(row.municipality, Means.FORWARDED)
        step_to(row, entry, State(stage.state) if stage is not None else State.WAITING, stage)
        if stage is None:
            entry.data["label"] = {
                "de": f"weitergeleitet an {row.forwarded_to}",
                "en": f"forwarded to {row.forwarded_to}",
            }
        entry.public, entry.for_reporter = not (stage and stage.hides), True
        row.first_answer_at = row.first_answer_at or entry.at
    return step.entry


# By staff afterwards -------------------------------------------------------------------------------------------------
def send_again(*, case: Case, by: By, days: int = DAYS, act: Act | None = None) -> Entry:
    """The mail once more, with a new link that works `days` from now; the old one is dead. NoSuchEdge without one."""
    asked = {"again": True, "days": days}
    with change(case=case, by=by, deed=Deed.FORWARDED, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if not step.replayed:
            held = _held(step.case)
            held.token, held.expires_at = new_secret(), step.entry.at + timedelta(days=days)
            held.save(update_fields=["token", "expires_at"])
            step.entry.data = {"forward": held.pk, "name": held.name, "again": True}
    return step.entry


def take_back(*, case: Case, by: By, act: Act | None = None) -> Entry:
    """The link is dead and the case is back in the house. NoSuchEdge where no outside body has it."""
    with change(case=case, by=by, deed=Deed.FORWARD_ENDED, permission=Permission.ASSIGN, asked={}, act=act) as step:
        if not step.replayed:
            held = _held(step.case)
            step.entry.data = {"forward": held.pk, "name": held.name}
            _end(held, step.case, step.entry.at)
            if _stands_forwarded(step.case):
                step_to(step.case, step.entry, State.OPEN, first_stage(step.case, State.OPEN))
                step.entry.public, step.entry.for_reporter = True, True
    return step.entry


def remind(*, at: datetime, days: int = REMIND_DAYS) -> int:
    """Remind bodies that have not answered within `days`, once each; returns how many. A job."""
    late = Forward.objects.filter(
        ended_at=None,
        answered_at=None,
        accepted_at=None,
        reminded_at=None,
        sent_at__lt=at - timedelta(days=days),
        expires_at__gt=at,
        case__state__in=[state.value for state in ACTIVE],
    )
    done = 0
    for held in in_pieces(late.select_related("case").order_by("pk")):
        with transaction.atomic():
            if not Forward.objects.filter(pk=held.pk, reminded_at=None, ended_at=None).update(reminded_at=at):
                continue
            with change(
                case=held.case,
                by=By.system(),
                deed=Deed.FORWARDED,
                permission=Permission.ASSIGN,
                asked={"reminder": held.pk},
                act=Act(at=at),
            ) as step:
                step.entry.data = {"forward": held.pk, "name": held.name, "reminder": True}
        done += 1
    return done


# By the outside body -------------------------------------------------------------------------------------------------
def opened(*, forward: Forward, at: datetime) -> None:
    """Their page was opened; the first time counts."""
    Forward.objects.filter(pk=forward.pk, opened_at=None).update(opened_at=at)


def accept(*, forward: Forward, act: Act) -> Entry:
    """They take care of it. Internal: the public state says already who has it."""
    with _their_change(forward, Deed.FORWARD_ANSWERED, {"accepted": True}, act) as step:
        if not step.replayed:
            step.entry.data = {"forward": forward.pk, "accepted": True}
            _usable(forward, step.entry.at)
            Forward.objects.filter(pk=forward.pk).update(accepted_at=step.entry.at, answered_at=step.entry.at)
    return step.entry


def answer(*, forward: Forward, text: str, files: Sequence[File] = (), act: Act) -> Entry:
    """Words and photos to the town hall, which nobody else reads until staff publish them."""
    text = checked_text(text, required=not files)
    asked = {"text": text, "files": [file.sha256 for file in files]}
    with _their_change(forward, Deed.FORWARD_ANSWERED, asked, act) as step:
        if not step.replayed:
            step.entry.text, step.entry.data = text, {"forward": forward.pk}
            _usable(forward, step.entry.at)
            Forward.objects.filter(pk=forward.pk).update(answered_at=step.entry.at)
    _tie(step.entry, files)
    return step.entry


def start(*, forward: Forward, text: str = "", files: Sequence[File] = (), act: Act) -> Entry:
    """They work on it: the public state says so, their words stay with the town hall."""
    return _step(forward, State.OPEN, text, files, act, ends=False)


def settle(*, forward: Forward, text: str = "", files: Sequence[File] = (), act: Act) -> Entry:
    """They have settled it: the public state says so, words and proof photos go to the town hall first."""
    return _step(forward, State.DONE, text, files, act, ends=True)


def hand_back(*, forward: Forward, text: str, files: Sequence[File] = (), act: Act) -> Entry:
    """It is not theirs, for a reason that the town hall reads; the case is back there."""
    text = checked_text(text)
    asked = {"text": text, "files": [file.sha256 for file in files]}
    with transaction.atomic():
        with _their_change(forward, Deed.FORWARD_ENDED, asked, act) as step:
            if step.replayed:
                return step.entry
            _usable(forward, step.entry.at)
            step.entry.text, step.entry.data = text, {"forward": forward.pk, "handed_back": True}
            Forward.objects.filter(pk=forward.pk).update(answered_at=step.entry.at)
            _end(forward, step.case, step.entry.at)
        _tie(step.entry, files)
        move(case=forward.case, to=State.OPEN, by=_by(forward), act=Act(at=act.at))
    return step.entry


def _step(forward: Forward, to: State, text: str, files: Sequence[File], act: Act, *, ends: bool) -> Entry:
    """Their words as an internal entry, then the step everybody sees; together or not at all."""
    text = checked_text(text, required=False)
    asked = {"to": to, "text": text, "files": [file.sha256 for file in files]}
    with transaction.atomic():
        with _their_change(forward, Deed.FORWARD_ANSWERED, asked, act) as step:
            if step.replayed:
                return step.entry
            _usable(forward, step.entry.at)
            step.entry.text, step.entry.data = text, {"forward": forward.pk, "step": to.value}
            Forward.objects.filter(pk=forward.pk).update(answered_at=step.entry.at)
            if ends:
                _end(forward, step.case, step.entry.at)
        _tie(step.entry, files)
        move(case=forward.case, to=to, by=_by(forward), act=Act(at=act.at))
    return step.entry


def _their_change(forward: Forward, deed: Deed, asked: Mapping[str, object], act: Act) -> AbstractContextManager[Step]:
    return change(
        case=forward.case,
        by=_by(forward),
        deed=deed,
        permission=Permission.NOTE,
        asked={"forward": forward.pk, **asked},
        act=act,
    )


def _by(forward: Forward) -> By:
    return By.outside(forward.name)


def _usable(forward: Forward, at: datetime) -> None:
    """Raises NoSuchEdge once the link is dead: read anew, the case is locked."""
    if not works(Forward.objects.select_related("case").get(pk=forward.pk), at):
        raise NoSuchEdge


def _held(case: Case) -> Forward:
    held = open_forward(case)
    if held is None:
        raise NoSuchEdge
    return held


def _end(held: Forward, case: Case, at: datetime) -> None:
    Forward.objects.filter(pk=held.pk).update(ended_at=at)
    case.forwarded_to = ""


def _stands_forwarded(case: Case) -> bool:
    """Whether the state still says that it lies elsewhere, or that the town hall waits for it."""
    said = case.stage is not None and case.stage.means == Means.FORWARDED.value
    return State(case.state) in ACTIVE and (said or case.stage is None)


def _tie(entry: Entry, files: Sequence[File]) -> None:
    if files:
        File.objects.filter(pk__in=[file.pk for file in files], case=entry.case_id).update(entry=entry)
