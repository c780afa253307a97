"""Reading what phones send: JSON into checked values. Whatever is odd raises Invalid, with messages per field."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from cases.errors import Invalid
from cases.services import checked_text
from field.deeds import KINDS, Sent, digest_of, keys

PHOTOS_MOST: Final = 20
LONGEST: Final = 10_000
ID_MOST: Final = 2**62


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request."""
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _odd("")
    return found


def words(body: dict[str, Any], name: str) -> str:
    """A text as it can be stored, "" where there is none.

    Half an emoji, as a phone sends it that cut a text in its middle, becomes U+FFFD; NUL is left out.
    """
    found = body.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise _odd(name)
    if len(found) > LONGEST:
        checked_text(found, field=name, required=False)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def number(found: Any, name: str) -> int:
    """A whole number from 0 on; of a form or a query in digits."""
    if isinstance(found, str) and found.isdecimal() and len(found) < 19:
        found = int(found)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < ID_MOST:
        raise _odd(name)
    return found


def key(found: Any, name: str) -> UUID:
    """A UUID."""
    try:
        return keys([found])[0]
    except ValueError:
        raise _odd(name) from None


def instant(found: Any, name: str) -> datetime:
    """A moment with its offset."""
    try:
        read = parse_datetime(found) if isinstance(found, str) else None
        if read is not None and timezone.is_aware(read):
            return read.astimezone(timezone.get_default_timezone())
    except (ValueError, OverflowError):
        pass
    raise _odd(name)


def day(found: Any, name: str) -> date | None:
    """A day, None where there is none."""
    if found in (None, ""):
        return None
    try:
        read = parse_date(found) if isinstance(found, str) else None
    except ValueError:
        read = None
    if read is None:
        raise _odd(name)
    return read


def place(found: Any, name: str) -> Point | None:
    """[longitude, latitude] (WGS 84), None where there is none."""
    if found is None:
        return None
    if not isinstance(found, list) or len(found) != 2:
        raise _odd(name)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in found):
        raise _odd(name)
    lon, lat = found
    # Nor is it for "not a number".
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _odd(name)
    return Point(float(lon), float(lat), srid=4326)


def deed(body: dict[str, Any]) -> Sent:
    """An entry as `eintrag/` gets it."""
    kind = words(body, "kind")
    if kind not in KINDS:
        raise _odd("kind")
    photos, base = body.get("photos") or [], body.get("based_on") or {}
    if not isinstance(photos, list) or len(photos) > PHOTOS_MOST:
        raise _odd("photos")
    if not isinstance(base, dict):
        raise _odd("based_on")
    version, based_on = base.get("version"), base.get("key")
    return Sent(
        key=key(body.get("client_key"), "client_key"),
        kind=kind,
        case=number(body.get("case"), "case"),
        at=instant(body.get("at"), "at"),
        text=words(body, "text"),
        photos=tuple(key(one, "photos") for one in photos),
        version=number(version, "based_on") if version is not None else None,
        based_on=key(based_on, "based_on") if based_on is not None else None,
        day=day(body.get("day"), "day"),
        point=place(body.get("point"), "point"),
        digest=_digest(body),
    )


def _digest(body: dict[str, Any]) -> str:
    try:
        return digest_of(body)
    except RecursionError:
        raise _odd("") from None


def ids(found: Any, name: str, *, most: int = 2000) -> list[int]:
    """A list of ids."""
    if not isinstance(found, list) or len(found) > most:
        raise _odd(name)
    return [number(one, name) for one in found]


def _odd(name: str) -> Invalid:
    return Invalid({name: [_("The app sent something that cannot be read. Please load it anew; or tell your lead.")]})
