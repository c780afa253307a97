"""The category tree as administrators keep it: what each row is and from whom, and the verbs that change it.

A town may have its own version of each row of its county (`cases.overriding`). A change of a row that is inherited
makes the town's own version first, so that a county's administrator and a town's one never change each other's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import rulelog
from accounts.models import User
from accounts.policy import Permission
from accounts.services import may
from cases import duties
from cases.errors import Denied, Invalid
from cases.models import Case, Topic
from cases.overriding import drop_own, own_copy
from cases.policy import CLOSED
from cases.terms import SHIPPED
from geo.folding import one_line
from geo.localized import localized, validate_localized
from geo.models import Municipality
from reports.categories import tree
from reports.models import Category
from reports.policy import KIND

TOPIC_FIELDS: Final = ("name", "working_days", "confidential", "active")
TERMS: Final = tuple(SHIPPED)
CATEGORY_FIELDS: Final = (
    "sort",
    "icon",
    "help",
    "keywords",
    "frequent",
    "release_at_once",
    "danger",
    "danger_text",
    "redirect_text",
    "photo_rule",
    "staff_only",
    "contact_for_field",
    "season_from",
    "season_until",
)
LONGEST_DAYS: Final = 1000
NAME_MAX: Final = 120
TEXT_MAX: Final = 1000
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Origin(StrEnum):
    """Whose row it is."""

    OWN = "own"
    INHERITED = "inherited"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True)
class Row:
    """A group or a category as it holds in a municipality; `open` counts its open cases there."""

    topic: Topic
    origin: Origin
    open: int = 0

    @property
    def category(self) -> Category:
        """Its details; a group has none."""
        return self.topic.category


@dataclass(frozen=True)
class Group:
    """A group with all its categories in order, also those that are off."""

    row: Row
    rows: list[Row]


# Reading ------------------------------------------------------------------------------------------------------------
def rows_of(municipality: Municipality) -> dict[str, Row]:
    """By slug every group and category that holds in a municipality, on or off, in order. Two queries."""
    depth = {one.pk: index for index, one in enumerate(municipality.chain())}
    topics = Topic.objects.filter(municipality__in=list(depth)).select_related("parent", "category__form")
    chain = {one.pk: one for one in municipality.chain()}
    found: dict[str, list[Topic]] = {}
    for topic in sorted(topics, key=lambda one: depth[one.municipality_id]):
        topic.municipality = chain[topic.municipality_id]
        found.setdefault(topic.slug, []).append(topic)
    counts = _open_cases(municipality)
    rows = {}
    for nearest, *others in sorted(found.values(), key=lambda one: (one[0].position, one[0].slug)):
        origin = Origin.INHERITED if nearest.municipality_id != municipality.pk else Origin.OWN
        if origin is Origin.OWN and others:
            origin = Origin.OVERRIDDEN
        rows[nearest.slug] = Row(nearest, origin, counts.get(nearest.slug, 0))
    return rows


def _open_cases(municipality: Municipality) -> dict[str, int]:
    family = municipality.family_ids()
    cases = Case.objects.filter(kind=KIND, municipality__in=family, part_of=None).exclude(state__in=CLOSED)
    return dict(cases.order_by().values_list("topic__slug").annotate(Count("pk")))


def groups(municipality: Municipality) -> list[Group]:
    """The whole tree, groups without categories too."""
    rows = rows_of(municipality)
    inside: dict[str, list[Row]] = {}
    for row in rows.values():
        if row.topic.parent is not None and hasattr(row.topic, "category"):
            inside.setdefault(row.topic.parent.slug, []).append(row)
    return [Group(row, inside.get(slug, [])) for slug, row in rows.items() if is_group(row.topic)]


def is_group(topic: Topic) -> bool:
    """Whether it is a group of categories."""
    return topic.parent_id is None and not hasattr(topic, "category")


# Changing -----------------------------------------------------------------------------------------------------------
def check_right(by: User, municipality: Municipality) -> None:
    """Raise Denied for somebody who may not set this municipality up."""
    if not may(by, Permission.ADMINISTER, municipality_id=municipality.pk):
        raise Denied


def facts_of(topic: Topic) -> dict[str, Any]:
    """What `save_category` sets, as it is."""
    facts = {name: getattr(topic, name) for name in (*TOPIC_FIELDS, *TERMS)}
    if hasattr(topic, "category"):
        facts |= {name: getattr(topic.category, name) for name in CATEGORY_FIELDS}
    return {**facts, "group": topic.parent.slug if topic.parent else ""}


@transaction.atomic
def save_category(
    *, municipality: Municipality, topic: Topic | None, group: Topic, by: User, facts: Mapping[str, Any]
) -> Topic:
    """Make a category (`topic` None) or change one; returns the municipality's row.

    `facts` may hold TOPIC_FIELDS, CATEGORY_FIELDS and TERMS; what it does not hold stays. An inherited row is left as
    it is where nothing differs, else the municipality gets its own version. Raises ValidationError per field, Denied.
    """
    check_right(by, municipality)
    _lock(municipality)
    before = facts_of(topic) if topic is not None else {}
    wanted = {**before, **_clean(facts), "group": group.slug}
    if topic is not None and wanted == before:
        return topic
    if not is_group(group) or group.municipality_id not in municipality.chain_ids():
        raise ValidationError({"group": [_("Please choose a group.")]})
    if topic is None:
        topic = Topic(municipality=municipality, slug=_free_slug(municipality, wanted.get("name", {})))
        topic.position = _last(municipality, group) + 1
        category = Category(topic=topic)
    else:
        topic = own_copy(topic, municipality)
        category = topic.category
    topic.parent = group
    _set(topic, TOPIC_FIELDS, wanted)
    _set(category, CATEGORY_FIELDS, wanted)
    _check(topic, category)
    topic.save()
    category.topic = topic
    category.save()
    _set_terms(municipality, topic, {name: wanted[name] for name in TERMS if name in wanted})
    _some_left(municipality)
    after = facts_of(topic)
    rulelog.note(
        municipality=municipality,
        actor=by,
        subject="category",
        label=localized(topic.name, "de"),
        before=before,
        after=after,
    )
    return topic


@transaction.atomic
def save_group(*, municipality: Municipality, topic: Topic | None, by: User, facts: Mapping[str, Any]) -> Topic:
    """Make a group or change one: `name`, `active`. Raises ValidationError per field, Denied."""
    check_right(by, municipality)
    _lock(municipality)
    names = ("name", "active")
    before = {name: getattr(topic, name) for name in names} if topic is not None else {}
    wanted = {**before, **{name: value for name, value in _clean(facts).items() if name in names}}
    if topic is not None and wanted == before:
        return topic
    if topic is None:
        topic = Topic(municipality=municipality, slug=_free_slug(municipality, wanted.get("name", {})))
        topic.position = max((row.topic.position for row in rows_of(municipality).values()), default=0) + 100
    else:
        topic = own_copy(topic, municipality)
    _set(topic, names, wanted)
    _text(topic.name, "name", NAME_MAX, needed=True)
    topic.save()
    _some_left(municipality)
    after = {name: getattr(topic, name) for name in names}
    label = localized(topic.name, "de")
    rulelog.note(municipality=municipality, actor=by, subject="category", label=label, before=before, after=after)
    return topic


@transaction.atomic
def go_back(*, municipality: Municipality, topic: Topic, by: User) -> Topic:
    """Give up a municipality's own version; its county's row holds again and is returned. Raises ValidationError."""
    check_right(by, municipality)
    _lock(municipality)
    if topic.municipality_id != municipality.pk:
        raise ValidationError(_("Your county has nothing in its place, so there is nothing to go back to."))
    before, label = facts_of(topic), localized(topic.name, "de")
    county = drop_own(topic)
    _some_left(municipality)
    rulelog.note(
        municipality=municipality, actor=by, subject="category", label=label, before=before, after=facts_of(county)
    )
    return county


@transaction.atomic
def shift(*, municipality: Municipality, topic: Topic, up: bool, by: User) -> list[Topic]:
    """Move a row before or behind its neighbour; returns rows of the county that the town has as its own now.

    Where the moved row alone can find its place, only that one changes. A row at the end stays where it is.
    """
    check_right(by, municipality)
    _lock(municipality)
    order = _beside(municipality, topic)
    here = next(index for index, one in enumerate(order) if one.slug == topic.slug)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return []
    before = [localized(one.name, "de") for one in order]
    order.insert(there, order.pop(here))
    made = []
    for slug, position in _positions(order, there, municipality).items():
        row = next(one for one in order if one.slug == slug)
        own = own_copy(row, municipality)
        if own.pk != row.pk:
            made.append(own)
        Topic.objects.filter(pk=own.pk).update(position=position)
    rulelog.note(
        municipality=municipality,
        actor=by,
        subject="category",
        label=localized(topic.parent.name, "de") if topic.parent else "",
        before={"order": before},
        after={"order": [localized(one.name, "de") for one in order]},
    )
    return made


def _beside(municipality: Municipality, topic: Topic) -> list[Topic]:
    """The rows among which it stands, in order."""
    for group in (found := groups(municipality)):
        if any(row.topic.slug == topic.slug for row in group.rows):
            return [row.topic for row in group.rows]
    return [group.row.topic for group in found]


def _positions(order: list[Topic], moved: int, municipality: Municipality) -> dict[str, int]:
    """New positions by slug that bring rows into this order, as few rows as possible: the moved one alone, the two that
    change places, or all."""
    one = order[moved]
    low = (order[moved - 1].position, order[moved - 1].slug) if moved else (-1, "")
    high = (order[moved + 1].position, order[moved + 1].slug) if moved + 1 < len(order) else (low[0] + 10**6, "")
    for position in (low[0], low[0] + 1, high[0] - 1, high[0]):
        if position >= 0 and low < (position, one.slug) < high:
            return {one.slug: position}
    places = sorted(row.position for row in order)
    if len(set(places)) < len(places):
        places = [places[0] + step for step in range(len(order))]
    return {row.slug: place for row, place in zip(order, places, strict=True) if row.position != place}


def _lock(municipality: Municipality) -> None:
    Municipality.objects.select_for_update().filter(pk=municipality.pk).values_list("pk").first()


def _clean(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without empty languages and blanks around them."""
    cleaned = dict(facts)
    for name, value in facts.items():
        if isinstance(value, Mapping):
            cleaned[name] = {key: text.strip() for key, text in value.items() if text and text.strip()}
        elif isinstance(value, str):
            cleaned[name] = one_line(value)
    return cleaned


def _set(row: Topic | Category, names: tuple[str, ...], wanted: Mapping[str, Any]) -> None:
    for name in names:
        if name in wanted:
            setattr(row, name, wanted[name])


def _check(topic: Topic, category: Category) -> None:
    """Raise ValidationError for all fields together."""
    errors: dict[str, list[str]] = {}

    def told(name: str, check: Callable[[], None]) -> None:
        try:
            check()
        except ValidationError as error:
            errors[name] = error.messages

    told("name", lambda: _text(topic.name, "", NAME_MAX, needed=True))
    told("help", lambda: _text(category.help, "", TEXT_MAX))
    told("danger_text", lambda: _text(category.danger_text, "", TEXT_MAX))
    told("redirect_text", lambda: _text(category.redirect_text, "", TEXT_MAX))
    if not 0 < topic.working_days <= LONGEST_DAYS:
        errors["working_days"] = [_("Please write a number from 1 to %(most)d.") % {"most": LONGEST_DAYS}]
    if topic.confidential and category.release_at_once:
        errors["release_at_once"] = [_("What is confidential is never public.")]
    if bool(category.season_from) != bool(category.season_until):
        errors["season_until"] = [_("A season needs its first and its last day.")]
    try:
        category.clean_fields(exclude=["topic", "help", "danger_text", "redirect_text", "form"])
    except ValidationError as error:
        errors |= {name: texts for name, texts in error.message_dict.items() if name not in errors}
    if errors:
        raise ValidationError(errors)


def _text(value: Any, name: str, longest: int, *, needed: bool = False) -> None:
    """Raise ValidationError (for the field `name`, if one is given) for a text that cannot be taken."""
    try:
        validate_localized(value)
        if needed and not any(value.values()):
            raise ValidationError(_("The German text is missing."))
        if any(len(text) > longest for text in value.values()):
            raise ValidationError(_("Please shorten the text to %(max)d characters.") % {"max": longest})
    except ValidationError as error:
        raise ValidationError({name: error.messages} if name else error.messages) from error


def _set_terms(municipality: Municipality, topic: Topic, days: dict[str, int | None]) -> None:
    if all(getattr(topic, name) == value for name, value in days.items()):
        return
    try:
        duties.set_terms(municipality=municipality, topic=topic, days=days)
    except Invalid as invalid:
        raise ValidationError(invalid.errors) from invalid


def _some_left(municipality: Municipality) -> None:
    if not tree(municipality):
        raise ValidationError(_("At least one category must be on, or nobody can report anything."))


def _last(municipality: Municipality, group: Topic) -> int:
    rows = [row.topic.position for row in rows_of(municipality).values() if _in(row.topic, group)]
    return max([group.position, *rows])


def _in(topic: Topic, group: Topic) -> bool:
    return topic.parent is not None and topic.parent.slug == group.slug


def _free_slug(municipality: Municipality, name: Mapping[str, str]) -> str:
    """A short name that nothing in the municipality, above or below it has."""
    base = slugify(localized(dict(name), "de").translate(_UMLAUTS))[:60].strip("-") or "kategorie"
    around = [*municipality.chain_ids(), *municipality.family_ids()]
    taken = set(Topic.objects.filter(municipality__in=around).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)
