"""Phones of crews, and where the tours of a unit begin and end."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_hours_and_sessions"),
        ("geo", "0009_ideas"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="depot_lat",
            field=models.FloatField(blank=True, null=True, verbose_name="Depot, latitude"),
        ),
        migrations.AddField(
            model_name="unit",
            name="depot_lon",
            field=models.FloatField(blank=True, null=True, verbose_name="Depot, longitude"),
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("code_until", models.DateTimeField(blank=True, null=True)),
                ("secret", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("pin", models.CharField(blank=True, max_length=200)),
                ("wrong", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("enrolled_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phones", to="geo.municipality"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phone", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
