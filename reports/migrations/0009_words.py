"""Words of reports for the search: tables, functions and triggers. What is there already comes in with the next one.

An older version that still runs writes cases as before; the triggers keep the words of what it writes.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from reports.words import triggers


def begin(_apps: Any, schema_editor: Any) -> None:
    """From now on nobody writes a case unseen."""
    triggers.install(schema_editor.connection)


def end(_apps: Any, schema_editor: Any) -> None:
    """Without their tables the triggers would refuse every change."""
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_desk"),
        ("reports", "0008_desk_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicWords",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("words", models.TextField()),
                ("marks", models.TextField()),
            ],
            options={"verbose_name_plural": "public words"},
        ),
        migrations.CreateModel(
            name="DeskWords",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("words", models.TextField()),
                ("contact", models.TextField()),
                ("marks", models.TextField()),
            ],
            options={"verbose_name_plural": "words for the desk"},
        ),
        migrations.RunPython(begin, end),
    ]
