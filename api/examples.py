"""Examples for the documentation: commands that run on the site they are shown on, and what they answer.

A test runs every command as it stands on the page and compares the shape of the answers.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case
from cases.policy import State
from geo.models import Municipality
from reports.categories import offered
from reports.policy import KIND, PhotoRule, Sort

SOMEWHERE = (8.2304, 51.9612)
PHOTO = "foto.jpg"


@dataclass(frozen=True)
class Example:
    """A command for a terminal and what comes back; "$NUMBER" in it is the number out of the receipt."""

    command: str
    answer: str


def of(request: HttpRequest) -> dict[str, Example]:
    """Examples by the id of their operation, with a municipality, category, place and number that exist here."""
    municipality: Municipality = request.municipality  # type: ignore[attr-defined]
    base = request.build_absolute_uri("/")[:-1] + "/api/v1"
    key, number = str(uuid.uuid4()), _number(municipality)
    new = _new_report(municipality, key)
    report = _feature(municipality, number, base.removesuffix("/api/v1"))
    receipt = _receipt(municipality, number, base.removesuffix("/api/v1"))
    body = _json(new)
    return {
        "categories_list": Example(
            f'curl "{base}/categories/?municipality={municipality.slug}"', _json([_category(new["category"])])
        ),
        "reports_list": Example(
            f'curl "{base}/reports/?municipality={municipality.slug}&status=neu,in-arbeit&limit=10"',
            _json(
                {
                    "type": "FeatureCollection",
                    "features": [report],
                    "next": None,
                    "links": [{"rel": "self", "href": f"{base}/reports/?limit=10"}],
                }
            ),
        ),
        "reports_retrieve": Example(f'curl "{base}/reports/{number}/"', _json({**report, "timeline": [_moment()]})),
        "reports_create": Example(
            f"curl \"{base}/reports/\" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'", _json(receipt)
        ),
        "reports_add_photos": Example(
            f'curl "{base}/reports/$NUMBER/photos/" \\\n  -F client_key={key} \\\n  -F photos=@{PHOTO}', _json(receipt)
        ),
    }


def _json(value: Any) -> str:
    """Indented, but a pair of coordinates on one line."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+([-\d.]+),\s+([-\d.]+)\s+\]", r"[\1, \2]", text)


def _number(municipality: Municipality) -> str:
    """A number that is public here; an invented one as long as there is none."""
    rows = Case.objects.public().filter(kind=KIND, municipality=municipality).order_by("-submitted_at", "-pk")
    return rows.values_list("number", flat=True).first() or f"{municipality.prefix}-2026-000123"


def _new_report(municipality: Municipality, key: str) -> dict[str, Any]:
    """A report that is accepted here: a category without questions, a point inside the boundary."""
    categories = [category for group in offered(municipality, timezone.localdate()) for category in group.categories]
    fitting = (one for one in categories if one.sort == Sort.DEFECT and not one.form_id and not one.redirect_text)
    fitting = (one for one in fitting if one.photo_rule != PhotoRule.REQUIRED)
    category = next(fitting, None)
    inside = municipality.boundary.point_on_surface.coords if municipality.boundary else SOMEWHERE
    report = {
        "client_key": key,
        "municipality": municipality.slug,
        "category": category.topic.slug if category else "schlagloch",
        "point": {"type": "Point", "coordinates": [round(inside[0], 5), round(inside[1], 5)]},
        "text": _("A trial of the interface, there is nothing to be done."),
    }
    return report if municipality.allow_anonymous else {**report, "contact": {"email": "anna@example.org"}}


def _category(slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": _("Pothole"),
        "group": _("Roads and paths"),
        "kind": Sort.DEFECT.value,
        "icon": "pothole",
        "place_required": True,
        "photos": "optional",
        "danger": False,
        "questions": [
            {"slug": "size", "type": "number", "label": _("How wide is it?"), "required": False, "private": False}
        ],
    }


def _picture() -> dict[str, Any]:
    path = "/bilder/Jh0zq3cYbUe4nN9QkT2m1w/"
    sizes = {name: f"{path}{name}.webp" for name in ("small", "medium", "large")}
    return {**sizes, "width": 4032, "height": 3024, "by_staff": False}


def _feature(municipality: Municipality, number: str, site: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": number,
        "geometry": {"type": "Point", "coordinates": list(SOMEWHERE)},
        "properties": {
            "number": number,
            "url": f"{site}/meldungen/{number}/",
            "municipality": municipality.slug,
            "category": "schlagloch",
            "category_name": _("Pothole"),
            "group": _("Roads and paths"),
            "kind": Sort.DEFECT.value,
            "title": _("Pothole, Mühlenstraße 12"),
            "text": _("A deep hole at the right edge of the road."),
            "address": "Mühlenstraße 12",
            "district": "",
            "state": State.OPEN.value,
            "state_label": _("in progress"),
            "state_since": "2026-03-03T09:15:00+01:00",
            "closed": False,
            "submitted_at": "2026-03-02T10:00:00+01:00",
            "changed_at": "2026-03-03T09:15:00+01:00",
            "closed_at": None,
            "expected_on": "2026-03-20",
            "unit": _("Building yard"),
            "reporter": "",
            "supporters": 4,
            "former_number": "",
            "photos": [_picture()],
        },
    }


def _moment() -> dict[str, Any]:
    text = _("We have a look at it this week.")
    return {"at": "2026-03-03T09:15:00+01:00", "state_label": _("in progress"), "text": text, "photos": []}


def _receipt(municipality: Municipality, number: str, site: str) -> dict[str, Any]:
    return {
        "number": number,
        "state": State.NEW.value,
        "url": f"{site}/meldungen/{number}/",
        "own_url": f"{site}/meine/Jh0zq3cYbUe4nN9QkT2m1w/",
        "receipt_url": f"{site}/melden/fertig/Jh0zq3cYbUe4nN9QkT2m1w/",
    }
