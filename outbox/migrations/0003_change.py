"""The numbers of outbox.kept; its triggers come after the migrations, and go before their table."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from outbox import kept


def end(_apps: Any, schema_editor: Any) -> None:
    """Before the table goes."""
    kept.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_parked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(migrations.RunPython.noop, end),
    ]
