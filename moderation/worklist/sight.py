"""Where the cases lie that somebody sees, in parts that an index finds: one condition for each place.

`visible_to` alone says what may be seen, and every part is asked together with it. But it says "of my town, or handed
to a unit of mine, or to me", and no index answers an "or" in the order of a list. So lists ask part by part. What lies
elsewhere and was handed over is looked for first: mostly there is nothing of it, and one part is all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db.models import Q, Value

from accounts.absence import deputised
from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import reach
from moderation.access import listed_for
from moderation.worklist.together import Statement, fetched, statement

PARTS = 8
"""More towns or units than this are asked together."""


def _each(column: str, values: Iterable[int]) -> list[Q]:
    ids = sorted(values)
    return [Q(**{column: pk}) for pk in ids] if len(ids) <= PARTS else [Q(**{f"{column}__in": ids})]


def _outside(column: str, values: Iterable[int]) -> Q:
    """None of these, in spans that an index can be searched for ("unequal" cannot)."""
    ids = sorted(values)
    found = Q(**{f"{column}__lt": ids[0]}) | Q(**{f"{column}__gt": ids[-1]})
    for low, high in pairwise(ids):
        found |= Q(**{f"{column}__gt": low, f"{column}__lt": high})
    return found


def sure(user: User) -> list[Q]:
    """The parts in which somebody's cases lie by their role."""
    see = reach(user, Permission.SEE)
    return _each("municipality_id", see.municipalities) or _each("unit_id", see.units)


def rare(user: User) -> list[Q]:
    """The parts in which cases may lie besides: handed to a unit from elsewhere, or given to the person."""
    see = reach(user, Permission.SEE)
    mine = Q(assignee_id__in=sorted(deputised(user)))
    if not see.municipalities:
        # With no right to see anything at all there is no part.
        return [mine & (~Q(unit_id__in=see.units) | Q(unit=None))] if see.units else []
    elsewhere = _outside("municipality_id", see.municipalities)
    ours = Q(unit_id__in=Unit.objects.filter(municipality_id__in=see.municipalities).values("pk"))
    ours |= Q(unit_id__in=see.units)
    return [ours & elsewhere, mine & elsewhere & (~ours | Q(unit=None))]


def probes(user: User, wanted: Sequence[Q]) -> list[Statement]:
    """For each part a statement that finds its place among `wanted` if there is a case in it."""
    cases = listed_for(user).order_by()
    rows = (cases.filter(one).annotate(part=Value(place)) for place, one in enumerate(wanted))
    found = (statement(one.values_list("part", flat=True)[:1]) for one in rows)
    return [one for one in found if one is not None]


def parts(user: User) -> list[Q]:
    """Conditions of which each case of `listed_for(user)` fulfils exactly one; one query."""
    wanted = rare(user)
    return [*sure(user), *(wanted[place] for (place,) in fetched(probes(user, wanted)))]
