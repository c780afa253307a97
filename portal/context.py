"""What every template knows about the site: municipality, menu, languages, demo mode, notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.policy import Permission
from accounts.services import reach
from geo import arms
from portal import style
from portal.demo.logins import demo_logins

if TYPE_CHECKING:
    from geo.models import Municipality

#: (address by name, word). An address that does not exist is left out, so the menu holds only what there is.
MENU: Final = (
    ("start", gettext_lazy("Home")),
    ("map", gettext_lazy("Map")),
    ("track", gettext_lazy("Track a report")),
    ("my_reports", gettext_lazy("My reports")),
    ("report_new", pgettext_lazy("menu", "Report")),
)
LEGAL: Final = (
    ("imprint", gettext_lazy("Imprint")),
    ("privacy", gettext_lazy("Privacy")),
    ("accessibility", gettext_lazy("Accessibility")),
    ("contact", gettext_lazy("Contact")),
    ("easy_language", gettext_lazy("Easy language")),
    ("sign_language", gettext_lazy("Sign language")),
    ("report_barrier", gettext_lazy("Report a barrier")),
    ("statistics", gettext_lazy("Figures")),
    ("api_docs", gettext_lazy("For developers")),
)
STAFF_MENU: Final = (
    ("desk", gettext_lazy("Work list")),
    ("desk_new", gettext_lazy("Take a report")),
    ("desk_planning", gettext_lazy("Planning")),
    ("intake", gettext_lazy("Incoming mail")),
    ("numbers", gettext_lazy("Numbers")),
)
STAFF_ELSEWHERE: Final = ("setup", "handbook", "desk_pages", "duties", "operations", "platform", "emergencies")
"""Below the address of the work list, yet not part of it."""
HOME: Final = "start"


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; reads neither the session nor the token, so that public pages stay cacheable."""
    municipality: Municipality | None = getattr(request, "municipality", None)
    return {
        "municipality": municipality,
        "slogan": (municipality.text("slogan") if municipality else "") or _("Faults, ideas and praise"),
        "style_url": style.address(municipality) if municipality else "",
        "arms_url": arms_of(municipality),
        "demo": bool(getattr(settings, "DEMO", False)),
        "demo_logins": SimpleLazyObject(lambda: demo_logins(municipality)),
        "menu": SimpleLazyObject(lambda: _links(MENU, request.path) if municipality else []),
        "legal_menu": SimpleLazyObject(lambda: _links(LEGAL, request.path) if municipality else []),
        "staff_menu": SimpleLazyObject(lambda: _staff_links(request)),
        "staff_url": _address("desk"),
        "languages": SimpleLazyObject(lambda: _languages(request)),
        "notices": SimpleLazyObject(lambda: list(_notices(request))),
    }


def arms_of(municipality: Municipality | None) -> str:
    """Address of the coat of arms; "" where none is set or the file is not there, which must not stop the page."""
    if municipality is None or not municipality.coat_of_arms:
        return ""
    try:
        return arms.address(municipality) or static(municipality.coat_of_arms)
    except ValueError:
        return ""


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _links(entries: Iterable[tuple[str, Any]], path: str) -> list[dict[str, Any]]:
    """The entries with an address; the one whose address begins the path is `current`, the start page only itself."""
    found = []
    for name, label in entries:
        if url := _address(name):
            current = path == url if name == HOME else path.startswith(url)
            found.append({"name": name, "label": label, "url": url, "current": current})
    return found


def _staff_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of the desk; on pages beside it nothing is `current`.

    Incoming mail only for who may read it, planning for who assigns.
    """
    links, path = _links(STAFF_MENU, request.path), request.path
    municipality = getattr(request, "municipality", None)
    user = getattr(request, "user", None)
    if not reach(user, Permission.ASSIGN):
        links = [link for link in links if link["name"] != "desk_planning"]
    reads = reach(user, Permission.SEE_CONTACT).municipalities
    if not reads or municipality is None or not municipality.intake():
        links = [link for link in links if link["name"] != "intake"]
    beside = any(url and path.startswith(url) for url in map(_address, STAFF_ELSEWHERE))
    here = max((link["url"] for link in links if link["current"]), key=len, default="")
    return [{**link, "current": link["url"] == here and not beside} for link in links]


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The languages this page exists in, the active one marked; [] where there is but one, or no such page."""
    if request.resolver_match is None:
        return []
    found = []
    for code, _name in settings.LANGUAGES:
        url = translate_url(request.get_full_path(), code)
        found.append(
            {
                "code": code,
                "name": get_language_info(code)["name_local"],
                "url": url,
                "absolute": request.build_absolute_uri(url),
                "current": code == get_language(),
            }
        )
    return found if len({language["url"] for language in found}) > 1 else []


def _notices(request: HttpRequest) -> Iterable[Any]:
    """Messages of the last request; without a session cookie there are none, and the session is not touched."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ()
    return get_messages(request)
