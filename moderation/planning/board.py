"""What the planning page shows: the teams of somebody's desk with a day's jobs, and what nobody has planned yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import reach
from cases.models import Case
from cases.numbers import is_late
from cases.routing import is_working_day
from dispatch import lists
from dispatch.models import Job, Presence
from dispatch.routes import urgent_first
from geo.localized import localized
from geo.models import Municipality
from moderation.access import listed_for
from moderation.worklist import choices, sight
from moderation.worklist.filters import narrowed
from moderation.worklist.lists import COUNTED
from moderation.worklist.query import Query
from moderation.worklist.rows import place_words

SHOWN = 60
"""So many unplanned cases at most; filters narrow them."""
DAYS = 5


@dataclass(frozen=True)
class Card:
    """A case on the board."""

    case: Case
    title: str
    place: str
    late: bool
    danger: bool
    came_back: bool = False
    rolled: date | None = None
    """The day it is left from."""

    @property
    def value(self) -> str:
        """How a form names it: with the version the person saw."""
        return f"{self.case.pk}-{self.case.version}"


@dataclass
class Column:
    """A team on the board."""

    team: Unit
    cards: list[Card]
    load: list[tuple[date, int]] = field(default_factory=list)
    presence: Presence | None = None
    """The phone of the team that was seen last today."""
    unsent: int = 0
    """Entries that wait on the team's phones, as far as they have said so today."""

    @property
    def left(self) -> int:
        """Jobs that still need something."""
        return sum(not card.case.facts.closed for card in self.cards)

    @property
    def seen(self) -> str:
        """The order the person sees, for noticing that somebody else changed it."""
        return ",".join(str(card.case.pk) for card in self.cards)


def card(case: Case, at: datetime, *, rolled: date | None = None) -> Card:
    """A case for the board; it comes with topic, category, report and district."""
    return Card(
        case=case,
        title=localized(case.topic.name),
        place=place_words(case),
        late=is_late(case, at),
        danger=case.topic.category.danger and not case.facts.closed,
        came_back=bool(getattr(case, "came_back", False)),
        rolled=rolled,
    )


def cards_of(jobs: Iterable[Job], *, on: date, at: datetime) -> list[Card]:
    """The jobs of a day's list for the board and for paper, what is dangerous or overdue on top."""
    return [
        card(job.case, at, rolled=job.day if lists.rolled_over(job, on=on) else None) for job in urgent_first(jobs, at)
    ]


@dataclass
class Board:
    """One look at the planning of a day by `user`."""

    user: User
    town: Municipality
    day: date
    at: datetime
    query: Query
    """Filters of the work list for what is unplanned."""

    @cached_property
    def teams(self) -> list[Unit]:
        """The teams the person may plan for."""
        may = reach(self.user, Permission.ASSIGN)
        whole = self.town.pk in may.municipalities
        return [team for team in lists.teams_of(self.town) if whole or team.pk in may.units]

    @cached_property
    def days(self) -> list[date]:
        """The chosen day and the next working days."""
        found, day = [self.day], self.day
        while len(found) < DAYS:
            day += timedelta(days=1)
            noon = timezone.make_aware(datetime.combine(day, datetime.min.time().replace(hour=12)))
            if is_working_day(self.town, noon) or (day - self.day).days > 14:
                found.append(day)
        return found

    def columns(self) -> list[Column]:
        """Each team with its jobs of the day; one query for their jobs, one for their load, one for their
        phones."""
        load = lists.load(teams=self.teams, days=self.days, at=self.at)
        seen = self._seen()
        return [
            Column(
                team,
                self.cards(team),
                [(day, load.get((team.pk, day), 0)) for day in self.days],
                next(iter(seen[team.pk]), None),
                sum(one.waiting + one.needs_you for one in seen[team.pk]),
            )
            for team in self.teams
        ]

    def _seen(self) -> dict[int | None, list[Presence]]:
        """Today's presences by team, the latest first."""
        begin = timezone.make_aware(datetime.combine(self.today, time.min))
        found: dict[int | None, list[Presence]] = defaultdict(list)
        for one in Presence.objects.filter(unit__in=self.teams, seen_at__gte=begin).order_by("-seen_at"):
            found[one.unit_id].append(one)
        return found

    def cards(self, team: Unit) -> list[Card]:
        """The jobs of a team on the day, what is dangerous or overdue on top."""
        return cards_of(self.jobs[team.pk], on=self.day, at=self.at)

    @cached_property
    def jobs(self) -> dict[int, list[Job]]:
        """The jobs of the day by team, as they were put in order; one query."""
        return lists.of_teams(teams=self.teams, day=self.day, at=self.at)

    @cached_property
    def _unplanned(self) -> QuerySet[Case]:
        """What the person may plan and nobody has."""
        mine = listed_for(self.user).filter(municipality=self.town, unit__in=self.teams)
        topics = choices.offered(self.user, sight.parts(self.user)).topics if self.query.q else []
        return lists.unplanned(narrowed(mine, self.query, user=self.user, at=self.at, topics=topics))

    def unplanned(self) -> list[Case]:
        """The first SHOWN of it, and one more where there are more; one query that sorts nothing but their ids."""
        first = self._unplanned.values("pk")[: SHOWN + 1]
        rows = lists.unplanned(Case.objects.filter(pk__in=first))
        return list(
            rows.select_related("topic__category", "report", "district", "unit", "stage").defer("district__boundary")
        )

    def unplanned_count(self) -> int:
        """How many that are; COUNTED + 1 for any more."""
        return self._unplanned.order_by()[: COUNTED + 1].count()

    @property
    def today(self) -> date:
        """In Berlin."""
        return localdate(self.at)
