"""Three facts out of a photo's EXIF: which way is up, when it was taken, and where.

Own reading of a few bytes instead of a library's: a crafted directory makes general readers copy the file
thousands of times, and cameras' broken blocks (maker notes, fractions by zero) make them raise. Here the
worst answer is "unknown". Layout: TIFF 6.0, section 2; tags: EXIF 2.32, sections 4.6.3 to 4.6.6.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from django.utils.timezone import get_default_timezone

ORIENTATION, EXIF_IFD, GPS_IFD = 0x0112, 0x8769, 0x8825
TAKEN, DIGITISED, OFFSET = 0x9003, 0x9004, 0x9011
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
#: Bytes of one value: BYTE, ASCII, SHORT, LONG, RATIONAL. Other types hold nothing we ask for.
WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
MAX_ENTRIES, MAX_VALUE = 400, 64
FIRST_YEAR = 1990  # older dates are clocks that were never set

Entries = dict[int, bytes]


@dataclass(frozen=True)
class Exif:
    """Orientation 1 to 8, moment with time zone, position as (longitude, latitude) in degrees WGS84."""

    orientation: int = 1
    taken_at: datetime | None = None
    position: tuple[float, float] | None = None


def read(raw: bytes) -> Exif:
    """Reads a TIFF block with or without the `Exif` prefix. Nonsense gives the defaults, never an error."""
    block = raw.removeprefix(b"Exif\x00\x00")
    if block[:4] == b"II*\x00":
        reader = _Reader(block, "little")
    elif block[:4] == b"MM\x00*":
        reader = _Reader(block, "big")
    else:
        return Exif()
    main = reader.entries(reader.number(block[4:8]))
    details = reader.entries(reader.number(main.get(EXIF_IFD, b"")))
    place = reader.entries(reader.number(main.get(GPS_IFD, b"")))
    orientation = reader.number(main.get(ORIENTATION, b""))
    return Exif(
        orientation if 1 <= orientation <= 8 else 1,
        _moment(details.get(TAKEN) or details.get(DIGITISED, b""), details.get(OFFSET, b"")),
        reader.position(place),
    )


class _Reader:
    """A TIFF block and its byte order."""

    def __init__(self, block: bytes, order: str) -> None:
        self.block = block
        self.little = order == "little"

    def number(self, value: bytes) -> int:
        """An unsigned number; 0 for no bytes."""
        return int.from_bytes(value, "little" if self.little else "big")

    def entries(self, offset: int) -> Entries:
        """Tag to raw value of one directory. Offset 0 means none, long values are left out."""
        if not 8 <= offset <= len(self.block) - 2:
            return {}
        count = min(self.number(self.block[offset : offset + 2]), MAX_ENTRIES)
        found: Entries = {}
        for at in range(offset + 2, offset + 2 + 12 * count, 12):
            entry = self.block[at : at + 12]
            if len(entry) < 12:
                break
            size = WIDTHS.get(self.number(entry[2:4]), MAX_VALUE + 1) * self.number(entry[4:8])
            if size > MAX_VALUE:
                continue
            start = self.number(entry[8:12])
            value = entry[8 : 8 + size] if size <= 4 else self.block[start : start + size]
            if len(value) == size:
                found[self.number(entry[:2])] = value
        return found

    def position(self, place: Entries) -> tuple[float, float] | None:
        """(longitude, latitude); None when missing, out of the world, or the 0/0 of a missing fix."""
        latitude = self._degrees(place.get(LATITUDE, b""), place.get(LATITUDE_REF, b""), b"N", b"S", 90)
        longitude = self._degrees(place.get(LONGITUDE, b""), place.get(LONGITUDE_REF, b""), b"E", b"W", 180)
        if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
            return None
        return longitude, latitude

    def _degrees(self, value: bytes, ref: bytes, plus: bytes, minus: bytes, limit: int) -> float | None:
        if len(value) != 24 or ref[:1] not in (plus, minus):
            return None
        numbers = [self.number(value[at : at + 4]) for at in range(0, 24, 4)]
        if not all(numbers[1::2]):
            return None
        degrees, minutes, seconds = (top / bottom for top, bottom in zip(numbers[::2], numbers[1::2], strict=True))
        if minutes >= 60 or seconds >= 60:
            return None
        total = degrees + minutes / 60 + seconds / 3600
        if total > limit:
            return None
        return round(total if ref[:1] == plus else -total, 7)


def _moment(value: bytes, offset: bytes) -> datetime | None:
    """`2021:04:11 15:47:53` with `+02:00`; without offset the clock showed the time of the installation."""
    try:
        naive = datetime.strptime(_text(value), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 the zone comes next
    except ValueError:
        return None
    if naive.year < FIRST_YEAR:
        return None
    return naive.replace(tzinfo=_zone(_text(offset)) or get_default_timezone())


def _zone(text: str) -> timezone | None:
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":":
        return None
    hours, minutes = text[1:3], text[4:6]
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) <= 14 and int(minutes) < 60):
        return None
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(shift if text[0] == "+" else -shift)


def _text(value: bytes) -> str:
    return value.split(b"\x00")[0].decode("ascii", "replace").strip()
