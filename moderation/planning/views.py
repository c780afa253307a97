"""The planning page and its deeds."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Unit, User
from cases.change import Act, By
from cases.errors import Denied, Invalid, Refused
from cases.models import Case
from dispatch.routes import Route, proposed
from dispatch.services import AHEAD, arrange, plan, unplan
from geo.models import Municipality
from moderation.access import seen_by, staff, staff_only
from moderation.planning.board import SHOWN, Board, card
from moderation.planning.forms import PlanningForm, chosen, ordered
from moderation.refusals import in_words
from moderation.worklist.lists import said
from moderation.worklist.query import Query

TEMPLATE = "moderation/planning/board.html"


@require_safe
@staff_only
def board(request: HttpRequest) -> HttpResponse:
    """The teams with a day's jobs, and what nobody has planned yet; `?tag=` chooses the day."""
    user = staff(request)
    return render(request, TEMPLATE, _context(request, _board(request, user)))


def _board(request: HttpRequest, user: User) -> Board:
    found = Board(
        user, town_of(request), day_of(request.GET.get("tag", "")), timezone.now(), Query.read(request.GET, user)
    )
    if not found.teams:
        raise Http404
    return found


def town_of(request: HttpRequest) -> Municipality:
    """The municipality of this address; 404 without one."""
    town: Municipality | None = getattr(request, "municipality", None)
    if town is None:
        raise Http404
    return town


def day_of(typed: str) -> date:
    """The day asked for; nonsense and far years lead to today."""
    today = localdate()
    try:
        found = parse_date(typed) or today
    except ValueError:
        return today
    return found if abs(found - today) <= AHEAD else today


def _context(request: HttpRequest, found: Board, form: PlanningForm | None = None) -> dict[str, Any]:
    shown = found.unplanned()
    address = reverse("desk_planning")
    return {
        "board": found,
        "columns": found.columns(),
        "unplanned": [card(case, found.at) for case in shown[:SHOWN]],
        "unplanned_count": said(len(shown) if len(shown) <= SHOWN else found.unplanned_count()),
        "unplanned_more": len(shown) > SHOWN,
        "form": form or PlanningForm(teams=found.teams, initial={"day": found.day, "team": request.GET.get("kolonne")}),
        "query": found.query,
        "before_url": f"{address}?tag={found.day - timedelta(days=1)}",
        "after_url": f"{address}?tag={found.day + timedelta(days=1)}",
        "today_url": address,
        "past": found.day < found.today,
        "here": request.get_full_path(),
    }


@require_POST
@staff_only
def do(request: HttpRequest) -> HttpResponse:
    """Plan the chosen cases, or take them off their lists."""
    user = staff(request)
    found = _board(request, user)
    form = PlanningForm(request.POST, teams=found.teams)
    wanted = chosen(request.POST.getlist("vorgang"))
    off = request.POST.get("tun") == "ausplanen"
    if not wanted:
        messages.error(request, _("Please choose cases first."))
        return render(request, TEMPLATE, _context(request, found, form), status=422)
    if not off and not form.is_valid():
        return render(request, TEMPLATE, _context(request, found, form), status=422)
    typed = form.cleaned_data if form.is_valid() else {}
    base = typed.get("client_key") or uuid.uuid4()

    def one(case: Case, act: Act) -> None:
        if off:
            unplan(case=case, by=By.staff(user), act=act)
        else:
            plan(case=case, team=typed["team"], day=typed["day"], by=By.staff(user), act=act)

    done = each(request, user, wanted, base, one)
    if done and off:
        words = ngettext("%(n)d case is off the list.", "%(n)d cases are off the list.", done) % {"n": done}
        messages.success(request, words)
    elif done:
        words = ngettext("%(n)d case planned: %(team)s, %(day)s.", "%(n)d cases planned: %(team)s, %(day)s.", done)
        day = date_format(typed["day"], "DATE_FORMAT")
        messages.success(request, words % {"n": done, "team": typed["team"], "day": day})
    return redirect(_back(request, found, typed.get("team")))


def _back(request: HttpRequest, found: Board, team: Unit | None = None) -> str:
    """The board as it was; `team` is offered again for what is planned next."""
    query = request.GET.copy()
    query["tag"] = found.day.isoformat()
    if team is not None:
        query["kolonne"] = str(team.pk)
    return f"{reverse('desk_planning')}?{query.urlencode()}"


def each(
    request: HttpRequest, user: User, wanted: dict[int, int], base: uuid.UUID, verb: Callable[[Case, Act], None]
) -> int:
    """Do it for each case by itself; what is refused is told by number, and keeps no other. Returns how many."""
    done = 0
    for case in seen_by(user).filter(pk__in=wanted).order_by("pk"):
        act = Act(at=timezone.now(), version=wanted[case.pk], client_key=uuid.uuid5(base, str(case.pk)))
        try:
            verb(case, act)
            done += 1
        except Refused as refused:
            messages.error(request, f"{case.number or case.pk}: {in_words(refused)}")
    return done


@require_POST
@staff_only
def order(request: HttpRequest, team: int) -> HttpResponse:
    """Put a team's day in the order of the numbers typed, or in that of a short tour."""
    user = staff(request)
    found = _board(request, user)
    unit = next((one for one in found.teams if one.pk == team), None)
    if unit is None:
        raise Http404
    wanted, seen = ordered(
        request.POST.get("seen", ""),
        {name.removeprefix("platz-"): request.POST[name] for name in request.POST if name.startswith("platz-")},
    )
    said = _("The order is saved.")
    if request.POST.get("tun") == "tour":
        wanted, said = _tour(proposed(team=unit, day=found.day, at=found.at, jobs=found.jobs[unit.pk]))
    now = [job.case_id for job in found.jobs[unit.pk]]
    shown = [one.case.pk for one in found.cards(unit)]
    try:
        arrange(team=unit, day=found.day, order=wanted, seen=now if seen == shown else seen, by=user, at=found.at)
    except Invalid as refused:
        messages.error(request, in_words(refused))
    except Denied:
        raise Http404
    else:
        messages.success(request, said)
    return redirect(f"{_back(request, found)}#team-{unit.pk}")


def _tour(route: Route) -> tuple[list[int], str]:
    """The order of a short tour, and what it brings, in words."""
    if route.proposed >= route.entered - 1:
        return route.cases, _("The order is a short tour already.")
    return route.cases, _("A shorter tour: %(after)s instead of %(before)s km, as the crow flies.") % {
        "after": _km(route.proposed),
        "before": _km(route.entered),
    }


def _km(metres: float) -> str:
    return f"{metres / 1000:.1f}".replace(".", ",")
