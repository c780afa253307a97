"""What was asked: parameters of address and form, where an empty one is as good as none.

Raises Problem for what cannot be read, in words that name the parameter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from cases.routing import BERLIN
from geo.spatial import Box, check_box

_ATTRIBUTE: Final = re.compile(r"attribute\[([^\[\]]{1,100})\](?:\[\d*\])?")
_LOST_PLUS: Final = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data", "")
VALUES_MAX: Final = 1000


class Problem(Exception):
    """A refusal: status and words, one for each error."""

    def __init__(self, status: int, *words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, words)
        self.status, self.words, self.headers = status, list(words), headers or {}


class Asked:
    """Parameters by name; those of a form come before those of the address."""

    def __init__(self, request: HttpRequest) -> None:
        self._sources: list[QueryDict] = []
        self.files: list[UploadedFile[Any]] = []
        try:
            if request.method == "POST":
                if request.content_type not in FORMS:
                    raise Problem(400, _("Please send a form (application/x-www-form-urlencoded or multipart)."))
                self._sources.append(request.POST)
                self.files = [file for name in request.FILES for file in request.FILES.getlist(name)]
            self._sources.append(request.GET)
        except RequestDataTooBig:
            raise Problem(413, _("The request is too large."))
        except TooManyFilesSent:
            raise Problem(400, _("media: there are too many files."))
        except TooManyFieldsSent:
            raise Problem(400, _("The request has too many fields."))
        except (BadRequest, MultiPartParserError, UnreadablePostError, LookupError, UnicodeError, ValueError):
            raise Problem(400, _("The request could not be read."))

    def text(self, *names: str) -> str:
        """The first value that says something under any of these names, else ""."""
        return next((value for name in names for value in self._values(name)), "")

    def several(self, name: str) -> list[str]:
        """Values of a comma list, which may also come as several parameters; each once."""
        parts = [part.strip() for value in self._values(name) for part in value.split(",")]
        found = list(dict.fromkeys(part for part in parts if part))
        if len(found) > VALUES_MAX:
            raise Problem(400, _("%(name)s: at most %(n)d values are possible.") % {"name": name, "n": VALUES_MAX})
        return found

    def attributes(self) -> dict[str, list[str]]:
        """Values by code, of `attribute[CODE]` and `attribute[CODE][]`."""
        found: dict[str, list[str]] = {}
        for source in self._sources:
            for name in source:
                if match := _ATTRIBUTE.fullmatch(name):
                    found.setdefault(match[1], []).extend(_clean(source.getlist(name)))
        return found

    def everything(self) -> list[tuple[str, list[str]]]:
        """All parameters in an order of their own, to compare two requests by."""
        return sorted((name, source.getlist(name)) for source in self._sources for name in source)

    def moment(self, name: str, *, end: bool = False) -> datetime | None:
        """A time; without an offset it is one of ours. A day is its beginning, or its `end`."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
            if end and _DAY.fullmatch(text):
                at = at.replace(hour=23, minute=59, second=59)
            at = at if at.tzinfo is not None else at.replace(tzinfo=BERLIN)
            # The databases know no years before 1 or after 9999 in UTC.
            return at if 1 < at.year < 9999 else at.replace(year=min(max(at.year, 2), 9998))
        except (ValueError, OverflowError):
            raise Problem(400, _("%(name)s: please write a time as 2026-05-04T08:15:30Z.") % {"name": name})

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number within bounds."""
        text = self.text(name)
        if not text:
            return None
        try:
            value = float(text) if len(text) <= 40 else math.nan
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            bounds = {"name": name, "low": f"{low:g}", "high": f"{high:g}"}
            raise Problem(400, _("%(name)s: please write a number from %(low)s to %(high)s.") % bounds)
        return value

    def whole(self, name: str, high: int, usual: int) -> int:
        """A whole number from 1; what is larger than `high` is `high`."""
        text = self.text(name)
        if not text:
            return usual
        if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < 1:
            raise Problem(400, _("%(name)s: please write a whole number from 1.") % {"name": name})
        return min(int(text), high)

    def yes(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.text(name).lower() in {"true", "1", "yes"}

    def place(self) -> tuple[float, float] | None:
        """(longitude, latitude); both or neither."""
        lat = self.number("lat", -90, 90)
        lon = self.number("long" if self.text("long") else "lon", -180, 180)
        if (lat is None) != (lon is None):
            raise Problem(400, _("lat and long: please send both."))
        return (lon, lat) if lat is not None and lon is not None else None

    def box(self) -> Box | None:
        """The box west,south,east,north."""
        text = self.text("bbox")
        if not text:
            return None
        try:
            return check_box(float(part) for part in text[:200].split(","))
        except (ValueError, ValidationError):
            raise Problem(400, _("bbox: please write west,south,east,north in degrees."))

    def _values(self, name: str) -> Iterable[str]:
        return [value for source in self._sources for value in _clean(source.getlist(name))]


def _clean(values: Iterable[str]) -> list[str]:
    found = [value.replace("\x00", "").strip() for value in values]
    return [value for value in found if value]
