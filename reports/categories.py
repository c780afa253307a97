"""The category tree of a municipality: its own rows over those of its county."""

from __future__ import annotations

from dataclasses import dataclass

from cases import routing
from cases.models import Topic
from geo.models import Municipality
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


def category_of(municipality: Municipality, slug: str) -> Category | None:
    """The category that holds in a municipality under this slug, None if there is none (or it is switched off)."""
    rows = Topic.objects.filter(
        municipality__in=municipality.chain(), slug=slug, category__isnull=False
    ).select_related("category", "parent", "category__form")
    found = routing.inherited(rows, municipality)
    if not found:
        return None
    category = found[0].category
    category.topic = found[0]
    return category
