"""The rules of a municipality as one document.

Own rows alone: what a county says holds for its towns without being written down twice. Rows are named by their slugs;
"^slug" means a unit of the county. People, cases, passwords, hosts and addresses of mail servers stay where they are.
"""

from __future__ import annotations

import json
from typing import Any, Final

from django.db import models

from accounts.models import Unit
from cases.models import Responsibility, Stage, TextBlock, Topic
from forms.models import Form
from geo.models import Municipality
from moderation.transfer.plain import plain
from pages.models import Page, Statement
from reports.models import Category, Emergency

FORMAT: Final = "anliegen-rules"
VERSION: Final = 1
ABOVE: Final = "^"
SETTINGS: Final = (
    *("first_answer_days", "allow_anonymous", "proof_of_work", "working_days", "closed_days", "texts", "patience"),
    *("original_days", "contact_days", "photo_days", "case_days", "idea_goal", "idea_days", "phone_on_call"),
)
"""Columns of the municipality that are rules; its name, host, look and ways of mail belong to the machine."""
OF_TOPIC: Final = frozenset({"topic"})
Document = dict[str, Any]


def document(municipality: Municipality) -> Document:
    """Everything, in an order that does not depend on the database."""
    town = Municipality.objects.get(pk=municipality.pk)

    def named(key: models.ForeignKey[Any, Any], other: Any) -> str | None:
        if other is None:
            return None
        foreign = isinstance(other, Unit) and other.municipality_id != town.pk
        return f"{ABOVE if foreign else ''}{other.slug}"

    def rows(model: type[models.Model], *order: str) -> list[dict[str, Any]]:
        found = model._default_manager.filter(municipality=town)
        return [plain(row, named) for row in found.order_by(*order)]

    topics = Topic.objects.filter(municipality=town).select_related("parent", "category__form").order_by("slug")
    return {
        "format": FORMAT,
        "version": VERSION,
        "municipality": town.slug,
        "settings": {name: getattr(town, name) for name in SETTINGS},
        "units": rows(Unit, "slug"),
        "forms": _forms(town),
        "topics": [
            plain(topic, named)
            | {"category": plain(topic.category, named, OF_TOPIC) if hasattr(topic, "category") else None}
            for topic in topics
        ],
        "stages": rows(Stage, "slug"),
        "text_blocks": rows(TextBlock, "slug"),
        "emergencies": rows(Emergency, "slug"),
        "responsibilities": sorted(rows(Responsibility, "pk"), key=lambda row: json.dumps(row, sort_keys=True)),
        "pages": {page.key: page.text for page in Page.objects.filter(municipality=town).order_by("key")},
        "statement": next((plain(row, named) for row in Statement.objects.filter(municipality=town)), None),
    }


def _forms(town: Municipality) -> list[dict[str, Any]]:
    """The questions that own categories ask, also those that all municipalities share; and own ones beside them."""
    used = Category.objects.filter(topic__municipality=town).values("form")
    found: dict[str, dict[str, Any]] = {}
    for form in Form.objects.filter(models.Q(municipality=town) | models.Q(pk__in=used)).order_by("municipality_id"):
        if (current := form.current) is not None:
            found.setdefault(form.slug, {"slug": form.slug, "title": form.title, "definition": current.definition})
    return [found[slug] for slug in sorted(found)]


def written(town: Municipality) -> str:
    """The file: JSON that a person can read and compare."""
    return json.dumps(document(town), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
