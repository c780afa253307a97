"""Public reports of a small section, one by one: what a pin says, and where each lies with its state.

The rows are found by looking into an index for every range of the section, and for every topic and state asked for, so
that few are found as quickly among millions; no model object is made of them. A test holds the titles to what
`reports.showing.public_report` says.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.utils.translation import get_language

from cases.models import STATES
from cases.policy import FACTS, State
from geo import grid, quick
from geo.localized import FALLBACK, localized
from reports.counts.reading import limit
from reports.counts.sql import CASES, SHOWN

FIELDS = (
    "number",
    "grid",
    "state",
    "stage__label",
    "topic__name",
    "topic__category__icon",
    "report__address",
    "report__address_by_citizen",
    "report__text_released",
    "district__name",
)
"""What a pin is made of, as the model names it."""
_COLUMNS = (
    "c.number, c.grid, c.state, CAST(s.label AS text), CAST(t.name AS text), k.icon, r.address, r.address_by_citizen,"
    " r.text_released, d.name"
)
_JOINS = "LEFT JOIN cases_stage AS s ON s.id = c.stage_id LEFT JOIN cases_topic AS t ON t.id = c.topic_id" + (
    " LEFT JOIN reports_category AS k ON k.topic_id = c.topic_id LEFT JOIN geo_district AS d ON d.id = c.district_id "
)


class Asked(NamedTuple):
    """Which reports: of municipalities and all below them, of topics and in states (None: all), in a window at the
    finest level."""

    municipalities: Sequence[int]
    topics: Collection[int] | None
    states: Collection[State] | None
    window: grid.Window


def rows(asked: Asked, *, most: int) -> list[tuple[Any, ...]]:
    """At most so many reports, as FIELDS lists them; JSON as text. One query."""
    return _fetched(_rows_sql(connection.vendor, asked.topics is not None, asked.states is not None), asked, most)


def places(asked: Asked, *, most: int) -> list[tuple[int, str]]:
    """Grid number and state of at most so many reports. One query, which PostgreSQL answers from an index alone."""
    asked = asked._replace(states=asked.states or tuple(State))
    return _fetched(_places_sql(connection.vendor, asked.topics is not None), asked, most)


def _fetched(sql: str, asked: Asked, most: int) -> list[Any]:
    members = len(asked.topics or [0]) * len(asked.states or [0])
    lows, highs = grid.cover(asked.window, limit(members))
    if not lows or (asked.topics is not None and not asked.topics):
        return []
    left, right, top, bottom = asked.window.corners()
    parameters = {
        "towns": quick.many(list(asked.municipalities)),
        "topics": quick.many(sorted(asked.topics or [])),
        "states": quick.many([state.value for state in asked.states or []]),
        "lows": quick.many(lows),
        "highs": quick.many(highs),
        "left": quick.number(left),
        "right": quick.number(right),
        "top": quick.number(top),
        "bottom": quick.number(bottom),
        "most": quick.number(most),
    }
    used = {name: value for name, value in parameters.items() if f"%({name})s" in sql}
    with quick.cursor() as cursor:
        cursor.execute(sql, used)
        return list(cursor.fetchall())


def _found(of_topics: bool, in_states: bool, columns: Sequence[str]) -> str:
    """FROM and WHERE: every report asked for is `c`."""
    shown = SHOWN.format("c.")
    where = f"c.municipality_id = family.id AND c.grid BETWEEN r.low AND r.high AND {shown}"
    asked = "family"
    if of_topics:
        asked += f" CROSS JOIN {quick.listed('topic', 'topics')}"
        where += " AND c.topic_id = topic.one"
    if in_states:
        asked += f" CROSS JOIN {quick.listed('state', 'states', 'text')}"
        where += " AND c.state = state.one"
    inside = (
        f"(c.grid & {grid.X}) BETWEEN %(left)s AND %(right)s AND (c.grid & {grid.Y}) BETWEEN %(top)s AND %(bottom)s"
    )
    return (
        f"FROM {asked} CROSS JOIN {quick.ranges('r', 'lows', 'highs')} {quick.each(CASES, 'c', columns, where)}"
        f" WHERE {inside} LIMIT %(most)s"
    )


@lru_cache(maxsize=8)
def _places_sql(vendor: str, of_topics: bool) -> str:
    """`vendor` keeps twins apart."""
    found = _found(of_topics, in_states=True, columns=("grid", "state"))
    return f"WITH RECURSIVE {quick.family('towns')} SELECT c.grid, c.state {found}"


@lru_cache(maxsize=8)
def _rows_sql(vendor: str, of_topics: bool, in_states: bool) -> str:
    report = quick.each(
        "reports_report",
        "r",
        ("address", "address_by_citizen", "text_released"),
        "r.case_id = c.id",
        left=True,
    )
    found = _found(of_topics, in_states, ("id", "number", "grid", "state", "stage_id", "topic_id", "district_id"))
    return (
        f"WITH RECURSIVE {quick.family('towns')}, c AS (SELECT c.* {found}) SELECT {_COLUMNS} FROM c {_JOINS}{report}"
    )


def features(found: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Pins as GeoJSON features, of rows as FIELDS lists them."""
    if not found:
        return []
    numbers = np.array([row[1] for row in found], dtype=np.int64)
    lons, lats = (values.tolist() for values in grid.middles(*grid.cell_tiles(numbers)))
    language = get_language() or FALLBACK
    states = dict(STATES)
    labels = {state.value: (FACTS[state].look, str(states[state.value])) for state in State}
    pins = []
    for lon, lat, row in zip(lons, lats, found, strict=True):
        number, _cell, state, stage, name, icon, address, by_citizen, released, district = row
        title = _words(name, language) if isinstance(name, str) else localized(name)
        place = address if address and (not by_citizen or released) else district
        look, word = labels[state]
        label = _words(stage, language) if isinstance(stage, str) else localized(stage)
        properties = {
            "number": number,
            "title": f"{title}, {place}" if place else title,
            "icon": icon,
            "look": look,
            "state": label or word,
        }
        point = {"type": "Point", "coordinates": (lon, lat)}
        pins.append({"type": "Feature", "geometry": point, "properties": properties})
    return pins


@lru_cache(maxsize=4096)
def _words(text: str, language: str) -> str:
    """A localized text out of the JSON it is kept as."""
    return localized(json.loads(text), language)
