"""Office hours of a unit: typed as people write them, stored as times, shown grouped by days."""

from __future__ import annotations

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Hours = dict[str, list[list[str]]]
"""{weekday: [[from, to], …]}: weekdays "0" (Monday) to "6", times "08:00"."""

DAYS: Final[tuple[Any, ...]] = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
MOST: Final = 3
"""Times of one day."""
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_RANGE: Final = re.compile(rf"^{_TIME}\s*(?:-|–|—|bis|to)\s*{_TIME}$")


def read(text: str) -> list[list[str]]:
    """“8–12.30, 14:00-16:00” as [["08:00", "12:30"], ["14:00", "16:00"]]. Raises ValidationError for anything else."""
    cleaned = text.lower().replace("uhr", " ").replace(" und ", ",").replace("&", ",").replace(";", ",")
    parts = [one.strip() for one in cleaned.split(",")]
    found: list[list[str]] = []
    for part in (one for one in parts if one):
        match = _RANGE.match(part)
        if match is None:
            raise ValidationError(_("Please write times like 8:00–12:30, 14:00–16:00."))
        begin, end = _time(match[1], match[2]), _time(match[3], match[4])
        if begin >= end or (found and found[-1][1] > begin):
            raise ValidationError(_("Each time begins before it ends, and after the one before it."))
        found.append([begin, end])
    if len(found) > MOST:
        raise ValidationError(_("At most %(n)d times a day.") % {"n": MOST})
    return found


def _time(hour: str, minute: str | None) -> str:
    if int(hour) > 24 or int(minute or 0) > 59 or (int(hour) == 24 and int(minute or 0)):
        raise ValidationError(_("Please write times like 8:00–12:30, 14:00–16:00."))
    return f"{int(hour):02}:{int(minute or 0):02}"


def written(times: list[list[str]]) -> str:
    """As it is typed: “08:00–12:30, 14:00–16:00”."""
    return ", ".join(f"{begin}–{end}" for begin, end in times)


def shown(hours: Hours) -> list[tuple[str, str]]:
    """(days, times) for people, neighbouring days with the same times together: [("Montag bis Donnerstag", "…")]."""
    rows: list[tuple[int, int, str]] = []
    for day in range(7):
        times = written(hours.get(str(day), []))
        if times and rows and rows[-1][1] == day - 1 and rows[-1][2] == times:
            rows[-1] = (rows[-1][0], day, times)
        elif times:
            rows.append((day, day, times))
    return [(_days(first, last), times) for first, last, times in rows]


def _days(first: int, last: int) -> str:
    if first == last:
        return str(DAYS[first])
    words = _("%(first)s and %(last)s") if last == first + 1 else _("%(first)s to %(last)s")
    return words % {"first": DAYS[first], "last": DAYS[last]}


def check(value: Any) -> None:
    """Accept what `read` makes; raises ValidationError for anything else (a file, an interface)."""
    days = {str(day) for day in range(7)}
    if not isinstance(value, dict) or not set(value) <= days:
        raise ValidationError(_("These are no office hours."))
    for times in value.values():
        pairs = isinstance(times, list) and all(isinstance(one, list) and len(one) == 2 for one in times)
        if not pairs or read(", ".join(f"{one[0]}-{one[1]}" for one in times)) != times:
            raise ValidationError(_("These are no office hours."))
