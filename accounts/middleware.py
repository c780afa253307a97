"""Staff must have a second factor where the settings require it."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.directory.sessions import is_strong
from accounts.services import memberships


def lacks_factor(request: HttpRequest) -> bool:
    """Whether the person who is logged in must set up a second factor before they work."""
    return (
        settings.STAFF_TOTP == "required" and not is_strong(request, request.user) and not is_mfa_enabled(request.user)
    )


class CrewMiddleware:
    """Keeps the account of a crew's phone out of `/konto/`: it has no password, and must not give itself one that would
    outlive the phone. Logging out is all it does there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/konto/") and request.path != reverse("account_logout"):
            user: Any = request.user
            if user.is_authenticated and not user.has_mailbox:
                return redirect("field")
        return self.get_response(request)


class StaffTotpMiddleware:
    """Sends staff without TOTP from the desk to its activation page when STAFF_TOTP is "required".

    Not those who have just given a second factor to their municipality's directory. The field view's page is the same
    for everybody and reads no session; its interface asks `lacks_factor` itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.path.startswith("/verwaltung/")
            and (memberships(request.user) or request.user.is_superuser)
            and lacks_factor(request)
        ):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)
