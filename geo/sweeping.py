"""Deleted rows leave the files of the database as well."""

from django.db import connection


def sweep_log() -> None:
    """Write SQLite's log back into its file and empty it, so that what was deleted stands there no longer either.

    The file itself is overwritten on deleting (`secure_delete`). PostgreSQL's vacuum does its part by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
