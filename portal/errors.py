"""Error pages in the look of the municipality; JSON where a program asked."""

from __future__ import annotations

import sys

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from accounts.resending import typed
from api.open311 import formats as open311
from portal.maintenance import RETRY_AFTER as RETRY_WHEN_CLOSED
from portal.outage import RETRY_AFTER, outage

log = structlog.get_logger("anliegen.storage")
OPEN311 = "/open311/"


def for_program(request: HttpRequest) -> bool:
    """Whether the address belongs to an interface: its errors are read by programs."""
    return request.path.startswith(("/api/", OPEN311))


def problem(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """An error as the interface writes it (see api.errors, api.open311)."""
    if request.path.startswith(OPEN311):
        return open311.respond(request, open311.errors(status, [detail]))
    response = JsonResponse({"status": status, "detail": detail}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    if for_program(request):
        return problem(request, 400, _("The request could not be read."))
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known person, missing right."""
    if for_program(request):
        return problem(request, 403, _("You may not do this."))
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that may be seen."""
    if for_program(request):
        return problem(request, 404, _("Nothing is here."))
    return render(request, "404.html", status=404)


def only_forms(request: HttpRequest, allow: str) -> HttpResponse:
    """405: there is nothing to look at, only something to send."""
    response = render(request, "405.html", status=405)
    response["Allow"] = allow
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when the form's token is missing or old: shows what was typed, and a button sends it again."""
    if for_program(request):
        return problem(request, 403, _("The form has expired. Please load it again."))
    return render(request, "403_csrf.html", {"typed": typed(request)}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where storage or database failed before a view was reached."""
    error = sys.exc_info()[1]
    if outage(error):
        return unavailable(request, error)
    return _failed(request, 500)


def unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """503 for a full disk or a database that is away (see portal.outage): nothing was kept, come back later."""
    log.error("storage_down", error=type(error).__name__, outage=outage(error))
    response = _failed(request, 503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _failed(request: HttpRequest, status: int) -> HttpResponse:
    """Rendered without context processors, since those may be what failed."""
    if for_program(request):
        return problem(request, status, _("Something went wrong here. Please try again later."))
    return HttpResponse(loader.get_template("500.html").render(), status=status)


def maintenance(request: HttpRequest, notice: str) -> HttpResponse:
    """503 while the operator has closed the platform (see portal.maintenance); needs neither database nor session."""
    response: HttpResponse
    if for_program(request):
        response = problem(request, 503, _("Closed for maintenance. Please try again later."))
    else:
        response = HttpResponse(loader.get_template("503.html").render({"notice": notice}), status=503)
        response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(RETRY_WHEN_CLOSED)
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response


def closed(request: HttpRequest) -> HttpResponse:
    """410 for the public pages of a municipality that was closed."""
    if for_program(request):
        return problem(request, 410, _("This municipality takes no reports here any more."))
    response = render(request, "portal/closed.html", status=410)
    response["Cache-Control"] = "no-store"
    return response


def not_set_up(request: HttpRequest) -> HttpResponse:
    """503 as long as there is no municipality."""
    response: HttpResponse
    if for_program(request):
        response = problem(request, 503, _("No municipality has been set up here yet."))
    else:
        response = render(request, "portal/not_set_up.html", status=503)
    response["Retry-After"] = "60"
    return response
