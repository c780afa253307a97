"""Middleware of the whole platform: client address, health, language, and the state before the first municipality."""

from collections.abc import Callable

from django.conf import settings
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers

from portal import errors, health, maintenance
from portal.outage import outage

Handler = Callable[[HttpRequest], HttpResponseBase]


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR to the client's address behind TRUSTED_PROXIES proxies, for throttles only.

    With n proxies the n-th address from the right of X-Forwarded-For was written by the outermost proxy of ours;
    everything left of it may be forged. Without proxies the header is ignored.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.TRUSTED_PROXIES:
            hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
            if len(hops) >= settings.TRUSTED_PROXIES:
                request.META["REMOTE_ADDR"] = hops[-settings.TRUSTED_PROXIES]
        return self.get_response(request)


class HealthMiddleware:
    """Answers /healthz and /readyz before anything needs a database row or a known host."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return health.process()
        if request.path == "/readyz":
            return health.ready()
        return self.get_response(request)


class MaintenanceMiddleware:
    """Answers everything but health and static files with 503 while the operator has closed the platform."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (notice := maintenance.notice()) is not None:
            return errors.maintenance(request, notice)
        return self.get_response(request)


class FullMiddleware:
    """A full disk or a database that is away is not a fault of the request: 503 with Retry-After, nothing was kept."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to an error of storage or database, None for every other error."""
        return errors.unavailable(request, exception) if outage(exception) else None


class SetUpMiddleware:
    """As long as no municipality exists, every page says so kindly instead of failing, and every interface in JSON."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "municipality", None) is None and not request.path.startswith(settings.STATIC_URL):
            return errors.not_set_up(request)
        return self.get_response(request)


class ClosedMiddleware:
    """The pages of a municipality that is closed say so (410); its staff and the operator still get in."""

    INSIDE = ("/verwaltung/", "/konto/", "/design/", "/orte/")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        here = getattr(request, "municipality", None)
        open_to_all = (*self.INSIDE, settings.STATIC_URL)
        if here is not None and not here.active and not request.path.startswith(open_to_all):
            return errors.closed(request)
        return self.get_response(request)


class NulMiddleware:
    """NUL stands in no word, and PostgreSQL refuses it: nothing lies at an address with one; elsewhere it is left out.

    What forms send is checked field by field, so that the person is told.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            return errors.not_found(request, Http404())
        while "%00" in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """400 where one reached PostgreSQL all the same; no browser sends any."""
        if isinstance(exception, DataError) and "NUL" in str(exception):
            return errors.bad_request(request, exception)
        return None


class MethodMiddleware:
    """An address that only takes forms, opened as a page (after a login, out of the history), leads on in words."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and request.method == "GET":
            return errors.only_forms(request, answer.headers["Allow"])
        return answer


class LanguageMiddleware:
    """The language of an answer: that of the address (`/en/…`, else German), so that one address always says the same
    and may be cached. The desk, the login and interfaces have one address and follow the reader's `Accept-Language`.
    """

    NEGOTIATED = ("/api/", "/open311/", "/konto/", "/verwaltung/", "/orte/")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        negotiated = request.path_info.startswith(self.NEGOTIATED)
        if negotiated:
            language = translation.get_language_from_request(request)
        else:
            language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            answer = self.get_response(request)
        if negotiated:
            patch_vary_headers(answer, ("Accept-Language",))
        answer.headers.setdefault("Content-Language", language)
        return answer
