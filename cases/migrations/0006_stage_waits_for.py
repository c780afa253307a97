from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_redaction_and_looks"),
    ]

    operations = [
        migrations.AddField(
            model_name="stage",
            name="waits_for",
            field=models.CharField(
                choices=[("reporter", "for the reporter"), ("others", "for others")],
                db_default="others",
                default="others",
                max_length=10,
                verbose_name="waits for",
            ),
        ),
    ]
