"""Parts of a report: several units work, one voice speaks.

A part is an internal case of its own, linked to the main one: it is never public, has no contact and mails no citizen.
The reporter hears of the main case alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.policy import Permission
from cases import routing
from cases.change import Act, By, change
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Entry
from cases.opening import open_case
from cases.policy import ACTIVE, Deed, State
from cases.services import checked_text
from outbox.events import emit
from reports.models import Category, Report

PARTS_MAX = 10
"""Open parts of one case."""


@dataclass(frozen=True)
class Part:
    """What is to be done by somebody else; without `unit` the table of responsibilities decides."""

    category: Category
    text: str
    unit: Unit | None = None


def can_be_split(case: Case) -> bool:
    """It needs something, and is neither a part nor a duplicate itself."""
    return State(case.state) in ACTIVE and case.part_of_id is None and case.duplicate_of_id is None


def split(*, case: Case, parts: Sequence[Part], by: By, act: Act | None = None) -> Entry:
    """Make an internal part for each of `parts`; the main case stays as it is. Raises Invalid (text, unit, category),
    NoSuchEdge, Denied, Conflict, KeyReused."""
    parts = [replace(part, text=checked_text(part.text)) for part in parts]
    asked = {"parts": [[part.category.pk, part.text, part.unit.pk if part.unit else None] for part in parts]}
    with change(case=case, by=by, deed=Deed.SPLIT, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if not step.replayed:
            row = step.case
            if not can_be_split(row):
                raise NoSuchEdge
            if not parts or row.parts.filter(state__in=_active()).count() + len(parts) > PARTS_MAX:
                raise Invalid({"text": [_("A case has 1 to %(max)d open parts.") % {"max": PARTS_MAX}]})
            chain = row.municipality.chain_ids()
            for part in parts:
                if part.category.topic.municipality_id not in chain:
                    raise Invalid({"category": [_("This category does not belong to the municipality.")]})
                if part.unit is not None and part.unit.municipality_id not in chain:
                    raise Invalid({"unit": [_("This unit does not work for the municipality.")]})
            made = [_make(row, part, by, Act(at=step.entry.at)) for part in parts]
            step.entry.data = {"parts": [one.pk for one in made], "numbers": [one.number for one in made]}
    return step.entry


def _make(main: Case, part: Part, by: By, act: Act) -> Case:
    facts: dict[str, Any] = {"unit": part.unit} if part.unit is not None else {}
    made, entry = open_case(
        municipality=main.municipality,
        kind=main.kind,
        topic=part.category.topic,
        asked={"part_of": main.pk, "text": part.text},
        by=by,
        act=act,
        practice_by=main.practice_by,
        part_of=main,
        source=main.source,
        language=main.language,
        point=main.point,
        grid=main.grid,
        district=main.district,
        stage=next(iter(routing.stages(main.municipality, State.NEW)), None),
        priority=main.priority,
        **facts,
    )
    if main.confidential and not made.confidential:
        made.confidential = True
        made.save(update_fields=["confidential"])
    whole = Report.objects.get(case=main)
    Report.objects.create(
        case=made, text=part.text, address=whole.address, address_by_citizen=whole.address_by_citizen, asset=whole.asset
    )
    entry.data = {"part_of": main.pk, "number": main.number, "from": None, "unit": made.unit_id}
    entry.save(update_fields=["data"])
    # To its unit it is a case that a colleague gave to them.
    emit(f"case.{Deed.ASSIGNED}", case=made.pk, entry=entry.pk)
    return made


def _active() -> list[str]:
    return [state.value for state in ACTIVE]
