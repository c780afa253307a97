"""A team's day list: on paper with map, photos, boxes to tick and codes; on the screen for settling from paper."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from typing import Any

import segno
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import may
from cases.change import Act, By
from cases.errors import Invalid
from cases.models import Case, Entry
from cases.policy import Deed, State
from cases.services import move
from dispatch import lists
from dispatch.services import unplan
from geo.models import Municipality
from geo.picture import places_picture
from moderation.access import staff, staff_only
from moderation.planning.board import Card, cards_of
from moderation.planning.forms import chosen
from moderation.planning.views import day_of, each, town_of
from reports.models import Photo

DONE, NOT_POSSIBLE = "erledigt", "nicht-moeglich"
NOTES = 3
"""So many of the last internal notes stand on paper."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def day_list(request: HttpRequest, team: int, day: str) -> HttpResponse:
    """A team's day on paper, with map, photos, boxes to tick and codes; sent back, it settles what was ticked."""
    user, at = staff(request), timezone.now()
    unit = Unit.objects.filter(pk=team, municipality=town_of(request)).select_related("municipality").first()
    on = day_of(day)
    if unit is None or not may(user, Permission.MOVE, municipality_id=unit.municipality_id, unit=unit):
        raise Http404
    jobs = lists.of_day(team=unit, day=on, at=at)
    cards = cards_of(jobs, on=on, at=at)
    typed: dict[int, tuple[str, str]] = {}
    if request.method == "POST":
        typed = _ticked(request, cards)
        if _settle(request, user, typed):
            return redirect(request.path)
        cards = cards_of(lists.of_day(team=unit, day=on, at=at), on=on, at=at)
    context = {
        "team": unit,
        "day": on,
        "sheets": _sheets(cards, typed, unit.municipality),
        "client_key": request.POST.get("client_key") or uuid.uuid4(),
        "map": _map(unit.municipality, cards),
        "left": any(not one.case.facts.closed for one in cards),
        "board_url": f"{reverse('desk_planning')}?tag={on}",
    }
    return render(request, "moderation/planning/day_list.html", context, status=422 if typed else 200)


def _ticked(request: HttpRequest, cards: Iterable[Card]) -> dict[int, tuple[str, str]]:
    """What was ticked, with its words, by case; only cases of this list count."""
    found = {}
    for one in cards:
        what = request.POST.get(f"stand-{one.case.pk}", "")
        if what in {DONE, NOT_POSSIBLE}:
            found[one.case.pk] = (what, request.POST.get(f"text-{one.case.pk}", ""))
    return found


def _settle(request: HttpRequest, user: User, typed: dict[int, tuple[str, str]]) -> bool:
    """Do what was ticked; whether nothing was refused."""
    versions = chosen(request.POST.getlist("vorgang"))
    try:
        base = uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        base = uuid.uuid4()
    if not typed:
        messages.error(request, _("Please tick what was done first."))
        return True

    def one(case: Case, act: Act) -> None:
        what, text = typed[case.pk]
        if what == DONE:
            move(case=case, to=State.DONE, by=By.staff(user), text=text, act=act)
        elif text.strip():
            unplan(case=case, by=By.staff(user), text=text, act=act)
        else:
            raise Invalid({"text": [_("Please say why it was not possible.")]})

    done = each(request, user, {pk: version for pk, version in versions.items() if pk in typed}, base, one)
    if done:
        words = ngettext("%(n)d job is taken over from paper.", "%(n)d jobs are taken over from paper.", done)
        messages.success(request, words % {"n": done})
    return done == len(typed)


def _sheets(cards: list[Card], typed: dict[int, tuple[str, str]], town: Municipality) -> list[dict[str, Any]]:
    """What stands on paper of each job; two queries for all."""
    pks = [one.case.pk for one in cards]
    notes: dict[int, list[str]] = {}
    for pk, text in (
        Entry.objects.filter(case__in=pks, deed=Deed.NOTE.value).order_by("-at").values_list("case", "text")
    ):
        notes.setdefault(pk, []).append(text)
    photos: dict[int, str] = {}
    rows = Photo.objects.filter(report__case__in=pks, file__ready_at__isnull=False).order_by("-position", "-pk")
    for pk, key in rows.values_list("report__case", "file__key"):
        photos[pk] = key
    return [
        {
            "number": number,
            "card": one,
            "text": one.case.report.text,
            "notes": notes.get(one.case.pk, [])[:NOTES],
            "photo": _inline(photos.get(one.case.pk)),
            "code": segno.make(town.base_url() + reverse("desk_narrow", args=[one.case.pk]), error="m").svg_data_uri(
                border=2
            ),
            "what": typed.get(one.case.pk, ("", ""))[0],
            "typed": typed.get(one.case.pk, ("", ""))[1],
        }
        for number, one in enumerate(cards, 1)
    ]


def _inline(key: str | None) -> str:
    """A photo inside the page, so that printing waits for nothing; "" without one."""
    if key is None:
        return ""
    try:
        with default_storage.open(f"variants/{key}/small.jpg") as stored:
            return f"data:image/jpeg;base64,{base64.b64encode(stored.read()).decode()}"
    except FileNotFoundError:
        return ""


def _map(town: Municipality, cards: list[Card]) -> str:
    points = [(str(number), one.case.point) for number, one in enumerate(cards, 1) if one.case.point]
    if not points:
        return ""
    return f"data:image/png;base64,{base64.b64encode(places_picture(town, points)).decode()}"
