"""Rows that were there before: whom a waiting case waits for, and since when it lies with its unit.

Columns alone are set, in few statements; a running older version does not read them. What is in work already counts as
accepted, so that nobody is reminded of last year.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, F, OuterRef


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    case, stage = apps.get_model("cases", "Case"), apps.get_model("cases", "Stage")
    asking = stage.objects.filter(state="waiting", slug__startswith="rueckfrage")
    asking.update(waits_for="reporter")
    waiting = case.objects.filter(state="waiting", waits_for="")
    of_reporter = stage.objects.filter(pk=OuterRef("stage_id"), waits_for="reporter")
    waiting.filter(Exists(of_reporter)).update(waits_for="reporter")
    waiting.update(waits_for="others")
    lying = case.objects.exclude(unit=None).filter(assigned_at=None)
    lying.update(assigned_at=F("submitted_at"))
    case.objects.exclude(unit=None).exclude(state="new").filter(accepted_at=None).update(accepted_at=F("state_since"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_stage_waits_for"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
