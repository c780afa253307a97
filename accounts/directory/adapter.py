"""What django-allauth asks of us where accounts come from outside: nobody signs up, errors in our words."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.directory.troubles import FAULTS, WORDS, Trouble, Why
from accounts.directory.wire import Session

log = structlog.get_logger(__name__)


class DirectoryAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The directory of a municipality is the only way from outside; what it may do stands in `admitting`."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Closed: `admitting.admit` has made the account before the library looks for it."""
        return False

    def get_requests_session(self) -> Session:
        """Only `net` talks to other machines."""
        return Session()

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """A page of ours, with the way back to the login."""
        raise ImmediateHttpResponse(refusal(request, exception if exception is not None else error))


def refusal(request: HttpRequest, error: Any) -> HttpResponse:
    """The page that says why somebody did not come in: 502 where the directory is to blame, else 403."""
    detail = ""
    if isinstance(error, Trouble):
        why, detail = error.why, error.detail
    elif error == AuthError.CANCELLED:
        why = Why.CANCELLED
    else:
        why = Why.INVALID
    log.warning("directory_login_failed", why=why.value, detail=detail, municipality=request.municipality.slug)  # type: ignore[attr-defined]
    context = {"why": WORDS[why]}
    return render(request, "accounts/directory_refused.html", context, status=502 if why in FAULTS else 403)
