"""What cases keep for the work list: triggers first, then what is there already; see reports.attention."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from reports import attention


def begin(_apps: Any, schema_editor: Any) -> None:
    """From the triggers on nobody writes unseen."""
    attention.install(schema_editor.connection)
    attention.rebuild(schema_editor.connection)


def end(_apps: Any, schema_editor: Any) -> None:
    """Without their columns the triggers would refuse every change."""
    attention.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_kept_for_the_work_list"),
        ("reports", "0007_map_counts"),
    ]

    operations = [migrations.RunPython(begin, end)]
