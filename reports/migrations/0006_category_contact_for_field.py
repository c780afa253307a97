"""Whether crews see who reported."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_emergency")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="contact_for_field",
            field=models.BooleanField(db_default=False, default=False, verbose_name="crews see who reported"),
        ),
    ]
