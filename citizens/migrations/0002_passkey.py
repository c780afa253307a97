"""A citizen's way to "Meine Meldungen" without a mail: the public part of a passkey, bound to an e-mail address."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0001_initial"), ("geo", "0002_seal_relay_passwords")]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(db_index=True, max_length=254)),
                ("language", models.CharField(default="de", max_length=5)),
                ("credential_id", models.CharField(max_length=1400, unique=True)),
                ("credential", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(db_index=True)),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="geo.municipality"
                    ),
                ),
            ],
        ),
    ]
