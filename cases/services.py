"""The verbs of a case: everything that happens to one, whatever its kind.

All are keyword-only and atomic, check right and version, write one Entry and emit one event (see cases.change).
They return the Entry; a replayed client_key returns the stored one. Raises: cases.errors.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import may, sees_cases_of
from cases import routing
from cases.change import Act, By, change, lies_with
from cases.errors import Invalid, NoSuchEdge
from cases.following import reporter_confirmed
from cases.models import Case, Contact, Entry, File, Stage
from cases.pieces import in_pieces
from cases.policy import (
    CLOCK_STOPPED,
    CLOSED,
    EDGES,
    FEEDBACK_DAYS,
    Actor,
    Deed,
    State,
    WaitsFor,
    reason_required,
)
from cases.stepping import enter, first_stage, keep_clock
from outbox.events import emit

TEXT_MAX = 4000


def checked_text(text: str, *, field: str = "text", required: bool = True) -> str:
    """A text without NUL and surrounding space; Invalid when it is too long, or empty although required."""
    clean = text.replace("\x00", "").strip()
    if required and not clean:
        raise Invalid({field: [_("Please write a few words.")]})
    if len(clean) > TEXT_MAX:
        raise Invalid(
            {
                field: [
                    _("This text has %(n)d characters; at most %(max)d are possible. Please shorten it.")
                    % {"n": len(clean), "max": TEXT_MAX}
                ]
            }
        )
    return clean


def move(
    *,
    case: Case,
    to: State,
    by: By,
    stage: Stage | None = None,
    text: str = "",
    expected_on: date | None = None,
    files: tuple[File, ...] = (),
    despite_parts: bool = False,
    act: Act | None = None,
) -> Entry:
    """Change state and stage: the only way. `text` is read by the reporter, and by everybody once the case is public.

    What is said on entering a stage that hides the case is for the reporter alone, also when it is public again later.
    Staff do not close it while parts of it are open, unless `despite_parts`. Raises NoSuchEdge, Invalid (a reason is
    compulsory, a stage of another state, open parts), Denied, Conflict, KeyReused.
    """
    text = checked_text(text, required=False)
    asked = {
        "to": to,
        "stage": stage.pk if stage else None,
        "text": text,
        "expected_on": expected_on,
        "files": [file.sha256 for file in files],
    }
    with change(case=case, by=by, deed=Deed.MOVED, permission=Permission.MOVE, asked=asked, act=act) as step:
        if step.replayed:
            return step.entry
        row, entry = step.case, step.entry
        before = State(row.state)
        if to not in EDGES[before]:
            raise NoSuchEdge
        if row.duplicate_of_id is not None and to not in CLOSED:
            raise Invalid({"stage": [_("This case is merged with another one. Please undo that first.")]})
        if to in CLOSED and before not in CLOSED and by.actor is Actor.STAFF and not despite_parts:
            _no_open_parts(row)
        if stage is None and to != before:
            stage = first_stage(row, to)
        elif stage is None:
            stage = row.stage
        if stage is not None and stage.state != to.value:
            raise Invalid({"stage": [_("This label does not belong to the state.")]})
        if reason_required(before, to) and not text and not (stage and stage.public_text):
            raise Invalid({"text": [_("Please give a reason. The citizen reads it.")]})
        keep_clock(row, before, to, entry.at)
        entry.data = {
            "from": before.value,
            "to": to.value,
            "stage": stage.pk if stage else None,
            "label": row.label_of(stage) if stage else None,
            "expected_on": expected_on.isoformat() if expected_on else None,
        }
        entry.text, entry.public, entry.for_reporter = text, not (stage and stage.hides), True
        if to != before:
            row.state_since = entry.at
            row.closed_at = entry.at if to in CLOSED else None
            row.resubmit_on = None if to in CLOSED else row.resubmit_on
        _answered(row, by, entry.at)
        row.state = to.value
        row.expected_on = expected_on if expected_on or to in CLOSED else row.expected_on
        enter(row, stage)
    _attach(step.entry, files)
    return step.entry


def _no_open_parts(case: Case) -> None:
    """Raises Invalid({"despite_parts": …}) while parts of the case need something."""
    if open_parts := case.parts.exclude(state__in=[state.value for state in CLOSED]).count():
        words = ngettext("%(n)d part is not settled yet.", "%(n)d parts are not settled yet.", open_parts)
        raise Invalid({"despite_parts": [words % {"n": open_parts}]})


def _asking_stage(case: Case) -> Stage | None:
    """The stage of a question: the first waiting one that waits for the reporter, else the first."""
    rows = routing.stages(case.municipality, State.WAITING)
    return next((row for row in rows if row.waits_for == WaitsFor.REPORTER.value), next(iter(rows), None))


def _attach(entry: Entry, files: tuple[File, ...]) -> None:
    """Tie files of a draft to the case and to the entry they came with."""
    if files:
        File.objects.filter(pk__in=[file.pk for file in files]).update(case=entry.case_id, entry=entry, draft=None)


def note(*, case: Case, by: By, text: str, files: tuple[File, ...] = (), act: Act | None = None) -> Entry:
    """An internal remark: never shown to citizens. Photos may stand without words."""
    text = checked_text(text, required=not files)
    with change(case=case, by=by, deed=Deed.NOTE, permission=Permission.NOTE, asked={"text": text}, act=act) as step:
        if not step.replayed:
            step.entry.text = text
    _attach(step.entry, files)
    return step.entry


def update(*, case: Case, by: By, text: str, files: tuple[File, ...] = (), act: Act | None = None) -> Entry:
    """A public word on how it stands, without a change of state; reporter and followers are mailed."""
    text = checked_text(text)
    asked = {"text": text, "files": [file.sha256 for file in files]}
    with change(case=case, by=by, deed=Deed.UPDATE, permission=Permission.MOVE, asked=asked, act=act) as step:
        if not step.replayed:
            step.entry.text, step.entry.public, step.entry.for_reporter = text, True, True
            _answered(step.case, by, step.entry.at)
    _attach(step.entry, files)
    return step.entry


def message(*, case: Case, by: By, text: str, files: tuple[File, ...] = (), act: Act | None = None) -> Entry:
    """A word between staff and reporter that nobody else reads. From the reporter it puts a waiting case back to
    work, and on the desk what was put aside."""
    text = checked_text(text)
    deed = Deed.MESSAGE if by.actor is Actor.STAFF else Deed.ANSWER
    asked = {"text": text, "files": [file.sha256 for file in files]}
    with change(case=case, by=by, deed=deed, permission=Permission.MOVE, asked=asked, act=act) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            if State(row.state) is State.WITHDRAWN:
                raise NoSuchEdge
            entry.text, entry.for_reporter = text, True
            _answered(row, by, entry.at)
            if by.actor is Actor.CITIZEN:
                row.resubmit_on = None
            if by.actor is Actor.CITIZEN and State(row.state) in CLOCK_STOPPED:
                _reopen(row, entry)
    _attach(step.entry, files)
    return step.entry


def question(*, case: Case, by: By, text: str, stage: Stage | None = None, act: Act | None = None) -> Entry:
    """Ask the reporter something; the clock stands still until the answer comes."""
    text = checked_text(text)
    with change(
        case=case, by=by, deed=Deed.QUESTION, permission=Permission.MOVE, asked={"text": text}, act=act
    ) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            before = State(row.state)
            if State.WAITING not in EDGES[before]:
                raise NoSuchEdge
            entry.text, entry.for_reporter = text, True
            entry.data = {"from": before.value, "to": State.WAITING.value}
            keep_clock(row, before, State.WAITING, entry.at)
            _answered(row, by, entry.at)
            if before != State.WAITING:
                row.state_since = entry.at
            row.state = State.WAITING.value
            enter(row, stage or _asking_stage(row))
            row.waits_for = WaitsFor.REPORTER.value
    return step.entry


def _answered(case: Case, by: By, at: datetime) -> None:
    """Somebody of staff did something the citizen hears of; who works on what lies with their unit has accepted it."""
    if by.actor is not Actor.STAFF:
        return
    case.first_answer_at = case.first_answer_at or at
    if case.accepted_at is None and lies_with(case, by.user):
        case.accepted_at = at


def _reopen(case: Case, entry: Entry) -> None:
    """Put a case back to work as part of another deed; the deed's data tell it."""
    before = State(case.state)
    keep_clock(case, before, State.OPEN, entry.at)
    case.state, case.state_since, case.closed_at = State.OPEN.value, entry.at, None
    enter(case, first_stage(case, State.OPEN))
    entry.data = {**entry.data, "from": before.value, "to": State.OPEN.value}


def assign(*, case: Case, by: By, unit: Unit | None, assignee: User | None = None, act: Act | None = None) -> Entry:
    """Give the case to a unit or team, to a person of it, or to a person alone. The unit belongs to the municipality
    or a parent. Who takes it for their own unit has accepted it."""
    asked = {"unit": unit.pk if unit else None, "assignee": assignee.pk if assignee else None}
    with change(case=case, by=by, deed=Deed.ASSIGNED, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if not step.replayed:
            row = step.case
            if unit is not None and unit.municipality_id not in row.municipality.chain_ids():
                raise Invalid({"unit": [_("This unit does not work for the municipality.")]})
            if assignee is not None and not _may_have(assignee, row, unit):
                raise Invalid({"assignee": [_("This person has no role here.")]})
            step.entry.data = {"from": row.unit_id, **asked}
            routing.give(row, unit, assignee, at=step.entry.at)
            if row.accepted_at is None and by.actor is Actor.STAFF and lies_with(row, by.user):
                row.accepted_at = step.entry.at
    return step.entry


def _may_have(person: User, case: Case, unit: Unit | None) -> bool:
    """Whether a case may be given to somebody: of the unit, or of the whole house; without a unit to anybody here."""
    if unit is None and sees_cases_of(person, case.municipality_id):
        return True
    return may(person, Permission.SEE, municipality_id=case.municipality_id, unit=unit)


def withdraw(*, case: Case, by: By, text: str = "", act: Act | None = None) -> Entry:
    """The reporter takes it back, as long as nothing of it is public. Nothing of it becomes public afterwards."""
    text = checked_text(text, required=False)
    with change(
        case=case,
        by=by,
        deed=Deed.MOVED,
        permission=Permission.MOVE,
        asked={"to": State.WITHDRAWN, "text": text},
        act=act,
    ) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            if row.public_at is not None or State.WITHDRAWN not in EDGES[State(row.state)]:
                raise NoSuchEdge
            entry.data = {"from": row.state, "to": State.WITHDRAWN.value}
            entry.text, entry.for_reporter = text, True
            keep_clock(row, State(row.state), State.WITHDRAWN, entry.at)
            row.state, row.state_since, row.closed_at = State.WITHDRAWN.value, entry.at, entry.at
            row.public_before = None
            enter(row, first_stage(row, State.WITHDRAWN))
    return step.entry


def feedback(
    *, case: Case, by: By, still_there: bool, text: str = "", own: bool = False, act: Act | None = None
) -> Entry:
    """A citizen says "ist noch da" (with a reason; takes a settled case up again within 14 days) or "ist erledigt".

    A second "ist noch da" of the public after the same settling, or a later one, is a hint for the desk and changes
    nothing by itself. The text is not public; the reporter reads it only if it is their `own`.
    """
    text = checked_text(text, required=still_there)
    asked = {"still_there": still_there, "text": text}
    with change(case=case, by=by, deed=Deed.FEEDBACK, permission=Permission.NOTE, asked=asked, act=act) as step:
        if not step.replayed:
            row, entry = step.case, step.entry
            entry.text, entry.data, entry.for_reporter = text, {"still_there": still_there}, own
            until = feedback_until(row)
            if still_there and until is not None and entry.at <= until:
                _reopen(row, entry)
    return step.entry


def feedback_until(case: Case) -> datetime | None:
    """Until when an "ist noch da" takes the case up again by itself; None where nothing was settled."""
    if State(case.state) is not State.DONE or case.closed_at is None:
        return None
    return case.closed_at + timedelta(days=FEEDBACK_DAYS)


def confirm_contact(*, contact: Contact, act: Act | None = None) -> bool:
    """The reporter proved the e-mail address. Confirming again changes nothing; returns whether this call did it."""
    act = act or Act()
    with transaction.atomic():
        done = Contact.objects.filter(pk=contact.pk, confirmed_at=None).update(confirmed_at=act.at)
        contact.refresh_from_db()
        reporter_confirmed(contact=contact, at=act.at)
        case = Case.objects.filter(contact=contact).first()
        if done and case is not None:
            entry = Entry.objects.create(
                case=case,
                deed=Deed.CONTACT_CONFIRMED.value,
                at=act.at,
                actor=Actor.CITIZEN.value,
                version=case.version,
            )
            emit(f"case.{Deed.CONTACT_CONFIRMED}", case=case.pk, entry=entry.pk)
    return bool(done)


def delete_contact(*, case: Case, by: By, act: Act | None = None) -> Entry | None:
    """Delete name, e-mail and phone; the case stays. None when there was no contact any more."""
    if case.contact_id is None:
        return None
    with change(
        case=case, by=by, deed=Deed.CONTACT_DELETED, permission=Permission.SEE_CONTACT, asked={}, act=act
    ) as step:
        contact, step.case.contact = step.case.contact, None
    if contact is not None:
        contact.delete()
    return step.entry


def delete_unconfirmed(*, at: datetime, days: int) -> int:
    """Delete contacts that were not confirmed within `days` days; returns how many. The cases stay."""
    late = Case.objects.filter(
        contact__confirmed_at=None,
        contact__created_at__lt=at - timedelta(days=days),
        source__in=["web", "api"],
    ).exclude(contact__email="")
    deleted = 0
    for case in in_pieces(late):
        delete_contact(case=case, by=By.system(), act=Act(at=at))
        deleted += 1
    return deleted


def stop_mails(*, contact: Contact, at: datetime) -> None:
    """The reporter wants no more mails about this case; doing it twice is the same."""
    Contact.objects.filter(pk=contact.pk, mails_stopped_at=None).update(mails_stopped_at=at)
    contact.refresh_from_db()


def note_bounce(*, case: Case, address_of: str, reason: str, at: datetime) -> Entry:
    """A mail did not arrive: shown on the case. `address_of` is "reporter", "unit" …, never the address itself."""
    with change(
        case=case, by=By.system(), deed=Deed.BOUNCED, permission=Permission.NOTE, asked={}, act=Act(at=at)
    ) as step:
        step.entry.text = reason
        step.entry.data = {"recipient": address_of}
        if address_of == "reporter" and step.case.contact_id is not None:
            Contact.objects.filter(pk=step.case.contact_id).update(bounced_at=at)
    return step.entry
