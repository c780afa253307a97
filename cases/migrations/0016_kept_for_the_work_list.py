"""Columns that triggers keep for the work list; an older version that still runs writes cases without them."""

from django.db import migrations

import cases.models.kept


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_file_role")]

    operations = [
        migrations.AddField(model_name="case", name=name, field=cases.models.kept.KeptField(db_default=0, default=0))
        for name in ("unanswered", "unreleased", "supported")
    ]
