"""Kept counts of the map. Triggers begin to append deltas, and what is public already comes in as deltas, to be folded.

An older version that still runs writes cases as before; the triggers count what it does.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from reports.counts import triggers

_FILL = (
    "INSERT INTO reports_mapdelta (municipality_id, topic_id, state, grid, n)"
    " SELECT municipality_id, topic_id, state, grid, 1 FROM cases_case"
    " WHERE public_at IS NOT NULL AND NOT confidential AND kind = 'report' AND grid IS NOT NULL"
)


def begin(_apps: Any, schema_editor: Any) -> None:
    """Triggers first: from then on nobody writes a case unseen."""
    triggers.install(schema_editor.connection)
    schema_editor.execute(_FILL)


def end(_apps: Any, schema_editor: Any) -> None:
    """Without their tables the triggers would refuse every change."""
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("reports", "0006_category_contact_for_field"),
    ]

    operations = [
        migrations.CreateModel(
            name="MapCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("municipality_id", models.BigIntegerField()),
                ("topic_id", models.BigIntegerField()),
                ("cell", models.BigIntegerField()),
                ("n_new", models.IntegerField(default=0)),
                ("n_open", models.IntegerField(default=0)),
                ("n_waiting", models.IntegerField(default=0)),
                ("n_done", models.IntegerField(default=0)),
                ("n_rejected", models.IntegerField(default=0)),
                ("n_withdrawn", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("municipality_id", "topic_id", "cell"), name="map_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MapDelta",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("municipality_id", models.BigIntegerField()),
                ("topic_id", models.BigIntegerField()),
                ("state", models.CharField(max_length=10)),
                ("grid", models.BigIntegerField()),
                ("n", models.SmallIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["municipality_id", "grid"], name="map_delta_place")],
            },
        ),
        migrations.RunPython(begin, end),
    ]
