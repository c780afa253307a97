"""JSON from strangers: what is nested without end is told, not tried."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

DEPTH_MAX = 20
"""Levels of a body. A report has four."""


def too_deep(value: Any) -> bool:
    """Whether lists and objects lie in each other deeper than DEPTH_MAX."""
    level = [value]
    for _depth in range(DEPTH_MAX + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def loads(text: str) -> Any:
    """JSON out of a form's field; ValueError for what is none, is nested too deeply, or says NaN."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if too_deep(value):
        raise ValueError("nested too deeply")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _why(error: BaseException | None) -> str:
    """What is wrong with a text that is no JSON, with the place where it is known."""
    if isinstance(error, json.JSONDecodeError):
        return _("This is not valid JSON (line %(line)d, column %(column)d).") % {
            "line": error.lineno,
            "column": error.colno,
        }
    return _("This is not valid JSON.")


class ShallowJSONParser(JSONParser):
    """The parser of JSON bodies. Raises ParseError (400)."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value of the body."""
        try:
            value: Any = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply."))
        except ParseError as error:
            raise ParseError(_why(error.__context__))
        if too_deep(value):
            raise ParseError(_("The JSON is nested too deeply."))
        return value


class FormDataParser(MultiPartParser):
    """The parser of multipart bodies. Raises ParseError (400) in the reader's language."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Fields and files of the body."""
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            raise ParseError(_("This is not a valid multipart body."))
