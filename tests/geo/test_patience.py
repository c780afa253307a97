"""How long a writer waits for another one on SpatiaLite."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_loading_spatialite_does_not_shorten_the_wait_for_a_lock() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite waits this way")
    wanted = connection.settings_dict["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == wanted * 1000
