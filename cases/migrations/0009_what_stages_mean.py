"""Stages that were there before the verbs looked for them: what they stand for is told by their usual slugs."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    stages = apps.get_model("cases", "Stage").objects.filter(means="")
    stages.filter(state="rejected", slug__startswith="doppel").update(means="duplicate")
    stages.filter(state__in=["open", "waiting"], slug__startswith="weitergeleitet").update(means="forwarded")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_together"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
