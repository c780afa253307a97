"""A municipality may ask for a proof of work at all times; so far none does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("geo", "0003_embed_origins")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="proof_of_work",
            field=models.BooleanField(db_default=False, default=False, verbose_name="proof of work at all times"),
        ),
    ]
