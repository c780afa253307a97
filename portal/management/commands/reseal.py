"""`manage.py reseal`: encrypt stored passwords anew with the present SECRET_KEY."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from geo.fields import SealedTextField, SealedURLField
from net.sealed import seal, seal_password, unseal, unseal_password


class Command(BaseCommand):
    """After it the former key is needed no more. Changes nothing where a password cannot be read."""

    help = (
        "Encrypt stored passwords of other machines with the present SECRET_KEY. "
        "Run it after a change of the key, while the former one stands in SECRET_KEY_FALLBACKS."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for model in apps.get_models():
            for field in model._meta.get_fields():
                if isinstance(field, SealedURLField | SealedTextField):
                    rows = model._default_manager.select_for_update().exclude(**{field.attname: ""})
                    for pk, kept in rows.values_list("pk", field.attname):
                        whole = isinstance(field, SealedTextField)
                        anew = seal(unseal(kept)) if whole else seal_password(unseal_password(kept))
                        done += model._default_manager.filter(pk=pk).update(**{field.attname: anew})
        self.stdout.write(f"{done} stored secrets are encrypted with the present key.")
