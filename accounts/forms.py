"""Forms of the login; everything else about logging in is django-allauth's."""

from __future__ import annotations

import struct
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.forgotten import ask

NAME_MAX = 60
BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error)
"""What the library lets through for an answer that is none. A ValidationError is none of them."""


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Without the link between e-mail and password, where the tab key would land on it; the page holds it below."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ForgottenForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """Who forgot their password. The worker writes the mail, so that the time of the answer tells nothing."""

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Returns the address."""
        ask(people=[user.pk for user in self.users], language=get_language() or "de")
        return str(self.cleaned_data["email"])


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX,
        help_text=_("So that you recognise it later, such as “office computer”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey always opens the account by itself, so the device must have asked who is there."""

    name = _name()
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False

    def clean_credential(self) -> dict[str, Any]:
        """An object, as the library takes for granted."""
        return _object(self.cleaned_data["credential"])

    def clean(self) -> dict[str, Any]:
        """The answer to the question that was asked."""
        try:
            typed: dict[str, Any] = super().clean()
        except BROKEN:
            raise get_adapter().validation_error("incorrect_code")
        return typed


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """The name alone."""

    name = _name()


class _Answered:
    """The answer of a device is an object, as the library takes for granted."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        """The passkey it belongs to."""
        _object(self.cleaned_data["credential"])
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except BROKEN:
            raise get_adapter().validation_error("incorrect_code")
        return found


class PasskeyLoginForm(_Answered, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Logging in by passkey alone."""


class PasskeyFactorForm(_Answered, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey as second factor behind the password."""


class PasskeyConfirmForm(_Answered, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey where the account is touched."""


def _object(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict) or not isinstance(sent.get("response"), dict):
        raise get_adapter().validation_error("incorrect_code")
    return sent
