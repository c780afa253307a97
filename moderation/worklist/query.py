"""What the address bar of the work list asks for; nonsense in it is left out, never an error."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSException, Polygon
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import User
from accounts.policy import Permission
from accounts.services import memberships, reach
from cases.models import STATES
from geo import grid
from geo.folding import one_line
from geo.spatial import Box, check_box, check_point
from moderation.worklist.tabs import BY_SLUG, FORMER, SORTS, Tab

NO_UNIT = "keine"
ME = "ich"
NOBODY = "niemand"
NO_DISTRICT = "keiner"
DATED = ("erledigt", "antwort", "rueckmeldung")
"""What the days of a filter may tell of besides receipt: closing, the first answer, what the reporter said of it."""
SAID = ("geloest", "nochda")
PRIORITIES = ("hoch", "normal", "niedrig")
CORNERS = 60
"""An area drawn on the map has at most so many corners."""
PARAMETERS = (
    "liste",
    "q",
    "status",
    "stufe",
    "kategorie",
    "stelle",
    "person",
    "stadtteil",
    "bbox",
    "flaeche",
    "von",
    "bis",
    "zeit",
    "antwort",
    "rueckmeldung",
    "feld",
    "teile",
    "quelle",
    "prio",
    "faellig",
    "foto",
    "unterstuetzt",
    "sort",
    "seite",
    "weiter",
    "zurueck",
)
PLACES = ("seite", "weiter", "zurueck")
"""Of PARAMETERS, those that say which page of the list it is."""
_STATES = {value for value, _label in STATES}
_SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)
_PLACE = re.compile(r"[-_0-9]{1,120}", re.ASCII)


@dataclass(frozen=True)
class Query:
    """The list, its filters and its order; everything empty means everything."""

    tab: Tab
    q: str = ""
    states: tuple[str, ...] = ()
    stage: str = ""
    category: str = ""
    unit: str = ""
    person: str = ""
    district: str = ""
    bbox: Box | None = None
    area: tuple[tuple[float, float], ...] = ()
    """Corners (lon, lat) of an area drawn on the map."""
    since: date | None = None
    until: date | None = None
    dated: str = ""
    """Of what the two days tell (one of DATED); "" for the day of receipt."""
    answer: str = ""
    """Whether somebody has answered yet."""
    said: str = ""
    """What the reporter said last to "is it settled?"."""
    cell: tuple[int, int] | None = None
    """A field of the grid: zoom and number."""
    whole: bool = False
    """Without internal parts of other cases."""
    source: str = ""
    priority: str = ""
    overdue: bool = False
    photo: bool = False
    supported: int = 0
    sort: str = ""
    page: int = 1
    after: str = ""
    """The place in the list after which the page begins; see worklist.keyset."""
    before: str = ""
    """The place before which the page ends."""

    @classmethod
    def read(cls, data: QueryDict, user: User) -> Query:
        """Read the address bar. Without a list: what is to review for those who release, else what lies with them."""
        units = any(one.unit_id is not None for one in memberships(user))
        first = "pruefen" if reach(user, Permission.RELEASE) else "stelle" if units else "meine"
        wanted = data.get("liste", "")
        states = tuple(dict.fromkeys(one for one in data.getlist("status") if one in _STATES))
        if wanted in FORMER:
            wanted, states = "alle", states or (FORMER[wanted].value,)
        return cls(
            tab=BY_SLUG.get(wanted, BY_SLUG[first]),
            q=one_line(data.get("q", ""), 200),
            states=states,
            stage=_slug(data.get("stufe", "")),
            category=_slug(data.get("kategorie", "")),
            unit=_number(data.get("stelle", ""), NO_UNIT),
            person=_number(data.get("person", ""), ME, NOBODY),
            district=_number(data.get("stadtteil", ""), NO_DISTRICT),
            bbox=_box(data.get("bbox", "")),
            area=_area(data.get("flaeche", "")),
            since=_day(data.get("von", "")),
            until=_day(data.get("bis", "")),
            dated=_one_of(data.get("zeit", ""), DATED),
            answer=_one_of(data.get("antwort", ""), ("ja", "nein")),
            said=_one_of(data.get("rueckmeldung", ""), SAID),
            cell=_cell(data.get("feld", "")),
            whole=data.get("teile") == "ohne",
            source=_slug(data.get("quelle", ""))[:20],
            priority=_one_of(data.get("prio", ""), PRIORITIES),
            overdue=data.get("faellig") == "1",
            photo=data.get("foto") == "1",
            supported=int(_number(data.get("unterstuetzt", ""))[:6] or 0),
            sort=_one_of(data.get("sort", ""), tuple(SORTS)),
            page=max(int(_number(data.get("seite", ""))[:6] or 1), 1),
            after=_place(data.get("weiter", "")),
            before=_place(data.get("zurueck", "")),
        )

    @property
    def parts(self) -> dict[str, Any]:
        """The address bar as name and value; "" and () for what is not asked."""
        return {
            "liste": self.tab.slug,
            "q": self.q,
            "status": self.states,
            "stufe": self.stage,
            "kategorie": self.category,
            "stelle": self.unit,
            "person": self.person,
            "stadtteil": self.district,
            "bbox": ",".join(f"{part:.5f}" for part in self.bbox) if self.bbox else "",
            "flaeche": ";".join(f"{lon:.5f},{lat:.5f}" for lon, lat in self.area),
            "von": self.since.isoformat() if self.since else "",
            "bis": self.until.isoformat() if self.until else "",
            "zeit": self.dated,
            "antwort": self.answer,
            "rueckmeldung": self.said,
            "feld": "-".join(str(part) for part in self.cell) if self.cell else "",
            "teile": "ohne" if self.whole else "",
            "quelle": self.source,
            "prio": self.priority,
            "faellig": "1" if self.overdue else "",
            "foto": "1" if self.photo else "",
            "unterstuetzt": self.supported or "",
            "sort": self.sort,
            "seite": self.page if self.page > 1 else "",
            "weiter": self.after,
            "zurueck": self.before,
        }

    def address(self, **changed: Any) -> str:
        """The query string, `?` included, with some parts changed ("" leaves a part out; no page, no place in it)."""
        if changed.get("seite") == "":
            changed = {**dict.fromkeys(PLACES, ""), **changed}
        found = QueryDict(mutable=True)
        for name, value in {**self.parts, **changed}.items():
            if isinstance(value, tuple | list):
                found.setlist(name, [str(one) for one in value])
            elif value:
                found[name] = str(value)
        return f"?{found.urlencode()}" if found else ""

    @property
    def unfiltered(self) -> str:
        """The query string of the bare list, in its order."""
        return self.address(**dict.fromkeys(set(PARAMETERS) - {"liste", "sort"}, ""))

    @property
    def filtered(self) -> bool:
        """Whether anything but the list narrows what is shown."""
        return any(value for name, value in self.parts.items() if name not in {"liste", "sort", *PLACES})


def _slug(text: str) -> str:
    return text if _SLUG.fullmatch(text) else ""


def _one_of(text: str, allowed: Sequence[str]) -> str:
    return text if text in allowed else ""


def _number(text: str, *words: str) -> str:
    """A whole number as databases know it, or one of the words; else ""."""
    return text if text in words or (text.isascii() and text.isdecimal() and len(text) < 18) else ""


def _place(text: str) -> str:
    return text if _PLACE.fullmatch(text) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _box(text: str) -> Box | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        # A map that is zoomed out shows more than the world; what is no number stays none.
        return check_box((max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)))
    except (ValueError, ValidationError):
        return None


def _cell(text: str) -> tuple[int, int] | None:
    """Zoom and number of a field of the grid, "17-123"."""
    zoom, _dash, number = text.partition("-")
    if not _number(zoom) or not _number(number) or not 1 <= int(zoom) <= grid.ZOOM:
        return None
    return (int(zoom), int(number)) if int(number) < 1 << 2 * int(zoom) else None


def _area(text: str) -> tuple[tuple[float, float], ...]:
    """Corners of a sound polygon; one that crosses itself has no inside, so it is left out."""
    parts = text.split(";")
    if not 3 <= len(parts) <= CORNERS:
        return ()
    try:
        corners = tuple(check_point(*(float(one) for one in part.split(","))) for part in parts)
        sound = polygon(corners).valid
    except (ValueError, TypeError, ValidationError, GEOSException):
        return ()
    return corners if sound and not math.isclose(polygon(corners).area, 0.0, abs_tol=1e-12) else ()


def polygon(corners: Sequence[tuple[float, float]]) -> Polygon:
    """The area within these corners, in WGS84."""
    return Polygon((*corners, corners[0]), srid=4326)
