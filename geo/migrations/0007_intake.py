from django.db import migrations, models

import geo.models


class Migration(migrations.Migration):
    dependencies = [("geo", "0006_patience")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="intake_address",
            field=models.EmailField(
                blank=True, db_default="", default="", max_length=254, verbose_name="address for reports by mail"
            ),
        ),
        migrations.AddField(
            model_name="municipality",
            name="intake_imap",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                validators=[geo.models.validate_mailbox],
                verbose_name="mailbox that is fetched",
            ),
        ),
    ]
