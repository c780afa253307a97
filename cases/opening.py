"""How a case begins: its row, number and first Entry, once for each client_key."""

from __future__ import annotations

from typing import Any

from cases import routing
from cases.change import Act, By, payload_hash
from cases.errors import KeyReused
from cases.models import Case, Contact, Entry, Topic
from cases.policy import Deed
from geo.models import Municipality


def open_case(
    *,
    municipality: Municipality,
    kind: str,
    topic: Topic,
    asked: dict[str, Any],
    by: By,
    act: Act,
    contact: Contact | None = None,
    deadline: bool = True,
    **facts: Any,
) -> tuple[Case, Entry]:
    """Make a case with its number and first Entry, inside the caller's transaction.

    Whether `act.client_key` made it before, the caller has looked up (`replayed`). Of two at the same moment the
    second gets an IntegrityError, and looks again. Without `unit` it is looked up here (see routing.unit_for); what
    is looked up before the transaction does not hold SQLite's one write lock. Without `deadline` it has no due date.
    """
    if contact is not None:
        contact.save()
    case = Case(
        municipality=municipality,
        kind=kind,
        topic=topic,
        contact=contact,
        confidential=topic.confidential,
        client_key=act.client_key,
        submitted_at=act.at,
        changed_at=act.received_at or act.at,
        state_since=act.at,
        **facts,
    )
    if case.due_at is None and deadline:
        case.due_at = routing.due(municipality, act.at, topic.working_days)
    if "unit" not in facts:
        case.unit = routing.unit_for(municipality=municipality, topic=topic, point=case.point)
    if case.unit_id is not None:
        case.assigned_at = act.at
    case.save()
    case.number = f"{municipality.prefix}-{act.at.astimezone(routing.BERLIN).year}-{case.pk:06d}"
    Case.objects.filter(pk=case.pk).update(number=case.number)
    entry = Entry.objects.create(
        case=case,
        deed=Deed.SUBMITTED.value,
        at=act.at,
        actor=by.actor.value,
        user=by.user,
        payload=payload_hash(asked),
        version=case.version,
    )
    return case, entry


def replayed(municipality: Municipality, act: Act, digest: str) -> Case | None:
    """The case that `act.client_key` made before; KeyReused if it was asked for with another payload."""
    rows = Case.objects.filter(municipality=municipality, client_key=act.client_key)
    found = next(iter(rows.order_by()), None)
    if found is None:
        return None
    first = found.entries.filter(deed=Deed.SUBMITTED.value).first()
    if first is not None and first.payload != digest:
        raise KeyReused
    return found
