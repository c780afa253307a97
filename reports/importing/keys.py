"""What makes a row the same one at the next import: the source's id, else a hash of what happened, when and where."""

from __future__ import annotations

from hashlib import blake2b

from django.utils.translation import gettext as _

from reports.importing.mapping import Mapping
from reports.importing.numbers import decimal
from reports.importing.source import Raw

_LONGEST = 80
"""Characters of Case.import_key."""


class Keys:
    """Names rows in the order of the file; remembers which it has met.

    Rows without an id are counted when they say the same (date, category, place, text): the second of them is
    another report, and is the second at the next import as well.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.source = mapping.source
        self.id = mapping.columns.id
        columns = mapping.columns
        self.plain = [name for name in (columns.date, columns.category, columns.address, columns.text) if name]
        self.placed = [name for name in (columns.x, columns.y, columns.lon, columns.lat) if name]
        self.met: dict[bytes, int] = {}

    def of(self, raw: Raw) -> tuple[str, str]:
        """The key of the next row, and why it cannot have one ("" if it can)."""
        return self._by_id(raw) if self.id else (self._by_hash(raw), "")

    def _by_id(self, raw: Raw) -> tuple[str, str]:
        name = raw.values.get(self.id, "").replace("\x00", "").strip()
        if not name:
            return "", _("the id is missing")
        digest = blake2b(name.encode(), digest_size=16)
        earlier = self.met.setdefault(digest.digest(), raw.number)
        if earlier != raw.number:
            return "", _("the id “%(id)s” stands in row %(number)d already") % {"id": name[:60], "number": earlier}
        key = f"{self.source}:{name}"
        return (key if len(key) <= _LONGEST else f"{self.source}:{digest.hexdigest()}"), ""

    def _by_hash(self, raw: Raw) -> str:
        values = raw.values
        parts = [values.get(name, "").strip() for name in self.plain]
        for name in self.placed:
            number = decimal(values.get(name, ""))
            parts.append(values.get(name, "").strip() if number is None else f"{number:.9g}")
        if raw.place is not None:
            parts += [f"{number:.9g}" for number in raw.place]
        digest = blake2b("\x1f".join(parts).encode(), digest_size=16)
        times = self.met[digest.digest()] = self.met.get(digest.digest(), 0) + 1
        return f"{self.source}:{digest.hexdigest()}-{times}"
