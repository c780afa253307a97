"""What pages say while the emergency mode is on."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from reports.emergency import running

register = template.Library()


@register.inclusion_tag("reports/emergency_notice.html", takes_context=True)
def emergency_notice(context: Context) -> dict[str, Any]:
    """`{% emergency_notice %}`: the notice with its numbers; nothing on other days."""
    municipality = context.get("municipality")
    return {"running": running(municipality) if municipality is not None else None}
