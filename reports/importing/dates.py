"""Dates as the file writes them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

GERMAN = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
_KEPT = 100_000


class Dates:
    """Reads moments; those without a zone are local time, those without a time are midnight. Keeps what it has read.

    Without formats: ISO 8601 and German dates.
    """

    def __init__(self, formats: tuple[str, ...], zone: tzinfo) -> None:
        self.formats = formats
        self.zone = zone
        self.kept: dict[str, datetime | None] = {}

    def read(self, text: str) -> datetime | None:
        """The moment in UTC, None for what is no date (or lies before 1900)."""
        if text not in self.kept:
            if len(self.kept) >= _KEPT:
                self.kept.clear()
            self.kept[text] = self._read(text)
        return self.kept[text]

    def _read(self, text: str) -> datetime | None:
        for form in self.formats or ("", *GERMAN):
            try:
                found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
                if found.year < 1900:
                    return None
                return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
        return None
