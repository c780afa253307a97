"""The category tree, questions, stages and text blocks of the demo: written once, given to every town and the county.

Members of the county write none of it: they inherit, and one town overrides one row to show how.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cases.models import Stage, TextBlock, Topic
from forms.models import Form
from forms.services import put_form
from geo.models import Municipality
from portal.demo.data import data, towns
from reports.models import Category


@transaction.atomic
def put_catalogue() -> None:
    """Rows that are missing; what somebody changed meanwhile stays."""
    forms = {slug: _form(slug, questions) for slug, questions in data("questions").items()}
    for row in towns():
        if "parent" in row:
            continue
        town = Municipality.objects.get(slug=row["slug"])
        topics = _topics(town, forms)
        _stages(town)
        _text_blocks(town, topics)
    for slug, rows in data("towns")["overrides"].items():
        town = Municipality.objects.get(slug=slug)
        for row in rows:
            _override(town, row)


def _form(slug: str, questions: dict[str, Any]) -> Form:
    """Shared by all towns, so without a municipality."""
    found = Form.objects.filter(municipality=None, slug=slug).first()
    if found is not None and found.current is not None:
        return found
    definition = {"steps": [{"slug": "angaben", "title": questions["title"], "fields": questions["fields"]}]}
    return put_form(municipality=None, slug=slug, title=questions["title"], definition=definition).form


def _topics(town: Municipality, forms: dict[str, Form]) -> dict[str, Topic]:
    found = {topic.slug: topic for topic in Topic.objects.filter(municipality=town)}
    for position, group in enumerate(data("categories")):
        parent = found.get(group["slug"])
        if parent is None:
            parent = Topic.objects.create(
                municipality=town, slug=group["slug"], name=group["name"], position=position * 100
            )
            found[parent.slug] = parent
        for number, row in enumerate(group["categories"], 1):
            if row["slug"] not in found:
                topic = Topic.objects.create(
                    municipality=town,
                    slug=row["slug"],
                    name=row["name"],
                    parent=parent,
                    position=position * 100 + number,
                    working_days=row.get("days", 10),
                    confidential=row.get("confidential", False),
                )
                Category.objects.create(topic=topic, **_facts(row, forms))
                found[topic.slug] = topic
    return found


def _facts(row: dict[str, Any], forms: dict[str, Form]) -> dict[str, Any]:
    return {
        "sort": row.get("sort", "defect"),
        "icon": row["icon"],
        "help": row.get("help", {}),
        "keywords": row["keywords"],
        "frequent": row.get("frequent", False),
        "danger": "danger" in row,
        "danger_text": row.get("danger", {}),
        "redirect_text": row.get("redirect", {}),
        "form": forms[row["questions"]] if "questions" in row else None,
    }


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


def _stages(town: Municipality) -> None:
    known = set(Stage.objects.filter(municipality=town).values_list("slug", flat=True))
    for position, row in enumerate(data("stages")["stages"]):
        if row["slug"] not in known:
            Stage.objects.create(
                municipality=town,
                slug=row["slug"],
                state=row["state"],
                label=row["label"],
                public_text=row.get("text", {}),
                hides=row.get("hides", False),
                position=position,
            )


def _text_blocks(town: Municipality, topics: dict[str, Topic]) -> None:
    known = set(TextBlock.objects.filter(municipality=town).values_list("slug", flat=True))
    for position, row in enumerate(data("stages")["text_blocks"]):
        if row["slug"] not in known:
            TextBlock.objects.create(
                municipality=town,
                slug=row["slug"],
                state=row["state"],
                topic=topics[row["topic"]] if "topic" in row else None,
                title=row["title"],
                text=row["text"],
                position=position,
            )
