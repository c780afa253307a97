"""Which web sites may show the widget of a municipality in a frame; none so far."""

from django.db import migrations, models

import geo.models


class Migration(migrations.Migration):
    dependencies = [("geo", "0002_seal_relay_passwords")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="embed_origins",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                validators=[geo.models.validate_origins],
                verbose_name="sites that may embed the widget",
            ),
        ),
    ]
