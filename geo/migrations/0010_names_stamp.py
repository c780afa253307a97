from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def drop_trigram_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Names are searched in memory now; an older version still running finds the same, more slowly."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS geo_address_trigram")


def create_trigram_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to the search by trigrams."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX geo_address_trigram ON geo_address USING gin (folded gin_trgm_ops)")


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0009_ideas"),
    ]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="names_stamp",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(drop_trigram_index, create_trigram_index),
    ]
