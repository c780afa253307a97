"""The narrow view of a case: where the mail to a unit leads. One column, four actions, no training.

Forms and verbs are the desk's own (moderation.deeds); only the page around them is another. A form that came from here
carries `?kurz=1`, so that case_views leads back here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from moderation.access import staff, staff_only
from moderation.case.page import CasePage, case_for
from moderation.deeds import BY_NAME
from moderation.worklist.lists import Query

MARK = "kurz"
QUERY = f"?{MARK}=1"
TEMPLATE = "moderation/narrow.html"
LATEST = 4
"""So many of the last steps are told; the whole history stands at the desk."""


@dataclass(frozen=True)
class Action:
    """One of the buttons; `once` is done by a press, the others open a panel."""

    name: str
    label: str
    icon: str
    url: str
    once: bool
    primary: bool


@require_safe
@staff_only
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, where, the photos, and what can be done; `?tun=` opens one panel."""
    user = staff(request)
    page = CasePage(user, case_for(user, pk), Query.read(request.GET, user), timezone.now())
    wanted = request.GET.get("tun", "")
    deed = BY_NAME[wanted] if wanted in _names(page) else None
    form = deed.form(case=page.case) if deed is not None else None
    shown = page.context(deed.name if deed is not None else "")
    shown |= {"deed": deed, "form": form, "panel": deed is not None}
    return render(request, TEMPLATE, shown | context(page))


def is_narrow(request: HttpRequest) -> bool:
    """Whether a form came from the narrow view."""
    return MARK in request.GET


def address(pk: int) -> str:
    """The narrow view of a case."""
    return reverse("desk_narrow", args=[pk])


def context(page: CasePage) -> dict[str, Any]:
    """What the narrow template reads besides the page's own."""
    return {
        "narrow_url": address(page.case.pk),
        "full_url": reverse("desk_case", args=[page.case.pk]),
        "query_string": QUERY,
        "actions": actions(page),
        "latest": page.told[:LATEST],
    }


def _names(page: CasePage) -> list[str]:
    """The deeds of the narrow view that are open to this person in this state."""
    answer = "nachricht" if page.offered("nachricht") else "mitteilung"
    return [name for name in ("annehmen", "erledigt", answer, "zurueckgeben") if page.offered(name)]


def actions(page: CasePage) -> list[Action]:
    """The buttons in order; the first one is what is usual next."""
    words = {
        "annehmen": _("Accept"),
        "erledigt": _("Settled, with photo"),
        "nachricht": _("Answer the reporter"),
        "mitteilung": _("Write a public update"),
        "zurueckgeben": _("Hand back, not ours"),
    }
    icons = {"annehmen": "check", "erledigt": "camera"}
    return [
        Action(
            name,
            words[name],
            icons.get(name, BY_NAME[name].menu),
            f"{address(page.case.pk)}?tun={name}#tun",
            once=name == "annehmen",
            primary=number == 0 and name in {"annehmen", "erledigt"},
        )
        for number, name in enumerate(_names(page))
    ]
