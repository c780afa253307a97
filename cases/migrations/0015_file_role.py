"""What a crew's photo shows of the work: before, after."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_practice")]

    operations = [
        migrations.AddField(
            model_name="file",
            name="role",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
    ]
