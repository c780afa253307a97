"""What the filters of the work list offer, and the words of what is chosen.

Only what the person's own cases have is offered, so nothing of a foreign case shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit, User
from accounts.services import memberships
from cases.models import STATES, Stage, Topic
from cases.policy import FACTS, State
from geo.localized import localized
from geo.models import District
from moderation.access import listed_for
from moderation.worklist.query import ME, NO_DISTRICT, NO_UNIT, NOBODY, Query
from moderation.worklist.tabs import NEVER, SORTS

Option = tuple[str, str]
SOURCES: dict[str, Any] = {
    "web": gettext_lazy("Web pages"),
    "api": gettext_lazy("Interface"),
    "phone": gettext_lazy("Telephone"),
    "mail": gettext_lazy("E-mail"),
    "letter": gettext_lazy("Letter"),
    "counter": gettext_lazy("At the counter"),
    "import": gettext_lazy("Import"),
}
DATED_WORDS = {
    "": gettext_lazy("Handed in"),
    "erledigt": gettext_lazy("Closed"),
    "antwort": gettext_lazy("First answer"),
    "rueckmeldung": gettext_lazy("Reporter said whether it is settled"),
}
ANSWER_WORDS = {"nein": gettext_lazy("not answered yet"), "ja": gettext_lazy("answered")}
SAID_WORDS = {"geloest": gettext_lazy("reporter: is settled"), "nochda": gettext_lazy("reporter: is still there")}
PRIORITY_WORDS = {"hoch": gettext_lazy("high"), "normal": gettext_lazy("normal"), "niedrig": gettext_lazy("low")}


@dataclass(frozen=True)
class Offered:
    """(value, words) of each choice that the person's cases have."""

    units: list[Option] = field(default_factory=list)
    people: list[Option] = field(default_factory=list)
    districts: list[Option] = field(default_factory=list)
    stages: list[Option] = field(default_factory=list)
    sharing: list[Option] = field(default_factory=list)
    """Units that a saved view may be shared with."""
    topics: list[Topic] = field(default_factory=list)
    """Topics in the order of the tree, with id, slug, name and parent (its name) and nothing else."""


def _used(user: User, parts: Sequence[Q], column: str) -> Q:
    """Of a row that cases name in a column: some case of the person does. Looked up part by part, row by row."""
    cases = listed_for(user).order_by()
    found = NEVER
    for part in parts:
        found |= Q(Exists(cases.filter(part, **{column: OuterRef("pk")})))
    return found


def offered(user: User, parts: Sequence[Q]) -> Offered:
    """Units, people, districts, stages and topics of the cases that the person sees; one query.

    `parts`: of worklist.sight.
    """

    def rows(of: QuerySet[Any], kind: str, key: str, name: Any, value: Any = "pk") -> QuerySet[Any]:
        used = _used(user, parts, key) if key else Q()
        found: QuerySet[Any] = (
            of.filter(used)
            .order_by()
            .annotate(kind=Value(kind, CharField()), value=Cast(value, TextField()), words=Cast(name, TextField()))
            .values_list("kind", "value", "words")
        )
        return found

    found: dict[str, dict[str, str]] = {"unit": {}, "person": {}, "district": {}, "stage": {}, "share": {}, "topic": {}}
    people = Q(name="")
    together = rows(Unit.objects.all(), "unit", "unit_id", "name").union(
        rows(User.objects.exclude(people), "person", "assignee_id", "name"),
        rows(User.objects.filter(people), "person", "assignee_id", "email"),
        rows(District.objects.all(), "district", "district_id", "name"),
        rows(Stage.objects.all(), "stage", "stage_id", F("label"), "slug"),
        rows(shareable(user), "share", "", "name"),
        rows(Topic.objects.all(), "topic", "topic_id", _TOPIC),
        all=True,
    )
    for kind, value, words in together:
        found[kind].setdefault(value, localized(_json(words)) if kind == "stage" else words)
    ordered = {kind: sorted(values.items(), key=lambda one: one[1].casefold()) for kind, values in found.items()}
    tree = _tree(found["topic"].items())
    return Offered(
        ordered["unit"], ordered["person"], ordered["district"], ordered["stage"], ordered["share"], topics=tree
    )


_LINE = Value("\n", TextField())
_TOPIC = Concat(
    Coalesce(Cast("parent__position", TextField()), Value("-1", TextField())),
    _LINE,
    Coalesce(Cast("parent__name", TextField()), Value("{}", TextField())),
    _LINE,
    Cast("position", TextField()),
    _LINE,
    Cast("slug", TextField()),
    _LINE,
    Cast("name", TextField()),
    output_field=TextField(),
)
"""What the tree of topics needs of one, in lines; JSON holds no line break."""


def _tree(rows: Iterable[tuple[str, str]]) -> list[Topic]:
    """Topics out of (id, lines of _TOPIC), in the order of the tree."""
    found = []
    for pk, lines in rows:
        group_position, group_name, position, slug, name = lines.split("\n")
        group = Topic(name=_json(group_name)) if int(group_position) >= 0 else None
        topic = Topic(pk=int(pk), slug=slug, name=_json(name), parent=group, position=int(position))
        group_words = localized(group.name) if group else ""
        found.append((int(group_position), group_words, int(position), localized(topic.name), topic))
    return [row[-1] for row in sorted(found, key=lambda row: row[:-1])]


def shareable(user: User) -> QuerySet[Unit]:
    """The units somebody may share a view with: their own, or all of the municipality they look after."""
    units = [one.unit_id for one in memberships(user) if one.unit_id is not None]
    towns = [one.municipality_id for one in memberships(user) if one.unit_id is None]
    return Unit.objects.filter(Q(pk__in=units) | Q(municipality_id__in=towns), active=True)


def _json(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text


def categories(rows: Iterable[Topic]) -> list[tuple[str, list[Option]]]:
    """(group, [(slug, name)]) for the filter, each slug once."""
    groups: dict[str, dict[str, str]] = {}
    for topic in rows:
        group = localized(topic.parent.name) if topic.parent else ""
        groups.setdefault(group, {})[topic.slug] = localized(topic.name)
    return [(group, list(choices.items())) for group, choices in groups.items()]


def states(query: Query) -> list[tuple[str, str, str, bool]]:
    """(value, word, look, whether it is asked for) of each state."""
    return [(value, str(label), FACTS[State(value)].look, value in query.states) for value, label in STATES]


@dataclass(frozen=True)
class Chip:
    """One filter that is set: its words, and the address without it."""

    words: str
    url: str


def chips(query: Query, choice: Offered, rows: Iterable[Topic]) -> list[Chip]:
    """Every filter that is set, in the order of the form."""
    found: list[Chip] = []

    def add(name: str, words: str, rest: Any = "") -> None:
        found.append(Chip(words, query.address(**{name: rest, "seite": ""})))

    if query.q:
        add("q", _("“%(words)s”") % {"words": query.q})
    for value, label in STATES:
        if value in query.states:
            add("status", str(label), tuple(one for one in query.states if one != value))
    unit_words = {NO_UNIT: _("without a unit"), **dict(choice.units)}
    person_words = {ME: _("mine alone"), NOBODY: _("without a person"), **dict(choice.people)}
    for name, value, words in (
        ("kategorie", query.category, {topic.slug: localized(topic.name) for topic in rows}),
        ("stelle", query.unit, unit_words),
        ("stufe", query.stage, dict(choice.stages)),
        ("person", query.person, person_words),
        ("stadtteil", query.district, {NO_DISTRICT: _("without a district"), **dict(choice.districts)}),
        ("quelle", query.source, SOURCES),
        ("antwort", query.answer, ANSWER_WORDS),
        ("rueckmeldung", query.said, SAID_WORDS),
    ):
        if value:
            add(name, str(words.get(value, value)))
    if query.bbox:
        add("bbox", _("section of the map"))
    if query.area:
        add("flaeche", _("drawn area"))
    if query.cell:
        add("feld", _("field of the map"))
    if query.whole:
        add("teile", _("without internal parts"))
    if query.dated:
        add("zeit", _("day: %(word)s") % {"word": DATED_WORDS[query.dated]})
    if query.since:
        add("von", _("from %(day)s") % {"day": f"{query.since:%d.%m.%Y}"})
    if query.until:
        add("bis", _("until %(day)s") % {"day": f"{query.until:%d.%m.%Y}"})
    if query.priority:
        add("prio", _("priority: %(word)s") % {"word": PRIORITY_WORDS[query.priority]})
    if query.overdue:
        add("faellig", _("overdue"))
    if query.photo:
        add("foto", _("with photo"))
    if query.supported:
        add("unterstuetzt", _("supported by %(n)d or more") % {"n": query.supported})
    return found


def sort_choices() -> list[Option]:
    """Orders to choose from; "" is the order of the list itself."""
    return [("", _("as the list needs it")), *((slug, str(label)) for slug, (label, _order) in SORTS.items())]
