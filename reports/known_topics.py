"""The category tree as searches need it: names, kinds and groups, in one light statement and without model objects."""

from __future__ import annotations

import json
from functools import lru_cache

from geo import quick
from geo.localized import localized
from geo.models import Municipality


class Group:
    """What is read of a topic, under the names the model has."""

    __slots__ = ("name", "parent", "pk", "slug")

    def __init__(self, pk: int, slug: str, name: str, parent: Group | None = None) -> None:
        self.pk, self.slug, self.name, self.parent = pk, slug, _read(name), parent

    def __str__(self) -> str:
        return localized(self.name)


class Known(Group):
    """A topic that is a category; like the model's row, only such a one has the attribute `category`."""

    __slots__ = ("category",)

    def __init__(self, pk: int, slug: str, name: str, parent: Group | None, category: Kind) -> None:
        super().__init__(pk, slug, name, parent)
        self.category = category


class Kind:
    """What is read of a category."""

    __slots__ = ("keywords", "sort")

    def __init__(self, sort: str, keywords: str) -> None:
        self.sort, self.keywords = sort, keywords


def of(municipality: Municipality) -> list[Group]:
    """Groups and categories of the municipality, those above it and those below it. One query."""
    sql = (
        f"WITH RECURSIVE {quick.family('towns')} SELECT t.id, t.slug, CAST(t.name AS text), g.id, g.slug,"
        " CAST(g.name AS text), k.sort, k.keywords FROM cases_topic AS t"
        " LEFT JOIN cases_topic AS g ON g.id = t.parent_id LEFT JOIN reports_category AS k ON k.topic_id = t.id"
        f" WHERE t.municipality_id IN (SELECT id FROM family) OR {quick.within('t.municipality_id', 'above')}"
        " ORDER BY t.position, t.slug"
    )
    above = [one for one in municipality.chain_ids() if one != municipality.pk]
    with quick.cursor() as cursor:
        cursor.execute(sql, {"towns": quick.many([municipality.pk]), "above": quick.many(above)})
        rows = cursor.fetchall()
    found: list[Group] = []
    for pk, slug, name, group, group_slug, group_name, sort, keywords in rows:
        parent = Group(group, group_slug, group_name) if group is not None else None
        found.append(
            Group(pk, slug, name, parent) if sort is None else Known(pk, slug, name, parent, Kind(sort, keywords))
        )
    return found


@lru_cache(maxsize=4096)
def _read(text: str) -> dict[str, str]:
    return dict(json.loads(text))
