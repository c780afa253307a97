"""`{% proof "meldung" %}` in a form that makes us send mail: nothing, or what the browser solves while one types."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from geo.proof.asking import shown
from geo.proof.policy import Purpose

register = template.Library()


@register.inclusion_tag("geo/proof.html", takes_context=True)
def proof(context: Context, purpose: str) -> dict[str, Any]:
    """Stands inside of the form. The word is one of `geo.proof.policy.Purpose`."""
    return shown(context["request"], Purpose(purpose))
