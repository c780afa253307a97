"""The thing a report is about, as the QR code on it names it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="asset",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
