"""The work list: what is to be done, which filters the address bar holds, what stands on top.

Every list starts at `visible_to`, also the choices of the filters, so nothing of a foreign case shows anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import memberships, reach
from cases.models import STATES, Case, Entry, Topic
from cases.policy import ACTIVE, CLOCK_STOPPED, Actor, Deed, State
from geo.folding import one_line
from geo.localized import localized
from moderation.access import seen_by
from reports.models import Photo
from reports.policy import RULES

PAGE = 50
WORDS = 6
"""More words than this are not looked at."""
NO_UNIT = "keine"
PARAMETERS = ("liste", "q", "kategorie", "stelle", "status", "seite")
PUBLIC_SORTS = [sort.value for sort, rules in RULES.items() if rules.public]
ACTIVE_VALUES = [state.value for state in ACTIVE]


# What a row needs to know, as SQL -------------------------------------------------------------------------------------
def _undecided_photos() -> QuerySet[Photo]:
    """Photos of the outer case that are neither released nor kept back on purpose."""
    kept_back = (
        Entry.objects.filter(case_id=OuterRef("report__case_id"), deed=Deed.PHOTO_WITHDRAWN.value)
        .annotate(photo_id=Cast(KeyTextTransform("photo", "data"), BigIntegerField()))
        .filter(photo_id=OuterRef("pk"))
    )
    return Photo.objects.filter(report__case_id=OuterRef("pk"), released=False).exclude(Exists(kept_back))


def _unanswered(**what: Any) -> Exists:
    """Entries of citizens that no member of staff has followed with anything yet."""
    later = Entry.objects.filter(case_id=OuterRef("case_id"), actor=Actor.STAFF.value, version__gt=OuterRef("version"))
    return Exists(Entry.objects.filter(case_id=OuterRef("pk"), **what).exclude(Exists(later)))


def marked(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with the marks of a row: has_photo, to_release, still_there, answered."""
    # `reports.services.releasable` as SQL: what may not be released waits for nobody.
    hidden = Q(stage__hides=True) | Q(state=State.WITHDRAWN.value, public_at=None)
    may_be_public = Q(confidential=False, topic__category__sort__in=PUBLIC_SORTS) & ~hidden
    kept_back = Exists(Entry.objects.filter(case_id=OuterRef("pk"), deed=Deed.TEXT_WITHDRAWN.value))
    text = Q(report__text_released=False, state__in=ACTIVE_VALUES) & ~kept_back
    photo = (Q(state__in=ACTIVE_VALUES) & Exists(_undecided_photos())) | Exists(
        _undecided_photos().filter(by_staff=True)
    )
    return cases.annotate(
        has_photo=Exists(Photo.objects.filter(report__case_id=OuterRef("pk"))),
        still_there=_unanswered(deed=Deed.FEEDBACK.value, data__still_there=True),
        answered=_unanswered(deed=Deed.ANSWER.value),
    ).alias(to_release=Exists(Case.objects.filter(pk=OuterRef("pk")).filter(may_be_public & (text | photo))))


# Lists ----------------------------------------------------------------------------------------------------------------
def _to_review(user: User, at: datetime) -> Q:
    """What nobody has looked at: also a word of the reporter on a closed case, which no other list would show."""
    written = Q(answered=True) & ~Q(state__in=ACTIVE_VALUES)
    return Q(state=State.NEW.value) | Q(to_release=True) | Q(still_there=True) | written


def _working(user: User, at: datetime) -> Q:
    return Q(state=State.OPEN.value)


def _waiting(user: User, at: datetime) -> Q:
    return Q(state=State.WAITING.value)


def _mine(user: User, at: datetime) -> Q:
    units = [one.unit_id for one in memberships(user) if one.unit_id is not None]
    own_units = Q(unit_id__in=units, assignee=None) if units else Q(pk__in=[])
    return Q(state__in=ACTIVE_VALUES) & (Q(assignee=user) | own_units)


def _overdue(user: User, at: datetime) -> Q:
    counting = [state.value for state in ACTIVE - CLOCK_STOPPED]
    return Q(state__in=counting, due_at__lt=at)


def _all(user: User, at: datetime) -> Q:
    return Q()


@dataclass(frozen=True)
class Tab:
    """One list: its word in the address bar, its label, what belongs to it and what stands on top."""

    slug: str
    label: Any
    rule: Callable[[User, datetime], Q]
    order: tuple[Any, ...]
    empty: Any


DUE = (F("due_at").asc(nulls_last=True), "submitted_at", "id")
TABS = (
    Tab(
        "pruefen",
        _("To review"),
        _to_review,
        ("-topic__category__danger", "submitted_at", "id"),
        _("Everything is reviewed."),
    ),
    Tab("arbeit", _("In progress"), _working, DUE, _("Nothing is in progress.")),
    Tab("wartet", _("Waiting"), _waiting, ("state_since", "id"), _("No case waits for an answer.")),
    Tab("meine", _("Mine"), _mine, DUE, _("Nothing is on your desk.")),
    Tab("ueberfaellig", _("Overdue"), _overdue, DUE, _("Nothing is overdue.")),
    Tab("alle", _("All"), _all, ("-submitted_at", "-id"), _("There is no case yet.")),
)
BY_SLUG = {tab.slug: tab for tab in TABS}


@dataclass(frozen=True)
class Query:
    """What the address bar asks for; nonsense in it is left out, never an error."""

    tab: Tab
    q: str = ""
    category: str = ""
    unit: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def read(cls, data: QueryDict, user: User) -> Query:
        """Read the address bar. Without a list: what is to review for those who release, else their own."""
        first = BY_SLUG["pruefen" if reach(user, Permission.RELEASE) else "meine"]
        unit = data.get("stelle", "")
        state = data.get("status", "")
        page = data.get("seite", "")
        return cls(
            tab=BY_SLUG.get(data.get("liste", ""), first),
            q=one_line(data.get("q", ""), 200),
            category=data.get("kategorie", "").replace("\x00", "")[:80],
            unit=unit if unit == NO_UNIT or (unit.isdecimal() and len(unit) < 18) else "",
            state=state if state in {value for value, _label in STATES} else "",
            page=max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1,
        )

    def address(self, **changed: Any) -> str:
        """The query string, `?` included, with some parts changed ("" leaves a part out)."""
        parts: dict[str, Any] = {
            "liste": self.tab.slug,
            "q": self.q,
            "kategorie": self.category,
            "stelle": self.unit,
            "status": self.state,
            "seite": self.page if self.page > 1 else "",
            **changed,
        }
        found = QueryDict(mutable=True)
        found.update({name: str(value) for name, value in parts.items() if value})
        return f"?{found.urlencode()}" if found else ""

    @property
    def filtered(self) -> bool:
        """Whether anything but the list narrows what is shown."""
        return bool(self.q or self.category or self.unit or self.state)


def _spellings(word: str) -> set[str]:
    """SQLite ignores the case of A to Z only; of "Öl" it needs every spelling."""
    return {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}


def _words(q: str, topics: list[Topic]) -> Q:
    """Every word stands in the number, the text, the address, the district or the name of the category."""
    found = Q()
    for word in q.split()[:WORDS]:
        one = Q(topic_id__in=[topic.pk for topic in topics if word.casefold() in localized(topic.name).casefold()])
        for spelling in _spellings(word):
            for column in (
                "number",
                "former_number",
                "report__text",
                "report__public_text",
                "report__address",
                "district__name",
            ):
                one |= Q(**{f"{column}__icontains": spelling})
        found &= one
    return found


@dataclass
class Worklist:
    """One look at the desk of `user`."""

    user: User
    query: Query
    at: datetime
    _counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def topics(self) -> list[Topic]:
        """Topics of the cases that the person sees, for the filter; one query."""
        used = seen_by(self.user).filter(topic_id=OuterRef("pk"))
        rows = Topic.objects.filter(Exists(used)).select_related("parent")
        return sorted(
            rows,
            key=lambda topic: (
                topic.parent.position if topic.parent else -1,
                localized(topic.parent.name) if topic.parent else "",
                topic.position,
                localized(topic.name),
            ),
        )

    @cached_property
    def units(self) -> list[Unit]:
        """Units of the cases that the person sees, for the filter; one query."""
        used = seen_by(self.user).filter(unit_id=OuterRef("pk"))
        return list(Unit.objects.filter(Exists(used)).order_by("name", "id"))

    @property
    def category_choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(group, [(slug, name)]) for the filter, each slug once."""
        groups: dict[str, dict[str, str]] = {}
        for topic in self.topics:
            group = localized(topic.parent.name) if topic.parent else ""
            groups.setdefault(group, {})[topic.slug] = localized(topic.name)
        return [(group, list(choices.items())) for group, choices in groups.items()]

    @cached_property
    def _narrowed(self) -> QuerySet[Case]:
        """Everything the filters leave, of all lists."""
        query, cases = self.query, seen_by(self.user)
        if query.q:
            cases = cases.filter(_words(query.q, self.topics))
        if query.category:
            cases = cases.filter(topic__slug=query.category)
        if query.unit == NO_UNIT:
            cases = cases.filter(unit=None)
        elif query.unit:
            cases = cases.filter(unit_id=int(query.unit))
        if query.state:
            cases = cases.filter(state=query.state)
        return marked(cases)

    def counts(self) -> dict[str, int]:
        """How many cases each list holds under the filters; one query."""
        if not self._counts:
            self._counts = self._narrowed.aggregate(
                **{tab.slug: Count("pk", filter=tab.rule(self.user, self.at)) for tab in TABS if tab.slug != "alle"},
                alle=Count("pk"),
            )
        return self._counts

    def rows(self) -> QuerySet[Case]:
        """The cases of the chosen list in order, with everything a row shows."""
        tab = self.query.tab
        return (
            self._narrowed.filter(tab.rule(self.user, self.at))
            .select_related(
                "topic__category", "stage", "unit", "assignee", "contact", "district", "report", "municipality"
            )
            .defer("municipality__boundary", "district__boundary")
            .order_by(*tab.order)
        )

    def page(self) -> Page[Case]:
        """The page asked for; beyond the last one the last one. The count comes out of `counts`."""
        paginator = Paginator(self.rows(), PAGE)
        paginator.__dict__["count"] = self.counts()[self.query.tab.slug]
        return paginator.get_page(self.query.page)

    def beside(self, case: Case) -> tuple[list[Case], Case | None]:
        """The rows beside an open case, and the one that comes next in the list (the first one after the last)."""
        start = (self.query.page - 1) * PAGE
        rows = list(self.rows()[start : start + PAGE])
        others = [row for row in rows if row.pk != case.pk]
        at = next((index for index, row in enumerate(rows) if row.pk == case.pk), -1)
        following = rows[at + 1 :] if at >= 0 else others
        return rows, next(iter(following or others), None)
