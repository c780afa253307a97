"""Where a row of the rules comes from: the town's own, its own version of the county's, or inherited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from cases import routing, rules
from cases.models import Stage, TextBlock
from cases.policy import FACTS, State
from geo.models import Municipality

Row = TypeVar("Row", Stage, TextBlock)


@dataclass(frozen=True)
class Origin:
    """`owner` has the row; `above` is the municipality whose row it stands for, None where nobody else has it."""

    own: bool
    owner: Municipality
    above: Municipality | None


def origins(rows: Iterable[Row], every: Iterable[Row], town: Municipality) -> dict[int, Origin]:
    """By the id of a row; `every` are all rows of the chain, also those that are overridden."""
    chain = {one.pk: (place, one) for place, one in enumerate(town.chain())}
    owners: dict[str, list[int]] = {}
    for row in every:
        owners.setdefault(row.slug, []).append(row.municipality_id)
    found = {}
    for row in rows:
        place, owner = chain[row.municipality_id]
        above = min((chain[pk] for pk in owners.get(row.slug, []) if chain[pk][0] > place), default=None, key=_place)
        found[row.pk] = Origin(owner.pk == town.pk, owner, above[1] if above else None)
    return found


def _place(pair: tuple[int, Municipality]) -> int:
    return pair[0]


def everything(model: type[Row], town: Municipality) -> tuple[list[Row], dict[int, Origin]]:
    """The rows that hold or are out of use, one per slug and in order, with where each comes from. One query."""
    every = list(model._default_manager.filter(municipality__in=town.chain()))
    rows = routing.nearest_of(every, town)
    return rows, origins(rows, every, town)


def row_of(model: type[Row], town: Municipality, pk: int) -> tuple[Row, Origin]:
    """A row that a town has or inherits, with where it comes from; 404 for a stranger's and an overridden one."""
    row = get_object_or_404(model._default_manager.select_related("municipality"), pk=pk, municipality__in=town.chain())
    rows, found = everything(model, town)
    if row.pk not in {one.pk for one in rows}:
        raise Http404
    return row, found[row.pk]


def do(request: HttpRequest, town: Municipality, row: Row, origin: Origin, by: User) -> Row | None:
    """One of the deeds of a row: `own`, `back`, `remove`, `up`, `down`; the row that is there now, None if it is gone.

    What a verb refuses becomes a message.
    """
    name = request.POST.get("deed", "")
    if origin.own is (name == "own"):
        raise Http404
    try:
        if name == "own":
            row = rules.take_over(municipality=town, by=by, row=row)
            messages.success(request, _("This is your own version now. What you change here holds for your town only."))
        elif name == "back":
            row = rules.give_back(by=by, row=row)
            messages.success(
                request, _("“%(row)s” is again as %(county)s has it.") % {"row": row, "county": origin.above}
            )
        elif name == "remove":
            rules.remove(by=by, row=row)
            messages.success(request, _("“%(row)s” is deleted.") % {"row": row})
            return None
        elif name in {"up", "down"}:
            rules.shift(municipality=town, by=by, row=row, up=name == "up")
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return row


def look_of(state: str) -> str:
    """Class of colour and icon of a state."""
    return FACTS[State(state)].look
