"""The category tree of a municipality: its own rows over those of its county."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import routing
from cases.models import Topic
from geo.models import Municipality
from outbox.kept import kept
from reports.emergency import running
from reports.models import Category


@dataclass(frozen=True)
class Group:
    """A group of the tree with its categories, in order."""

    topic: Topic
    categories: list[Category]


def tree(municipality: Municipality) -> list[Group]:
    """Groups with at least one category, in order. Two queries, however large the tree."""
    rows = Topic.objects.filter(municipality__in=municipality.chain()).select_related("parent", "category__form")
    topics = routing.inherited(rows, municipality)
    by_group: dict[str, list[Category]] = {}
    for topic in topics:
        if topic.parent is not None and hasattr(topic, "category"):
            topic.category.topic = topic
            by_group.setdefault(topic.parent.slug, []).append(topic.category)
    return [Group(topic, by_group[topic.slug]) for topic in topics if topic.slug in by_group]


def offered(municipality: Municipality, day: date) -> list[Group]:
    """What citizens may choose on a day: the tree without what is for staff only or out of season; in an emergency the
    categories prepared for it, as long as there are any."""
    every = tree(municipality)
    if (special := running(municipality)) is not None and (chosen := only(every, special.topics)):
        return chosen
    groups = [Group(group.topic, [one for one in group.categories if one.offered(day)]) for group in every]
    return [group for group in groups if group.categories]


def only(groups: list[Group], slugs: Collection[str]) -> list[Group]:
    """The groups with these categories alone."""
    found = [Group(group.topic, [one for one in group.categories if one.topic.slug in slugs]) for group in groups]
    return [group for group in found if group.categories]


def category_of(municipality: Municipality, slug: str) -> Category | None:
    """The category that holds in a municipality under this slug, None if there is none (or it or its group is
    switched off). One query, none where it is kept (see outbox.kept)."""
    of_all = kept(("categories", *municipality.chain_ids()), dict[str, Category])
    if slug in of_all:
        found = copy.copy(of_all[slug])
        found.topic = copy.copy(found.topic)
        return found
    category = _category_of(municipality, slug)
    if category is not None:
        of_all[slug] = category
    return category


def _category_of(municipality: Municipality, slug: str) -> Category | None:
    chain = municipality.chain()
    groups = Topic.objects.filter(municipality__in=chain, slug=slug, parent__isnull=False).values("parent__slug")
    rows = Topic.objects.filter(
        Q(slug=slug, category__isnull=False) | Q(slug__in=groups, parent=None), municipality__in=chain
    ).select_related("category", "parent", "category__form")
    found = {topic.slug: topic for topic in routing.inherited(rows, municipality)}
    topic = found.get(slug)
    if topic is None or not hasattr(topic, "category"):
        return None
    if topic.parent is not None and topic.parent.slug not in found:
        return None
    category = topic.category
    category.topic = topic
    return category


def offered_category(municipality: Municipality, slug: str, day: date) -> Category | None:
    """The category under this slug if citizens may choose it on this day, else None."""
    category = category_of(municipality, slug)
    if category is None:
        return None
    if (special := running(municipality)) is not None and only(tree(municipality), special.topics):
        return category if slug in special.topics else None
    return category if category.offered(day) else None


def why_not(category: Category, day: date, municipality: Municipality) -> str:
    """Why a citizen's report of a category is not taken on this day, in words; "" if it is. In an emergency everything
    is that is prepared for it; what somebody had begun to write before is taken as ever."""
    special = running(municipality)
    if special is not None and category.topic.slug in special.topics:
        return ""
    if category.staff_only:
        return _("Reports of this kind are not taken here. Please choose another category.")
    if not category.in_season(day):
        return _("“%(category)s” can be reported from %(first)s to %(last)s only. Please choose another category.") % {
            "category": category.topic,
            "first": day_of_year(category.season_from),
            "last": day_of_year(category.season_until),
        }
    return ""


def day_of_year(written: str) -> str:
    """ "05-01" as people say it: "1. Mai"; "" for ""."""
    if not written:
        return ""
    month, _dash, day = written.partition("-")
    return date_format(date(2000, int(month), int(day)), "MONTH_DAY_FORMAT")
