"""An outside geocoder for addresses that the own gazetteer does not know: off unless GEOCODER_URL names one.

Three kinds are understood: Nominatim (`/search`, `/reverse` as jsonv2), Photon (`/api`, `/reverse`) and the geocoding
service of the BKG (`/geosearch.json`). Only the host in the settings is asked, redirects are not followed, answers are
kept for a day, and after a failure it is left alone for a while; whatever it does, the search goes on without it.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.core.exceptions import ValidationError

from geo.folding import one_line
from geo.hits import Hit
from geo.models import Municipality
from geo.policy import KIND_ADDRESS, KIND_POI, KIND_STREET
from geo.shelf import Breaker
from geo.spatial import Box, make_point
from net import http
from net.guard import NetError

logger = logging.getLogger(__name__)

#: Seconds for connecting and each read, and for everything: somebody waits for it.
TIMEOUT, TOTAL = 1.0, 2.0
MAX_BYTES = 300_000
#: Shorter texts are not worth asking for.
SHORTEST = 4
KEEP_SECONDS = 86_400
#: How long a failing geocoder is left alone.
PAUSE_SECONDS = 60


def _text(values: Any, *names: str) -> str:
    """The first of these values that is a text, on one line and not longer than our columns."""
    found = (values.get(name) for name in names) if isinstance(values, Mapping) else ()
    return next((one_line(str(value), 100) for value in found if isinstance(value, str | int) and str(value)), "")


def _place(lon: Any, lat: Any) -> Point | None:
    try:
        return make_point(float(lon), float(lat))
    except (TypeError, ValueError, ValidationError):
        return None


def _hit(street: str, number: str, name: str, place: str, postcode: str, point: Point | None) -> Hit | None:
    """A hit, named by house, name or street; None without a name or a place on the map."""
    if point is None:
        return None
    if street and number:
        return Hit(f"{street} {number}", KIND_ADDRESS, point, street, number, place, postcode)
    if name and name != street:
        return Hit(name, KIND_POI, point, street, "", place, postcode)
    return Hit(street, KIND_STREET, point, street, "", place, postcode) if street else None


def _nominatim(data: Any) -> Iterator[Hit | None]:
    for one in data if isinstance(data, list) else [data]:
        if not isinstance(one, Mapping):
            continue
        address = one.get("address")
        street, number = _text(address, "road", "pedestrian", "footway"), _text(address, "house_number")
        place = _text(address, "suburb", "village", "town", "city", "municipality")
        point = _place(one.get("lon"), one.get("lat"))
        yield _hit(street, number, _text(one, "name"), place, _text(address, "postcode"), point)


def _features(data: Any) -> Iterator[tuple[Mapping[str, Any], Point | None]]:
    features = data.get("features") if isinstance(data, Mapping) else None
    for one in features if isinstance(features, list) else []:
        if not isinstance(one, Mapping):
            continue
        geometry, values = one.get("geometry"), one.get("properties")
        pair = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
        if isinstance(values, Mapping) and isinstance(pair, list) and len(pair) >= 2:
            yield values, _place(pair[0], pair[1])


def _photon(data: Any) -> Iterator[Hit | None]:
    for values, point in _features(data):
        name, street = _text(values, "name"), _text(values, "street")
        if values.get("osm_key") == "highway" and not street:
            name, street = "", name
        place = _text(values, "district", "city")
        yield _hit(street, _text(values, "housenumber"), name, place, _text(values, "postcode"), point)


def _bkg(data: Any) -> Iterator[Hit | None]:
    for values, point in _features(data):
        street = _text(values, "strasse")
        name = "" if street else _text(values, "text")
        yield _hit(street, _text(values, "haus"), name, _text(values, "ortsteil", "ort"), _text(values, "plz"), point)


_READERS: Final[dict[str, Callable[[Any], Iterator[Hit | None]]]] = {
    "nominatim": _nominatim,
    "photon": _photon,
    "bkg": _bkg,
}


def _search_address(text: str, box: Box | None, near: Point | None, limit: int) -> str:
    """Path and query of a search in the dialect of the settings."""
    frame = ",".join(f"{part:.5f}" for part in box) if box else ""
    if settings.GEOCODER_KIND == "photon":
        asked: dict[str, Any] = {"q": text, "limit": limit, "lang": "de", "bbox": frame}
        if near is not None:
            asked |= {"lat": f"{near.y:.3f}", "lon": f"{near.x:.3f}"}
        path = "/api"
    elif settings.GEOCODER_KIND == "bkg":
        path, asked = "/geosearch.json", {"query": text, "count": limit, "bbox": frame}
    else:
        path = "/search"
        asked = {"q": text, "format": "jsonv2", "addressdetails": 1, "limit": limit, "accept-language": "de"}
        if frame:
            asked |= {"viewbox": frame, "bounded": 1}
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value != ''})}"


def _ask(address: str) -> list[Hit]:
    """The hits of an answer, kept for a day; [] while the geocoder fails."""
    base = str(settings.GEOCODER_URL)
    key = f"geo:geocoder:{hashlib.sha256(f'{settings.GEOCODER_KIND} {base}{address}'.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        breaker = Breaker(f"geocoder:{base}", failures=1, pause=PAUSE_SECONDS)
        if not breaker.answers():
            return []
        kept = _fetch(base + address)
        if kept is None:
            breaker.failed()
            return []
        breaker.worked()
        cache.set(key, kept, KEEP_SECONDS)
    try:
        found = list(_READERS[settings.GEOCODER_KIND](orjson.loads(kept)))
    except orjson.JSONDecodeError:
        return []
    return [hit for hit in found if hit is not None]


def _fetch(url: str) -> bytes | None:
    """The body of a JSON answer; None, logged without what was asked for, if there is none."""
    try:
        answer = http.fetch(url, timeout=TIMEOUT, total=TOTAL, max_bytes=MAX_BYTES, max_redirects=0)
        if answer.status != 200:
            logger.warning("geocoder answered %s", answer.status)
            return None
        orjson.loads(answer.body)
    except NetError as error:
        logger.warning("geocoder failed: %s", type(error).__name__)
        return None
    except orjson.JSONDecodeError:
        logger.warning("geocoder answered no JSON")
        return None
    return answer.body


def search(municipality: Municipality, query: str, *, near: Point | None = None, limit: int = 8) -> list[Hit]:
    """What the outside geocoder knows within the box of the municipality; [] if none is set up, or it fails."""
    text = one_line(query, 200)
    if not settings.GEOCODER_URL or len(text) < SHORTEST:
        return []
    box = Box(*municipality.boundary.extent) if municipality.boundary is not None else None
    found = _ask(_search_address(text, box, near, limit))
    inside = (hit for hit in found if hit.point is not None and (box is None or _within(box, hit.point)))
    return list(dict.fromkeys(inside))[:limit]


def _within(box: Box, point: Point) -> bool:
    return box.west <= point.x <= box.east and box.south <= point.y <= box.north


def reverse(point: Point) -> Hit | None:
    """The address the outside geocoder has for a place (WGS84), to about a metre; the BKG's service is not asked."""
    if not settings.GEOCODER_URL or settings.GEOCODER_KIND == "bkg" or not math.isfinite(point.x + point.y):
        return None
    asked = {"lat": f"{point.y:.5f}", "lon": f"{point.x:.5f}"}
    if settings.GEOCODER_KIND == "nominatim":
        asked |= {"format": "jsonv2", "addressdetails": "1", "accept-language": "de"}
    return next(iter(_ask(f"/reverse?{urlencode(asked)}")), None)
