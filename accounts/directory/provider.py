"""django-allauth's OpenID Connect provider for the directory of the municipality whose site is asked.

State, code and PKCE are the library's. Ours: one directory per municipality out of its row, a nonce, the checks of the
ID token, and nothing of the request's own wishes (scope, parameters, "connect").
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.directory import tokens
from accounts.directory.admitting import admit
from accounts.directory.troubles import Trouble, Why
from accounts.directory.wire import ask_json, is_fit
from accounts.models import Directory
from net.sealed import Unreadable, unseal


class DirectoryProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """One directory."""

    pkce_enabled_default = True

    def get_oauth2_adapter(self, request: HttpRequest) -> DirectoryAdapter:
        """Ours."""
        return DirectoryAdapter(request, self.app.directory)

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        """Off to the directory; only where one wanted to go afterwards is taken from the request."""
        nonce = secrets.token_urlsafe(24)
        answer: HttpResponse = self.redirect(
            request,
            process="login",
            next_url=get_next_redirect_url(request),
            data={"nonce": nonce},
            scope=["openid", "profile", "email"],
            auth_params={"nonce": nonce},
        )
        return answer


class DirectoryAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """How to talk to it."""

    state: dict[str, Any]

    def __init__(self, request: HttpRequest, directory: Directory) -> None:
        super().__init__(request, directory.key)
        self.directory = directory
        self.state = {}

    def get_provider(self) -> DirectoryProvider:
        """Made from the row; nothing of it stands in the library's tables."""
        try:
            secret = unseal(self.directory.client_secret)
        except Unreadable as error:
            raise Trouble(Why.BROKEN, error.log_text) from error
        app = SocialApp(
            provider=DirectoryProvider.id,
            provider_id=self.directory.key,
            name=str(self.directory.municipality),
            client_id=self.directory.client_id,
            secret=secret,
            settings={},
        )
        app.directory = self.directory
        return DirectoryProvider(self.request, app=app)

    @property
    def openid_config(self) -> dict[str, Any]:
        """The checked description."""
        return tokens.described(self.directory.issuer)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """At the municipality's own host, whatever host the request named."""
        return self.directory.municipality.base_url() + reverse("directory_callback")

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """The person, admitted. Raises Trouble."""
        response: dict[str, Any] = kwargs["response"]
        nonce = (self.state.get("data") or {}).get("nonce", "")
        description = self.openid_config
        claims = tokens.checked(
            token=response.get("id_token"), description=description, client_id=app.client_id, nonce=nonce
        )
        claims = self._completed(claims, description, token.token)
        directory = self.directory
        person = tokens.person(claims, groups_claim=directory.groups_claim, strong_acr=directory.strong_acr)
        admission = admit(directory=directory, person=person, at=timezone.now())
        if admission.why is not None:
            raise Trouble(admission.why)
        login = SocialLogin(
            provider=self.get_provider(), account=SocialAccount(provider=directory.key, uid=person.subject)
        )
        login.strong = person.strong
        return login

    def _completed(self, claims: dict[str, Any], description: dict[str, Any], access_token: str) -> dict[str, Any]:
        """With what the directory tells only when asked (userinfo): of the same person, and never over the token."""
        address = description.get("userinfo_endpoint")
        if ("email" in claims and tokens.has(claims, self.directory.groups_claim)) or not is_fit(address):
            return claims
        told = ask_json(str(address), headers={"Authorization": f"Bearer {access_token}"})
        if told.get("sub") != claims["sub"]:
            raise Trouble(Why.INVALID, "userinfo tells of somebody else")
        return {**told, **claims}


class CallbackView(OAuth2CallbackView):  # type: ignore[misc]
    """Coming back; the adapter gets to know what was put aside at the start."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response
