"""What public views ask of a request: whose site it is, how often somebody came, and what may be kept where."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from geo.models import Municipality
from geo.throttle import allowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SECRETS = "secrets"
"""Session key of the secrets somebody came with; cases.views.internal_picture asks it."""
_KEPT = 40
_DAYS = 60
"""How long a browser knows them: a draft waits 30 days after its last change (reports.flow.DRAFT_DAYS)."""


def here(request: HttpRequest) -> Municipality:
    """The municipality of the site (there is one, or the set-up page had answered)."""
    municipality: Municipality = request.municipality  # type: ignore[attr-defined]
    return municipality


def too_often(request: HttpRequest, deed: str, *, limit: int, seconds: int = 3600) -> bool:
    """Count a deed of this address; True beyond `limit` per `seconds`. Programs of the house are never slowed down."""
    address = request.META.get("REMOTE_ADDR", "")
    if address in settings.TRUSTED_ADDRESSES:
        return False
    return not allowed(deed, address, limit=limit, seconds=seconds)


def remember(request: HttpRequest, secret: str) -> None:
    """Keep a secret in the session: pictures are served by it, and `/melden/` offers to go on; the latest forty."""
    known: list[str] = request.session.get(SECRETS, [])
    if secret not in known:
        request.session[SECRETS] = [*known, secret][-_KEPT:]
        if SESSION_KEY not in request.session:  # a login has its own end
            request.session.set_expiry(_DAYS * 24 * 3600)


def private(view: View[P]) -> View[P]:
    """A page under a secret address: kept nowhere, in no index, and the address is told to nobody.

    `strict-origin` tells others the origin only; `no-referrer` would make browsers send `Origin: null` with our own
    forms, which the protection against forged requests must refuse.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "strict-origin"
        return response

    return cast(View[P], shown)


def gone(request: HttpRequest) -> HttpResponse:
    """404 in kind words for a link out of a mail that means nothing (any more)."""
    return render(request, "reports/gone.html", status=404)
