"""A row as plain JSON and back: every column, other rows by their slug.

What stands in a table but in no file: numbers of rows, the municipality, and what is made by running (LEFT_OUT). A new
column comes along by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.hours import check as check_hours
from geo.localized import validate_localized

Named = Callable[[models.ForeignKey[Any, Any], Any], str | None]
"""How a row names another: (key, the other row or None) → slug."""
Found = Callable[[models.ForeignKey[Any, Any], str], Any]
"""The other way: (key, slug) → row; raises ValidationError where there is none."""

LEFT_OUT: Final = frozenset(
    {"municipality", "topic_of", "digest_at", "changed_at", "changed_by", "begun_by", "begun_at", "until"}
)
DIGITS: Final = 7
"""Of a coordinate: a centimetre, and the same however often it went through a database."""


def fields_of(model: type[models.Model], without: frozenset[str] = frozenset()) -> list[models.Field[Any, Any]]:
    """The columns that belong into a file, in the order of the model."""
    return [
        field for field in model._meta.concrete_fields if not field.primary_key and field.name not in LEFT_OUT | without
    ]


def plain(row: models.Model, named: Named, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The values of a row as JSON holds them."""
    found: dict[str, Any] = {}
    for field in fields_of(type(row), without):
        if isinstance(field, models.ForeignKey):
            found[field.name] = named(field, getattr(row, field.name))
            continue
        value = getattr(row, field.attname)
        if isinstance(value, GEOSGeometry):
            value = _rounded(json.loads(value.geojson))
        elif isinstance(value, datetime | date):
            value = value.isoformat()
        found[field.name] = value
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return value


def fill(row: models.Model, values: Mapping[str, Any], found: Found, without: frozenset[str] = frozenset()) -> None:
    """Set a row's columns from a file; what the file does not name begins as the model has it.

    Raises ValidationError for columns nobody knows, values that do not fit, and names of rows that are not there.
    """
    fields = {field.name: field for field in fields_of(type(row), without)}
    if unknown := sorted(set(values) - set(fields)):
        raise ValidationError(
            _("Nobody here knows “%(name)s”: is the file from a newer version?") % {"name": unknown[0]}
        )
    for name, field in fields.items():
        if isinstance(field, models.ForeignKey):
            slug = values.get(name)
            setattr(row, name, found(field, str(slug)) if slug else None)
        elif name not in values:
            setattr(row, field.attname, field.get_default())
        elif isinstance(field, GeometryField) and values[name] is not None:
            setattr(row, field.attname, _geometry(values[name]))
        else:
            setattr(row, field.attname, fit(field, values[name]))


def fit(field: models.Field[Any, Any], value: Any) -> Any:
    """The value as the column takes it; JSON as pages expect to find it, for a form would have seen to that.

    Raises ValidationError.
    """
    if value is None and not field.null:
        raise ValidationError(_("“%(name)s” cannot be empty.") % {"name": field.name})
    if isinstance(field, models.JSONField) and value is not None:
        SHAPES.get(field.name, validate_localized)(value)
        return value
    if isinstance(value, dict | list):
        raise ValidationError(_("“%(name)s” is not as it should be.") % {"name": field.name})
    return field.to_python(value)


def _fits_itself(value: Any) -> None:
    """The column has a validator of its own."""


def _phones(value: Any) -> None:
    rows = value if isinstance(value, list) else [None]
    if not all(isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in rows):
        raise ValidationError(_("“%(name)s” is not as it should be.") % {"name": "phones"})


def _slugs(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValidationError(_("“%(name)s” is not as it should be.") % {"name": "topics"})


SHAPES: Final[dict[str, Callable[[Any], None]]] = {
    "hours": check_hours,
    "phones": _phones,
    "topics": _slugs,
    **dict.fromkeys(("texts", "working_days", "closed_days", "patience"), _fits_itself),
}
"""What a column of JSON holds, where it is no text in several languages."""


def _geometry(value: Any) -> GEOSGeometry:
    try:
        made = GEOSGeometry(json.dumps(value), srid=4326)
    except Exception as error:  # GEOS, GDAL and JSON each have their own
        raise ValidationError(_("This is no area.")) from error
    if made.geom_type != "MultiPolygon" or not made.valid:
        raise ValidationError(_("This is no area."))
    return made
