"""Services and their definitions: the categories of a municipality and the questions of the form engine."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from api.open311.asking import Problem
from api.open311.formats import Answer
from cases.models import Topic
from forms.services import describe
from geo.localized import localized
from geo.models import Municipality
from reports.categories import Group, offered
from reports.models import Category
from reports.services import current_version

DATATYPES: Final = {
    "text": "string",
    "textarea": "text",
    "email": "string",
    "phone": "string",
    "date": "datetime",
    "integer": "number",
    "decimal": "number",
    "choice": "singlevaluelist",
    "choices": "multivaluelist",
    "yesno": "singlevaluelist",
    "agree": "singlevaluelist",
}
"""Types of the form engine as the standard names them."""


def language() -> str:
    """Of the answer, two letters."""
    return (get_language() or "de")[:2]


def listed(municipality: Municipality) -> Answer:
    """All services: what citizens may report today. What is somebody else's to settle is no service."""
    rows = [
        _service(category, group)
        for group in offered(municipality, timezone.localdate())
        for category in group.categories
        if not category.redirect_text
    ]
    return Answer("services", rows, max_age=60)


def _service(category: Category, group: Group) -> dict[str, Any]:
    name, spoken = localized(category.topic.name), localized(group.topic.name)
    help_text, danger = localized(category.help), localized(category.danger_text) if category.danger else ""
    return {
        "service_code": category.topic.slug,
        "service_name": name,
        "description": " ".join(text for text in (help_text, danger) if text) or name,
        "metadata": category.form_id is not None,
        "type": "realtime",
        "keywords": ", ".join(category.keywords.replace(",", " ").split()),
        "group": spoken,
    }


def definition(municipality: Municipality, code: str) -> Answer:
    """The questions of a service. Raises Problem (404)."""
    for group in offered(municipality, timezone.localdate()):
        for category in group.categories:
            if category.topic.slug == code and not category.redirect_text:
                found = {"service_code": code, "attributes": _attributes(category)}
                return Answer("service_definition", found, max_age=60)
    raise unknown_service(code)


def unknown_service(code: str) -> Problem:
    """404 for a code that is none here."""
    return Problem(404, _("service_code: there is no service “%(code)s” here.") % {"code": code[:80]})


def topics_of(municipality: Municipality, family: list[int], codes: list[str]) -> list[int]:
    """Ids of the topics that have these codes, also of those not offered any more. Raises Problem (404) for none."""
    owners = {*municipality.chain_ids(), *family}
    rows = Topic.objects.filter(Q(category__isnull=False), municipality__in=owners, slug__in=codes)
    found = list(rows.order_by().values_list("pk", flat=True))
    if not found:
        raise unknown_service(codes[0])
    return found


def _attributes(category: Category) -> list[dict[str, Any]]:
    version = current_version(category)
    questions = describe(version.definition, language()) if version is not None else []
    return [_attribute(order, question) for order, question in enumerate(questions, 1)]


def _attribute(order: int, question: dict[str, Any]) -> dict[str, Any]:
    kind = question["type"]
    attribute: dict[str, Any] = {
        "variable": True,
        "code": question["slug"],
        "datatype": DATATYPES[kind],
        # What is asked only after some answers is checked when those were given.
        "required": question["required"] and "when" not in question,
        "datatype_description": _told(question),
        "order": order,
        "description": question["label"],
    }
    if values := _values(question):
        attribute["values"] = values
    return attribute


def _told(question: dict[str, Any]) -> str | None:
    """What helps to answer: the help text, unit and bounds."""
    parts = [question.get("help", ""), question.get("unit", "")]
    for name, words in (("min", _("at least %(n)s")), ("max", _("at most %(n)s"))):
        if name in question:
            parts.append(words % {"n": question[name]})
    return ", ".join(part for part in parts if part) or None


def _values(question: dict[str, Any]) -> list[dict[str, str]]:
    yes, no = pgettext("answer", "Yes"), pgettext("answer", "No")
    if question["type"] == "yesno":
        return [{"key": "yes", "name": yes}, {"key": "no", "name": no}]
    if question["type"] == "agree":
        return [{"key": "yes", "name": yes}]
    return [{"key": one["value"], "name": one["label"]} for one in question.get("options", [])]
