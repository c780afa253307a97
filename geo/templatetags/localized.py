"""`{{ topic.name|localized }}`: the text of the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from geo.localized import localized as pick

register = template.Library()


@register.filter
def localized(value: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """The text of the active (or the named) language, else the German one, else any."""
    return pick(value, language)
