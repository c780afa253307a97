"""Whether programs need a key to hand in reports; without it everything is as it was."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("geo", "0010_names_stamp")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="keys_only",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="programs need a key to hand in reports"
            ),
        ),
    ]
