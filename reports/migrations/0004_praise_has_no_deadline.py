from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_deadlines(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Praise waits for nobody: what was handed in before loses its day as well."""
    topics = apps.get_model("reports", "Category").objects.filter(sort="praise").values("topic")
    apps.get_model("cases", "Case").objects.filter(topic__in=topics).update(due_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_category_rules"),
        ("cases", "0014_practice"),
    ]

    operations = [migrations.RunPython(forget_deadlines, migrations.RunPython.noop)]
