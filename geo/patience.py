"""SpatiaLite sets SQLite's busy timeout to five seconds when it is loaded; the settings ask for more."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def restore(sender: type[BaseDatabaseWrapper], connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Set the timeout of the settings (seconds) again: without it, many writers at once see "database is locked"."""
    timeout = connection.settings_dict.get("OPTIONS", {}).get("timeout")
    if connection.vendor == "sqlite" and timeout:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
