"""Gives a municipality the standard category tree, its questions, stages and text blocks.

Only rows that are missing are made, so a second call changes nothing and what somebody changed meanwhile stays. A
municipality below a county that has them needs none of its own: it inherits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from cases.models import Stage, TextBlock, Topic
from cases.ordering import ROOM
from cases.policy import WaitsFor
from forms.models import Form
from forms.services import put_form
from geo.models import Municipality
from reports.models import Category

FOLDER = Path(__file__).resolve().parent


@cache
def data(name: str) -> Any:
    """The content of `<name>.yml` (categories, questions, stages); do not change what you get."""
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))


def inherits(municipality: Municipality) -> bool:
    """Whether a county above has a category tree to inherit."""
    above = [one.pk for one in municipality.chain()[1:]]
    return bool(above) and Category.objects.filter(topic__municipality__in=above).exists()


@transaction.atomic
def put_catalogue(municipality: Municipality) -> int:
    """Categories, stages and text blocks that are missing; returns how many rows were made."""
    forms = {slug: _form(slug, questions) for slug, questions in data("questions").items()}
    topics, made = _topics(municipality, forms)
    return made + _stages(municipality) + _text_blocks(municipality, topics)


@transaction.atomic
def put_category(municipality: Municipality, slug: str) -> Category:
    """The standard category `slug` that holds in the municipality, made where there is none.

    Also one that is switched off: what the law demands does not depend on the tree.
    """
    chain = municipality.chain()
    rows = Topic.objects.filter(municipality__in=chain, slug=slug, category__isnull=False).select_related("category")
    known = {topic.municipality_id: topic for topic in rows}
    for one in chain:
        if one.pk in known:
            return known[one.pk].category
    group, row = next(
        (group, row) for group in data("categories") for row in group["categories"] if row["slug"] == slug
    )
    parent, _new = Topic.objects.get_or_create(
        municipality=chain[-1], slug=group["slug"], defaults={"name": group["name"], "position": 9_000}
    )
    topic = Topic.objects.create(
        municipality=chain[-1],
        slug=slug,
        name=row["name"],
        parent=parent,
        position=9_999,
        working_days=row.get("days", 10),
        confidential=row.get("confidential", False),
    )
    return Category.objects.create(topic=topic, **_facts(row, {}))


def _form(slug: str, questions: dict[str, Any]) -> Form:
    """Shared by all municipalities, so without one."""
    found = Form.objects.filter(municipality=None, slug=slug).first()
    if found is not None and found.current is not None:
        return found
    definition = {"steps": [{"slug": "angaben", "title": questions["title"], "fields": questions["fields"]}]}
    return put_form(municipality=None, slug=slug, title=questions["title"], definition=definition).form


def _topics(municipality: Municipality, forms: dict[str, Form]) -> tuple[dict[str, Topic], int]:
    found, made = {topic.slug: topic for topic in Topic.objects.filter(municipality=municipality)}, 0
    for position, group in enumerate(data("categories")):
        parent = found.get(group["slug"])
        if parent is None:
            parent = Topic.objects.create(
                municipality=municipality, slug=group["slug"], name=group["name"], position=position * 100
            )
            found[parent.slug], made = parent, made + 1
        for number, row in enumerate(group["categories"], 1):
            if row["slug"] not in found:
                topic = Topic.objects.create(
                    municipality=municipality,
                    slug=row["slug"],
                    name=row["name"],
                    parent=parent,
                    position=position * 100 + number,
                    working_days=row.get("days", 10),
                    confidential=row.get("confidential", False),
                )
                Category.objects.create(topic=topic, **_facts(row, forms))
                found[topic.slug], made = topic, made + 1
    return found, made


def _facts(row: dict[str, Any], forms: dict[str, Form]) -> dict[str, Any]:
    season_from, season_until = row.get("season", ("", ""))
    return {
        "sort": row.get("sort", "defect"),
        "icon": row["icon"],
        "help": row.get("help", {}),
        "keywords": row["keywords"],
        "frequent": row.get("frequent", False),
        "danger": "danger" in row,
        "danger_text": row.get("danger", {}),
        "redirect_text": row.get("redirect", {}),
        "season_from": season_from,
        "season_until": season_until,
        "form": forms[row["questions"]] if "questions" in row else None,
    }


def _stages(municipality: Municipality) -> int:
    known = set(Stage.objects.filter(municipality=municipality).values_list("slug", flat=True))
    rows = [
        Stage(
            municipality=municipality,
            slug=row["slug"],
            state=row["state"],
            label=row["label"],
            public_text=row.get("text", {}),
            hides=row.get("hides", False),
            waits_for=row.get("waits_for", WaitsFor.OTHERS.value),
            means=row.get("means", ""),
            position=(position + 1) * ROOM,
        )
        for position, row in enumerate(data("stages")["stages"])
        if row["slug"] not in known
    ]
    return len(Stage.objects.bulk_create(rows))


def _text_blocks(municipality: Municipality, topics: dict[str, Topic]) -> int:
    known = set(TextBlock.objects.filter(municipality=municipality).values_list("slug", flat=True))
    rows = [
        TextBlock(
            municipality=municipality,
            slug=row["slug"],
            state=row["state"],
            topic=topics[row["topic"]] if "topic" in row else None,
            title=row["title"],
            text=row["text"],
            position=(position + 1) * ROOM,
        )
        for position, row in enumerate(data("stages")["text_blocks"])
        if row["slug"] not in known
    ]
    return len(TextBlock.objects.bulk_create(rows))
