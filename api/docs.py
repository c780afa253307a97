"""The documentation of the interface as a page of our own, laid out from the OpenAPI schema.

Swagger UI fails EN 301 549 and ReDoc does not run under our content security policy. Operations come first, each with
an example that runs on this very site; the shapes they share stand once below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from drf_spectacular.generators import SchemaGenerator

from api import examples
from api.described import PROBLEMS
from reports.throttle import SENDS_PER_ADDRESS

METHODS = ("get", "post", "put", "patch", "delete")
Part = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One field or parameter."""

    name: str
    kind: str
    shape: str
    """Name of the shape it links to, "" for none."""
    required: bool
    meaning: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """An object that is read or written."""

    name: str
    meaning: str
    rows: list[Row]
    asked: bool
    """Written by clients: then it matters which fields are required."""


@dataclass(frozen=True)
class Answer:
    """What may come back."""

    code: str
    meaning: str
    shapes: list[str]
    many: bool


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    title: str
    meaning: str
    parameters: list[Row]
    bodies: list[tuple[str, str, list[Row]]]
    """Media type, and either the name of a shape or rows."""
    answers: list[Answer]
    errors: list[str]


@dataclass(frozen=True)
class Layout:
    """The whole page but its examples."""

    operations: list[Operation] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)


def page(request: HttpRequest) -> HttpResponse:
    """All operations with parameters, bodies, answers and an example; then the shapes and the errors."""
    layout = laid_out((get_language() or settings.LANGUAGE_CODE)[:2])
    shown = examples.of(request)
    context = {
        "operations": [(operation, shown.get(operation.id)) for operation in layout.operations],
        "shapes": layout.shapes,
        "problems": PROBLEMS.items(),
        "open311": request.build_absolute_uri("/open311/v2/"),
        "base": request.build_absolute_uri("/api/v1/"),
        "per_hour": SENDS_PER_ADDRESS,
    }
    response = render(request, "api/docs.html", context)
    response["Cache-Control"] = "no-store"  # each reader gets a key of their own
    return response


@lru_cache(maxsize=8)
def laid_out(language: str) -> Layout:
    """The schema as a page has it, in the active language (which is `language`; it only names what is kept)."""
    schema: Part = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    reader = _Reader(schema)
    operations = [
        reader.operation(path, method, facts)
        for path, methods in schema["paths"].items()
        for method, facts in methods.items()
        if method in METHODS
    ]
    return Layout(operations, reader.shapes())


class _Reader:
    """Reads a schema and notes which shapes it met."""

    def __init__(self, schema: Part) -> None:
        self._components: dict[str, Part] = schema["components"]["schemas"]
        self._met: dict[str, bool] = {}

    def operation(self, path: str, method: str, facts: Part) -> Operation:
        """One operation."""
        bodies = []
        for media, content in facts.get("requestBody", {}).get("content", {}).items():
            part = content.get("schema", {})
            shape = self._shape_of(part, asked=True)
            bodies.append((media, shape, [] if shape else list(self._rows(part, asked=True))))
        answers = [self._answer(code, answer) for code, answer in sorted(facts.get("responses", {}).items())]
        return Operation(
            id=facts["operationId"],
            method=method.upper(),
            path=path,
            title=facts.get("summary", path),
            meaning=facts.get("description", ""),
            parameters=[self._parameter(one) for one in facts.get("parameters", [])],
            bodies=bodies,
            answers=[answer for answer in answers if answer.code < "400"],
            errors=[answer.code for answer in answers if answer.code >= "400"],
        )

    def shapes(self) -> list[Shape]:
        """Every shape that was met, in that order, with those that only they name."""
        found: dict[str, Shape] = {}
        while missing := [name for name in self._met if name not in found]:
            for name in missing:
                part, asked = self._components[name], self._met[name]
                found[name] = Shape(name, part.get("description", ""), list(self._rows(part, asked=asked)), asked)
        return list(found.values())

    def _answer(self, code: str, answer: Part) -> Answer:
        part: Part = next((content.get("schema", {}) for content in answer.get("content", {}).values()), {})
        many = part.get("type") == "array"
        part = part.get("items", {}) if many else part
        name = _reference(part)
        options = self._components[name].get("oneOf", [part]) if name else []
        shapes = [self._shape_of(option) for option in options]
        return Answer(code, answer.get("description", ""), [shape for shape in shapes if shape], many)

    def _parameter(self, parameter: Part) -> Row:
        schema = parameter.get("schema", {})
        place = pgettext("type of a field", "in the address") if parameter["in"] == "path" else self._kind(schema)[0]
        return Row(parameter["name"], place, "", bool(parameter.get("required")), parameter.get("description", ""))

    def _shape_of(self, part: Part, *, asked: bool = False) -> str:
        """The name of the shape that a part refers to, "" if it refers to none."""
        name = _reference(part)
        if name:
            self._met[name] = self._met.get(name, False) or asked
        return name

    def _rows(self, part: Part, *, asked: bool, prefix: str = "") -> Iterator[Row]:
        for name, one in part.get("properties", {}).items():
            kind, shape = self._kind(one, asked=asked)
            meaning = one.get("description", "") or (self._components[shape].get("description", "") if shape else "")
            required = asked and name in part.get("required", [])
            yield Row(f"{prefix}{name}", kind, shape, required, meaning, tuple(map(str, one.get("enum", []))))
            if not shape:
                yield from self._rows(one, asked=asked, prefix=f"{prefix}{name}.")

    def _kind(self, part: Part, *, asked: bool = False) -> tuple[str, str]:
        """The type of a field in words, and the shape it is one (or a list) of."""
        shape = self._shape_of(part, asked=asked)
        if part.get("type") == "array":
            items, shape = self._kind(part.get("items", {}), asked=asked)
            words = pgettext("type of a field", "list (%(what)s)") % {"what": shape or items}
        else:
            words = shape or _words_of(part)
        return (
            pgettext("type of a field", "%(what)s or null") % {"what": words} if part.get("nullable") else words
        ), shape


def _words_of(part: Part) -> str:
    words = {
        "date-time": pgettext("type of a field", "time (ISO 8601)"),
        "date": pgettext("type of a field", "day (ISO 8601)"),
        "uuid": "UUID",
        "binary": pgettext("type of a field", "file"),
        "string": pgettext("type of a field", "text"),
        "integer": pgettext("type of a field", "whole number"),
        "number": pgettext("type of a field", "number"),
        "boolean": "true / false",
        "object": pgettext("type of a field", "object"),
    }
    return words.get(part.get("format", "")) or words.get(part.get("type", ""), "JSON")


def _reference(part: Part) -> str:
    only = part.get("allOf", [])
    reference = part.get("$ref") or (only[0].get("$ref", "") if len(only) == 1 else "")
    return str(reference).rpartition("/")[2]
