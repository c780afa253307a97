"""`/konto/verzeichnis/`: off to the directory of the municipality whose site this is, and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.views import LoginView
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.directory.adapter import refusal
from accounts.directory.provider import CallbackView, DirectoryAdapter
from accounts.models import Directory
from geo.throttle import allowed

TRIES = 120
"""Logins per minute from one address: a town hall shares one."""


MOVED = "umgezogen"
BUTTONS = {
    "Stadt": _("Log in with the account of the city"),
    "Gemeinde": _("Log in with the account of the municipality"),
    "Kreis": _("Log in with the account of the county"),
    "Landkreis": _("Log in with the account of the county"),
}


class LoginPage(LoginView):  # type: ignore[misc]
    """The login of the library, with the way by the directory where the municipality of this site has one."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """`directory_button`: its words, None where there is no directory."""
        found: dict[str, Any] = super().get_context_data(**context)
        directory = directory_of(self.request)
        words = None
        if directory is not None:
            words = BUTTONS.get(directory.municipality.designation, _("Log in with the account of the town hall"))
        return {**found, "directory_button": words}


def directory_of(request: HttpRequest) -> Directory | None:
    """The directory of this site's municipality, if staff log in with it."""
    town = request.municipality  # type: ignore[attr-defined]
    return Directory.objects.filter(municipality=town.pk, active=True).select_related("municipality").first()


def _at(request: HttpRequest, view: Any) -> HttpResponse:
    directory = directory_of(request)
    if directory is None:
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(DirectoryAdapter(request, directory))(request)
    except OAuth2Error as error:
        return refusal(request, error)
    return answer


@never_cache
@require_safe
def login(request: HttpRequest) -> HttpResponse:
    """Off to it. At another host than the municipality's own the session would be lost on the way back."""
    town = request.municipality  # type: ignore[attr-defined]
    here = urlsplit(f"//{request.get_host()}").hostname
    if here != town.host and MOVED not in request.GET and directory_of(request) is not None:
        query = request.GET.copy()
        query[MOVED] = "1"  # once only: a proxy may hide the host that was asked
        return redirect(f"{town.base_url()}{request.path}?{query.urlencode()}")
    if not allowed("directory", request.META.get("REMOTE_ADDR", ""), limit=TRIES, seconds=60):
        return redirect("account_login")
    return _at(request, OAuth2LoginView)


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back with a code."""
    return _at(request, CallbackView)
