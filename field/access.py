"""Who gets into the interface of the field view, and how it says no.

No form token: the page is the same for everybody and may be a day old. Instead a request that changes something
carries the header `Field-Schema`, which a foreign site cannot set without asking first (OWASP: custom request headers),
and must not say that it comes from elsewhere (`Sec-Fetch-Site`, `Origin`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.middleware import lacks_factor
from accounts.models import User
from accounts.policy import Permission
from accounts.services import reach

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SCHEMA: Final = 1
"""The form of the interface; an app that speaks another one is told 426."""


def answer(body: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON with the schema, kept nowhere."""
    response = JsonResponse({"schema": SCHEMA, **body}, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-store"
    return response


def refusal(status: int, reason: str, detail: Any, **more: Any) -> JsonResponse:
    """Why not: `reason` for the app, `detail` for its person."""
    return answer({"reason": reason, "detail": str(detail), **more}, status)


def person(request: HttpRequest) -> User:
    """The person who is logged in; only for views behind `guarded`."""
    user: Any = request.user
    found: User = user
    return found


def misdirected(request: HttpRequest) -> JsonResponse | None:
    """The answer to a request that is not by this app or speaks another schema; None where it is."""
    if request.headers.get("Field-Schema") != str(SCHEMA):
        return refusal(426, "schema", _("Please take the new version of the app."))
    if request.method in {"GET", "HEAD"}:
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:
        foreign = origin is not None and _host_of(origin) != request.get_host()
    return refusal(403, "denied", _("This did not come from the app.")) if foreign else None


def _host_of(origin: str) -> str | None:
    """Host and port of an origin, None for nonsense."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def guarded(view: View[P]) -> View[P]:
    """Only requests of the app, of somebody who is logged in, has work to do and a second factor where one is needed.

    What is sent says for whom (`Field-User`), and is taken from nobody else.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if (wrong := misdirected(request)) is not None:
            return wrong
        if not request.user.is_authenticated:
            return refusal(401, "login", _("Please log in."))
        user = person(request)
        meant = request.headers.get("Field-User")
        if meant is None and request.method not in {"GET", "HEAD"}:
            return refusal(400, "invalid", _("It does not say whose it is. Please load the app anew."), errors={})
        if meant is not None and meant != str(user.pk):
            return refusal(403, "other_user", _("Somebody else is logged in on this phone."))
        if lacks_factor(request):
            return refusal(403, "denied", _("Please set up your second factor first."))
        if not reach(user, Permission.MOVE):
            return refusal(403, "denied", _("The field view is for people who settle cases."))
        return view(request, *args, **kwargs)

    return checked
