"""How django-allauth behaves here: nobody signs up by themselves, and everybody is led to their work."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.directory import sessions
from accounts.models import User
from accounts.services import memberships


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, not by a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: citizens need no account, staff are invited."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse | None:
        """Keep in mind whether it is a login by the municipality's directory, before the second factor's turn."""
        response: HttpResponse | None = super().pre_login(request, user, **facts)
        login = (facts.get("signal_kwargs") or {}).get("sociallogin")
        if login is not None and response is None:
            sessions.remember(request, user, strong=bool(getattr(login, "strong", False)))
        else:
            sessions.forget(request)
        return response

    def get_login_stages(self) -> list[str]:
        """As the library has them; the second factor asks whether the directory has asked for one."""
        own = {"allauth.mfa.stages.AuthenticateStage": "accounts.directory.sessions.FactorStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To work; an administrator of the platform who works for no municipality has no desk, but the operations."""
        user = request.user
        if user.is_superuser and not memberships(user):
            return reverse("operations")
        return str(super().get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work; that the password is changed is told there."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """As the library has them, password first; the passkey is called what it is called everywhere here."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        own = {"mfa_reauthenticate:webauthn": _("Use the passkey")}
        return [{**method, "description": own.get(method["id"], method["description"])} for method in methods]
