"""What stands beside a case about other cases: likely duplicates, merged ones, parts, outside bodies."""

from __future__ import annotations

from typing import Any

from django import template

from moderation.access import seen_by
from moderation.case.page import CasePage

register = template.Library()


@register.inclusion_tag("moderation/parts/together.html")
def together(view: CasePage) -> dict[str, Any]:
    """`{% together view %}`; five queries."""
    case, seen = view.case, seen_by(view.user)
    duplicates = seen.filter(duplicate_of=case).select_related("topic", "stage").order_by("pk")
    return {
        "case": case,
        "query_string": view.query.address(),
        "original": seen.filter(pk=case.duplicate_of_id).first() if case.duplicate_of_id else None,
        "duplicates": list(duplicates[:20]),
        "main": seen.filter(pk=case.part_of_id).first() if case.part_of_id else None,
        "parts": list(seen.filter(part_of=case).select_related("topic", "stage", "unit").order_by("pk")),
        "forward": case.forwards.order_by("-pk").first(),
        "similar": view.similar,
    }
