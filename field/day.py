"""The day of a team as the app keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from json import dumps
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import may, reach
from cases import routing
from cases.models import Case
from cases.policy import ACTIVE, State
from dispatch import lists, routes
from dispatch.models import Job, Presence
from dispatch.services import AHEAD
from field import jobs
from geo.localized import localized
from geo.models import Municipality
from reports.categories import tree
from reports.templatetags.map_data import TILES, bounds_of

KEEP_DAYS: Final = 2
"""So many days without contact, and a phone forgets the list."""
ZOOM: Final = 13
DEEPEST: Final = 18


@dataclass(frozen=True)
class Chosen:
    """Which list is meant."""

    teams: list[Unit]
    team: Unit | None
    day: date


def teams_for(user: User, town: Municipality) -> list[Unit]:
    """The teams whose lists somebody reads: their own, or all of those who work for the whole municipality."""
    may_move = reach(user, Permission.MOVE)
    whole = town.pk in may_move.municipalities
    return [team for team in lists.teams_of(town) if whole or team.pk in may_move.units]


def choose(*, user: User, town: Municipality, team: int | None, day: date | None, at: datetime) -> Chosen:
    """The list asked for; where nobody asked for one that is theirs, the first of their teams that has open jobs."""
    teams, today = teams_for(user, town), localdate(at)
    on = day if day is not None and abs(day - today) <= AHEAD else today
    found = next((one for one in teams if one.pk == team), None)
    if found is None and len(teams) > 1:
        listed = lists.of_teams(teams=teams, day=on, at=at)
        found = next((one for one in teams if any(_is_open(job) for job in listed[one.pk])), None)
    return Chosen(teams, found or next(iter(teams), None), on)


def _is_open(job: Job) -> bool:
    return State(job.case.state) in ACTIVE


def read(*, user: User, town: Municipality, chosen: Chosen, at: datetime) -> dict[str, Any]:
    """Everything of the day. The number of queries does not grow with the jobs."""
    team, day = chosen.team, chosen.day
    listed = lists.of_day(team=team, day=day, at=at) if team is not None else []
    seen = set(Case.objects.visible_to(user).filter(job__in=listed).values_list("pk", flat=True)) if listed else set()
    listed = [job for job in listed if job.case_id in seen]
    route = routes.proposed(team=team, day=day, at=at, jobs=listed) if team is not None else None
    ordered = routes.urgent_first(listed, at)
    for job in ordered:
        job.case.unit = job.team
    blocks = routing.text_blocks(town)
    return {
        "user": {"id": user.pk, "name": str(user)},
        "keep_days": KEEP_DAYS,
        "team": _team(team),
        "teams": [{"id": one.pk, "name": one.name} for one in chosen.teams],
        "day": day.isoformat(),
        "town": _town(town),
        "may": {
            "assign": team is not None
            and may(user, Permission.ASSIGN, municipality_id=team.municipality_id, unit=team),
        },
        "categories": _categories(town),
        "reasons": reasons(),
        "blocks": [
            {"title": block.title, "text": localized(block.text)}
            for block in blocks
            if block.active and block.state == State.DONE and block.topic is None
        ],
        "proposed": route.cases if route is not None else [],
        "lengths": {
            "entered": round(route.entered) if route is not None else 0,
            "proposed": round(route.proposed) if route is not None else 0,
        },
        "jobs": jobs.drawn([job.case for job in ordered], user=user, at=at, day=day),
    }


def reasons() -> list[dict[str, str]]:
    """Why something could not be done, as it is said most often."""
    return [
        {"title": words, "text": words}
        for words in (
            _("A car stands in the way."),
            _("It was not found there."),
            _("It needs another tool or material."),
            _("It is on private ground."),
            _("A specialist firm has to do it."),
            _("The weather does not allow it."),
        )
    ]


def etag_of(body: dict[str, Any]) -> str:
    """Changes with everything that the answer says."""
    return f'"{sha256(dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:32]}"'


def saw(*, user: User, at: datetime, team: Unit | None = None, waiting: int | None = None, needs: int = 0) -> None:
    """The app of a person spoke to us: with the list of `team`, or with what it still has to send."""
    facts: dict[str, Any] = {"seen_at": at}
    if team is not None:
        facts["unit"] = team
    if waiting is not None:
        facts |= {"waiting": waiting, "needs_you": needs}
    Presence.objects.update_or_create(user=user, defaults=facts)


def _team(team: Unit | None) -> dict[str, Any] | None:
    if team is None:
        return None
    depot = team.depot
    return {"id": team.pk, "name": team.name, "depot": list(depot) if depot is not None else None}


def _town(town: Municipality) -> dict[str, Any]:
    ground = reverse("geo:base_layer")
    bounds = [float(part) for part in bounds_of(town).split(",") if part]
    west, south, east, north = bounds or [0.0, 0.0, 0.0, 0.0]
    tiles = {
        "url": TILES if settings.TILE_URL else "",
        "max_zoom": min(DEEPEST, settings.TILE_ZOOMS[1]),
        "attribution": settings.TILE_ATTRIBUTION,
    }
    return {
        "name": town.title,
        "boundary_url": ground,
        "ground_url": ground,
        "tiles": tiles,
        "bounds": bounds,
        "center": [(west + east) / 2, (south + north) / 2] if bounds else None,
        "zoom": ZOOM,
    }


def _categories(town: Municipality) -> list[dict[str, Any]]:
    """What a crew may report; also what citizens are not offered."""
    return [
        {
            "slug": one.topic.slug,
            "name": localized(one.topic.name),
            "group": localized(group.topic.name),
            "icon": one.icon,
            "photo": one.photo_rule,
        }
        for group in tree(town)
        for one in group.categories
        if not one.redirect_text
    ]
