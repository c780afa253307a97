"""Closed for a while: an operator says so by a file in DATA_DIR or by MAINTENANCE=1, and every page tells it kindly.

The file works at once and without a restart, for all processes of the machine. Its first line, if there is one, is
shown: "Bis etwa 18 Uhr." is more use than any apology.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings

FILE: Final = "maintenance"
"""In DATA_DIR; its being there closes the platform."""
RETRY_AFTER: Final = 600
"""Seconds after which a program may try again."""
_SHOWN: Final = 200


def notice() -> str | None:
    """What the operator says ("" for nothing in particular), or None while the platform is open. One look at a file."""
    try:
        with (settings.DATA_DIR / FILE).open(encoding="utf-8", errors="replace") as file:
            return file.readline(_SHOWN).strip()
    except OSError:
        return "" if settings.MAINTENANCE else None
