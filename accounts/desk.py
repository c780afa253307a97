"""Who gets into pages for staff, whichever package they belong to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.resending import typed
from accounts.services import memberships

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_only(view: View[P]) -> View[P]:
    """Anonymous people log in first and come back; people without any role get the 403 page. Never cached.

    Who was logged out while writing finds their words.
    """

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            lost = typed(request)
            if lost.words:
                return render(request, "accounts/logged_out.html", {"typed": lost}, status=403)
            return redirect_to_login(_page_of(request))
        if not memberships(staff(request)):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return checked


def _page_of(request: HttpRequest) -> str:
    """Where somebody goes on after the login: a form's address shows nothing, the page with the form does."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    return came.path if came.netloc == request.get_host() else reverse("desk")


def staff(request: HttpRequest) -> User:
    """The person who is logged in; only for views behind `staff_only`."""
    user: Any = request.user
    person: User = user
    return person
