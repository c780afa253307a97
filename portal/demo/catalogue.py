"""The catalogue of the demo: the standard one for every town and the county.

Members of the county write none of it: they inherit, and one town overrides one row to show how.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cases.models import Topic
from geo.models import Municipality
from portal.demo.data import data, towns
from reports.standard import catalogue


@transaction.atomic
def put_catalogue() -> None:
    """Rows that are missing; what somebody changed meanwhile stays."""
    for row in towns():
        if "parent" not in row:
            catalogue.put_catalogue(Municipality.objects.get(slug=row["slug"]))
    for slug, rows in data("towns")["overrides"].items():
        town = Municipality.objects.get(slug=slug)
        for row in rows:
            _override(town, row)


def _override(town: Municipality, row: dict[str, Any]) -> None:
    """A town's own row over the county's: the same slug, other words or days."""
    if Topic.objects.filter(municipality=town, slug=row["slug"]).exists() or town.parent is None:
        return
    above = Topic.objects.select_related("category", "parent").get(municipality=town.parent, slug=row["slug"])
    topic = Topic.objects.create(
        municipality=town,
        slug=above.slug,
        name=row["name"],
        parent=above.parent,
        position=above.position,
        working_days=row["days"],
        confidential=above.confidential,
    )
    category = above.category
    category.pk, category.topic = None, topic
    category.save(force_insert=True)
