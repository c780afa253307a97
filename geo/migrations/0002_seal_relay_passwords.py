"""Passwords of mail relays are encrypted where they stand; addresses without a password stay as they are."""

from typing import Any

from django.db import migrations

from net.sealed import seal_password, unseal_password


def change(apps: Any, how: Any) -> None:
    municipalities = apps.get_model("geo", "Municipality").objects
    for pk, url in municipalities.exclude(smtp_relay="").values_list("pk", "smtp_relay"):
        municipalities.filter(pk=pk).update(smtp_relay=how(url))


def seal(apps: Any, schema_editor: Any) -> None:
    change(apps, seal_password)


def unseal(apps: Any, schema_editor: Any) -> None:
    change(apps, unseal_password)


class Migration(migrations.Migration):
    dependencies = [("geo", "0001_initial")]
    operations = [migrations.RunPython(seal, unseal, elidable=True)]
