"""What a form's definition may say, and reading it. A definition is JSON:

    {"steps": [{"slug", "title": {de, en}, "fields": [
        {"slug", "type", "label": {de, en}, "help": {…}, "required": bool, "private": bool, "when": {…}, …}
    ]}]}

`private` answers are for staff and never public. What else a field may say depends on its type
(`forms.field_types`), conditions are described in `forms.conditions`.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from forms import conditions
from forms.field_type import Field, has_text
from forms.field_types import TYPES
from geo.localized import localized

Definition = Mapping[str, Any]
SLUG = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_STEPS, MOST_FIELDS, LONGEST_TEXT = 30, 300, 1000
STEP_KEYS = {"slug", "title", "fields"}
FIELD_KEYS = {"slug", "type", "label", "help", "required", "private", "when"}
TEXTS = ("help", "unit")


def fields_of(definition: Definition) -> list[Field]:
    """Every field in the order of asking. The definition must be sound."""
    return [field for step in definition["steps"] for field in step["fields"]]


def check_definition(definition: object) -> list[str]:
    """Problems in words of the active language; empty means sound. Takes anything, raises nothing."""
    steps = definition.get("steps") if isinstance(definition, dict) else None
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        return [_("A form needs between 1 and %(limit)d steps.") % {"limit": MOST_STEPS}]
    problems = []
    seen: set[str] = set()
    earlier: dict[str, Field] = {}
    asked = 0
    for number, step in enumerate(steps, 1):
        place = _("Step %(number)d: ") % {"number": number}
        fields = step.get("fields") if isinstance(step, dict) else None
        if not isinstance(fields, list) or not fields:
            problems.append(place + _("there are no fields."))
            continue
        found = _unknown(step, STEP_KEYS) + _check_slug(step, seen)
        if not has_text(step.get("title")):
            found.append(_("The German title is missing."))
        problems += [place + problem for problem in found]
        for field in fields:
            asked += 1
            problems += _check_field(field, place, earlier)
    if asked > MOST_FIELDS:
        problems.append(_("A form has at most %(limit)d fields.") % {"limit": MOST_FIELDS})
    return problems


def _check_field(field: object, place: str, earlier: dict[str, Field]) -> list[str]:
    """Problems of one field; a field that can be looked at joins `earlier`."""
    if not isinstance(field, dict):
        return [place + _("a field is not written as one.")]
    place += _("field “%(slug)s”: ") % {"slug": field.get("slug", "?")}
    found = _check_slug(field, earlier)
    if not has_text(field.get("label")):
        found.append(_("The German label is missing."))
    for key in ("required", "private"):
        if not isinstance(field.get(key, False), bool):
            found.append(_("“%(key)s” must be true or false.") % {"key": key})
    for key in TEXTS:
        if key in field and not (has_text(field[key]) or (key == "unit" and isinstance(field[key], str))):
            found.append(_("“%(key)s” needs a German text.") % {"key": key})
    if any(len(text) > LONGEST_TEXT for key in ("label", *TEXTS) for text in _texts(field.get(key))):
        found.append(_("A text is longer than %(limit)d characters.") % {"limit": LONGEST_TEXT})
    if "when" in field:
        found += conditions.check(field["when"], earlier)
    name = field.get("type")
    if not isinstance(name, str) or name not in TYPES:
        found.append(_("Nobody knows the type “%(type)s”.") % {"type": name})
    else:
        found += _unknown(field, FIELD_KEYS | TYPES[name].keys) + TYPES[name].check(field)
        if isinstance(field.get("slug"), str):
            earlier.setdefault(field["slug"], field)
    return [place + problem for problem in found]


def _check_slug(thing: Mapping[str, Any], seen: set[str] | dict[str, Field]) -> list[str]:
    slug = thing.get("slug")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        return [_("The short name must begin with a letter and hold a to z, digits and underscores.")]
    if slug in seen:
        return [_("The short name “%(slug)s” is used twice.") % {"slug": slug}]
    if isinstance(seen, set):
        seen.add(slug)
    return []


def _unknown(thing: Mapping[str, Any], known: set[str] | frozenset[str]) -> list[str]:
    return [_("Nobody knows “%(key)s”.") % {"key": key} for key in thing if key not in known]


def _texts(value: object) -> list[str]:
    return [text for text in value.values() if isinstance(text, str)] if isinstance(value, dict) else []


def describe(definition: Definition, language: str) -> list[dict[str, Any]]:
    """The questions for programs: slug, type, label, required and private always, the rest where it is set.

    Also: help, unit, options (value and label), min, max, decimals, max_length, pattern (by name), when.
    """
    with translation.override(language):
        return [_described(field, language) for field in fields_of(definition)]


def _described(field: Field, language: str) -> dict[str, Any]:
    question: dict[str, Any] = {
        "slug": field["slug"],
        "type": field["type"],
        "label": localized(field["label"], language),
        "required": field.get("required", False),
        "private": field.get("private", False),
    }
    for key in TEXTS:
        if field.get(key):
            question[key] = localized(field[key], language)
    if "options" in field:
        question["options"] = [
            {"value": option["value"], "label": localized(option["label"], language)} for option in field["options"]
        ]
    for key in ("min", "max", "decimals", "max_length", "pattern", "when"):
        if key in field:
            question[key] = field[key]
    return question
