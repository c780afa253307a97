"""The documentation of the interface as a page of our own.

Swagger UI fails EN 301 549 and ReDoc does not run under our content security policy, so the schema is laid out here.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator


def page(request: HttpRequest) -> HttpResponse:
    """All operations with parameters, bodies and answers, out of the OpenAPI schema."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    operations = [
        _operation(schema, path, method, facts)
        for path, methods in schema["paths"].items()
        for method, facts in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    response = render(
        request,
        "api/docs.html",
        {"operations": operations, "info": schema["info"], "example": json.dumps(EXAMPLE, indent=2)},
    )
    response["Cache-Control"] = "public, max-age=300"
    return response


EXAMPLE = {
    "client_key": "5f0c6a1e-6a0f-4a53-9a44-2f3f0c6d1c11",
    "municipality": "harsewinkel",
    "category": "schlagloch",
    "point": {"type": "Point", "coordinates": [8.2304, 51.9612]},
    "text": "Tiefes Loch am rechten Fahrbahnrand.",
    "contact": {"email": "anna@example.org"},
}


def _operation(schema: dict[str, Any], path: str, method: str, facts: dict[str, Any]) -> dict[str, Any]:
    bodies = facts.get("requestBody", {}).get("content", {})
    return {
        "id": facts["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": facts.get("description", ""),
        "parameters": facts.get("parameters", []),
        "bodies": [{"type": kind, "fields": _fields(schema, body.get("schema", {}))} for kind, body in bodies.items()],
        "answers": [
            {
                "code": code,
                "fields": _fields(schema, _first_schema(answer)),
            }
            for code, answer in sorted(facts.get("responses", {}).items())
        ],
    }


def _first_schema(answer: dict[str, Any]) -> dict[str, Any]:
    for content in answer.get("content", {}).values():
        found: dict[str, Any] = content.get("schema", {})
        return found
    return {}


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    if reference is None and len(part.get("allOf", [])) == 1:
        reference = part["allOf"][0].get("$ref")
    if reference is None:
        return part
    found: dict[str, Any] = schema["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


def _fields(schema: dict[str, Any], part: dict[str, Any], prefix: str = "", depth: int = 0) -> list[dict[str, Any]]:
    """The fields of a schema part as rows (name, type, required, help), nested ones with a dotted name."""
    part = _resolved(schema, part)
    if part.get("type") == "array":
        return _fields(schema, part.get("items", {}), f"{prefix}[]", depth)
    if "oneOf" in part:
        return [row for one in part["oneOf"] for row in _fields(schema, one, prefix, depth)]
    rows: list[dict[str, Any]] = []
    for name, field in part.get("properties", {}).items():
        full = f"{prefix}.{name}".lstrip(".")
        inner = _resolved(schema, field)
        kind = inner.get("type", "object" if "properties" in inner else "JSON")
        rows.append(
            {
                "name": full,
                "type": f"{kind} ({inner['format']})" if isinstance(kind, str) and inner.get("format") else kind,
                "required": name in part.get("required", []),
                "help": field.get("description") or inner.get("description", ""),
            }
        )
        if depth < 3 and (inner.get("properties") or inner.get("type") == "array"):
            rows += _fields(schema, inner, full, depth + 1)
    return rows
