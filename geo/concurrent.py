"""Indexes on big tables, made while everybody goes on writing: for migrations with `atomic = False`."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class AddIndexMeanwhile(migrations.AddIndex):
    """`AddIndex` that locks no writer out on PostgreSQL. What a run broken off left behind is made anew.

    Within a transaction (a restore is one, of tables nobody else sees yet) it is made plainly.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index."""
        if _plain(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)
            schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take it away."""
        if _plain(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)


def _plain(schema_editor: Any) -> bool:
    connection = schema_editor.connection
    return bool(connection.vendor != "postgresql" or connection.in_atomic_block)
