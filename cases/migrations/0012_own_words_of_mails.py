"""Mails may say something else than the page; prepared answers can be taken out of use; between two rows is room for
those of a town."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

ROOM = 100
"""As in cases.ordering."""


def make_room(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("Stage", "TextBlock"):
        apps.get_model("cases", name).objects.update(position=(F("position") + 1) * ROOM)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_ideas"),
    ]

    operations = [
        migrations.AddField(
            model_name="stage",
            name="mail_text",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="Text in the mail"),
        ),
        migrations.AddField(
            model_name="textblock",
            name="active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunPython(make_room, migrations.RunPython.noop),
    ]
