"""Error pages in the look of the municipality; JSON where a program asked."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader


def _answer(request: HttpRequest, status: int, template: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"status": status, "detail": detail}, status=status)
    return render(request, template, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    return _answer(request, 400, "400.html", "The request could not be read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known person, missing right."""
    return _answer(request, 403, "403.html", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that may be seen."""
    return _answer(request, 404, "404.html", "Nothing is here.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when the form's token is missing or old: says to go back and send again, nothing is lost."""
    return _answer(request, 403, "403_csrf.html", "The form has expired. Please load it again.")


def server_error(request: HttpRequest, status: int = 500) -> HttpResponse:
    """500 (or 503): rendered without context processors, since those may be what failed."""
    if request.path.startswith("/api/"):
        detail = "Something went wrong here. Please try again."
        return JsonResponse({"status": status, "detail": detail}, status=status)
    return HttpResponse(loader.get_template("500.html").render(), status=status)
