"""Fields of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from net.sealed import seal, seal_password

if TYPE_CHECKING:
    Text = models.CharField[str, str]
else:
    Text = models.CharField


class SealedURLField(Text):
    """An address whose password is stored encrypted, however it is written (save, bulk_create, update).

    Read back, the password is still sealed, so that no page, dump or log shows it; who logs in with it calls
    `net.sealed.unseal_password`. In the database and in migrations it is a CharField.
    """

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """A CharField for migrations: sealing is no matter of the column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal it on the object as well: what was saved and what is read are the same."""
        value = seal_password(str(getattr(model_instance, self.attname)))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """What goes into the column."""
        value = super().get_prep_value(value)
        return seal_password(value) if isinstance(value, str) else value


class SealedTextField(Text):
    """A secret of another machine that is no address, stored encrypted; `net.sealed.unseal` opens it.

    As with SealedURLField, it is read back sealed, and a CharField in the database and in migrations.
    """

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """A CharField for migrations."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal it on the object as well."""
        value = seal(str(getattr(model_instance, self.attname)))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """What goes into the column."""
        value = super().get_prep_value(value)
        return seal(value) if isinstance(value, str) else value
