"""How a case begins: its row, number and first Entry, once for each client_key."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Value
from django.db.models.sql.compiler import SQLCompiler

from cases import routing
from cases.change import Act, By, payload_hash
from cases.errors import KeyReused
from cases.models import Case, Contact, Entry, Topic
from cases.policy import Deed
from geo.models import Municipality


class _NumberOfRow(Func):
    """SQL of the number of the very row that is written, so that it needs no second statement: its id is drawn already
    when PostgreSQL works out the number (the id is the first column); on SQLite whoever writes is alone. Were that ever
    different, no two rows could have the number, and the insert would fail.
    """

    arity = 1

    def __init__(self, begin: str) -> None:
        super().__init__(Value(begin), output_field=CharField())

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_extra: Any) -> Any:
        """The id that this session has drawn last; six digits, or more where it takes more."""
        drawn = "currval('cases_case_id_seq')::text"
        template = f"(%(expressions)s || lpad({drawn}, greatest(6, length({drawn})), '0'))"
        return super().as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_extra: Any) -> Any:
        """One more than the highest id there ever was (AUTOINCREMENT)."""
        drawn = "COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'cases_case'), 0) + 1"
        return super().as_sql(compiler, connection, template=f"(%(expressions)s || printf('%%%%06d', {drawn}))")


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
    begin = f"{municipality.prefix}-{act.at.astimezone(routing.BERLIN).year}-"
    case.number = _NumberOfRow(begin)
    case.save(force_insert=True)
    case.number = f"{begin}{case.pk:06d}"
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
