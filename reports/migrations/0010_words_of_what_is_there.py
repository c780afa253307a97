"""The words of the cases that are there, in batches, and on PostgreSQL the indexes: nobody waits for either."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from reports.words import checking


def fill(_apps: Any, schema_editor: Any) -> None:
    """Each batch is a transaction of its own; begun again after an end by force, it writes what is missing."""
    checking.fill(schema_editor.connection)
    checking.make_indexes(schema_editor.connection)


def leave(_apps: Any, schema_editor: Any) -> None:
    """The rows go with their tables."""
    checking.drop_indexes(schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reports", "0009_words")]

    operations = [migrations.RunPython(fill, leave)]
