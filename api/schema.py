"""The last touch on the schema: words that were kept lazy are said in the language of the request."""

from __future__ import annotations

from typing import Any

from django.utils.encoding import force_str
from django.utils.functional import Promise


def spoken(result: dict[str, Any], generator: Any, request: Any, public: bool) -> Any:
    """The schema without lazy texts (a hook of drf-spectacular)."""
    return _said(result)


def _said(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _said(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_said(value) for value in part]
    return force_str(part) if isinstance(part, Promise) else part
