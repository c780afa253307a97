"""Who has a case open at this moment: kept in the cache for a minute, shown to colleagues, stored nowhere.

A page that is loaded counts; the script says every half minute that it is still open, and whether somebody types.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case

BEAT_SECONDS = 30
GONE_SECONDS = 75
"""Two beats and a bit: one that is late does not make anybody disappear."""


@dataclass(frozen=True)
class Seen:
    """A colleague who has the case open."""

    user: int
    name: str
    writing: bool

    @property
    def words(self) -> str:
        """One sentence."""
        if self.writing:
            return _("%(name)s is writing on this case at the moment.") % {"name": self.name}
        return _("%(name)s is looking at this case at the moment.") % {"name": self.name}


def _key(case: Case) -> str:
    return f"desk-presence-{case.pk}"


def _rows(case: Case) -> dict[int, tuple[str, float, bool]]:
    since = time.time() - GONE_SECONDS
    found: dict[int, tuple[str, float, bool]] = cache.get(_key(case)) or {}
    return {user: row for user, row in found.items() if row[1] > since}


def note(case: Case, user: User, *, writing: bool = False) -> list[Seen]:
    """Say that somebody is here; returns who else is, those who write first.

    Two who come at the same moment may miss each other once; the next beat mends that.
    """
    rows = _rows(case)
    rows[user.pk] = (str(user), time.time(), writing)
    cache.set(_key(case), rows, GONE_SECONDS)
    others = [Seen(pk, name, busy) for pk, (name, _at, busy) in rows.items() if pk != user.pk]
    return sorted(others, key=lambda one: (not one.writing, one.name))


def leave(case: Case, user: User) -> None:
    """Somebody closed the page."""
    rows = _rows(case)
    if rows.pop(user.pk, None) is not None:
        cache.set(_key(case), rows, GONE_SECONDS)
