"""Second factors and passkeys as people here see them."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from accounts.models import User


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A passkey belongs to the address it was made at; its name there is the municipality's."""

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 as the library calls it
        """Proposed for a new one: “Passkey 1”."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host, and whose it is."""
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        municipality = getattr(context.request, "municipality", None)
        return {**entity, "name": municipality.title if municipality is not None else entity["name"]}
