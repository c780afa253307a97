"""A short way for what browsers ask most often: the data and tiles of the public map, and the search for places.

Nobody is known there, nothing is remembered and nothing depends on a session, so the request passes neither sessions
nor logins nor messages, and writes no line of its own into the log (a slow query does, and names the view). Whatever is
out of the ordinary goes the long way, with its kind words: maintenance, a closed municipality, no municipality at all,
an address where nothing lies.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from geo.middleware import municipality_of
from portal import errors, maintenance
from portal.outage import outage

_PATHS: Final = ("/karte/daten.json", "/karte/kacheln/")
_NEGOTIATED: Final = "/orte/"
"""Has one address for all languages (`portal.middleware.LanguageMiddleware`)."""
PATHS: Final = (
    "/tiles/",
    _NEGOTIATED,
    *_PATHS,
    *(f"/{code}{path}" for code, _name in settings.LANGUAGES for path in _PATHS),
)
_HEADERS: Final = {"X-Frame-Options": settings.X_FRAME_OPTIONS}


class ShortMiddleware:
    """Answers PATHS itself; everything else, and every exception to the rule, goes on as ever."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PATHS) and request.method in {"GET", "HEAD"}:
            answer = _answer(request)
            if answer is not None:
                return answer
        return self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponseBase | None:
    """The view's answer, or None where the long way is due."""
    if "%00" in request.META.get("QUERY_STRING", "") or maintenance.notice() is not None:
        return None
    try:
        here = municipality_of(request.get_host().lower(), shared=True)
        if here is None or not here.active:
            return None
        negotiated = request.path_info.startswith(_NEGOTIATED)
        if negotiated:
            language = translation.get_language_from_request(request)
        else:
            language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        request.municipality = here  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = language
        with translation.override(language):
            match = _match(request.path_info, language)
            request.resolver_match = match
            with structlog.contextvars.bound_contextvars(view=match.view_name):
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return None
    except Exception as error:
        if outage(error):
            return errors.unavailable(request, error)
        raise
    if negotiated:
        patch_vary_headers(answer, ("Accept-Language",))
    answer.headers.setdefault("Content-Language", language)
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


@lru_cache(maxsize=4096)
def _match(path: str, _language: str) -> ResolverMatch:
    """Which view answers; the pattern of translated pages asks the active language."""
    return resolve(path)
