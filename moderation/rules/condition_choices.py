"""Conditions of a question as choices of a select: "only if question X is Y", looking at earlier questions only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forms.build import condition_text
from forms.conditions import Condition
from forms.field_type import Field
from forms.reading import parse_date, parse_decimal, parse_whole
from geo.localized import FALLBACK, localized

ROWS: Final = 3
"""Conditions that can be joined in the editor; what is more intricate is kept as it is."""
TYPED: Final = "?"
"""Stands in a choice for the number or day that is typed beside it."""
COMPARED: Final = ("integer", "decimal", "date")
Choice = tuple[str, str]


def key(condition: Condition) -> str:
    """The value of a choice."""
    return json.dumps(condition, sort_keys=True, ensure_ascii=False)


def choices(earlier: Sequence[Field], kept: Sequence[Condition]) -> list[Choice]:
    """For a select: what can be said of the answers to earlier questions, and conditions to keep."""
    found: list[Choice] = []
    for field in earlier:
        label = localized(field["label"])
        for test, words in _tests(field):
            said = _("“%(question)s” %(test)s") % {"question": label, "test": words}
            found.append((key({"field": field["slug"], **test}), said))
    known = {one for one, _words in found}
    by_slug = {field["slug"]: field for field in earlier}
    language = get_language() or FALLBACK
    others = {key(one): condition_text(one, by_slug, language) for one in kept if key(one) not in known}
    return [*found, *others.items()]


def _tests(field: Field) -> list[tuple[dict[str, Any], str]]:
    """What can be said of the answer to a question, with its words."""
    kind = field["type"]
    tests: list[tuple[dict[str, Any], str]] = []
    if kind in ("choice", "choices"):
        for option in field["options"]:
            label = {"label": localized(option["label"])}
            if kind == "choices":
                tests.append(({"contains": option["value"]}, _("contains “%(label)s”") % label))
            else:
                tests.append(({"is": option["value"]}, _("is “%(label)s”") % label))
                tests.append(({"is_not": option["value"]}, _("is not “%(label)s”") % label))
    elif kind == "yesno":
        tests += [({"is": True}, _("is yes")), ({"is": False}, _("is no"))]
    elif kind == "agree":
        tests.append(({"is": True}, _("is ticked")))
    elif kind in COMPARED:
        tests += [({"gt": TYPED}, _("is more than …")), ({"lt": TYPED}, _("is less than …"))]
    if kind != "agree":
        tests += [({"answered": True}, _("is answered")), ({"answered": False}, _("is not answered"))]
    return tests


def taken_apart(when: Condition | None, earlier: Sequence[Field]) -> tuple[str, list[tuple[Condition, str]]]:
    """How the parts of a condition are joined ("all", "any"), and the parts, each with what is typed beside it."""
    if not when:
        return "all", []
    slugs = {field["slug"] for field in earlier}
    joint, parts = "all", [when]
    if "all" in when or "any" in when:
        joint = "all" if "all" in when else "any"
        parts = when[joint]
    elif "in" in when:
        joint, parts = "any", [{"field": when["field"], "is": one} for one in when["in"]]
    if len(parts) > ROWS or not all(part.get("field") in slugs for part in parts):
        return "all", [(when, "")]
    return joint, [_apart(part) for part in parts]


def _apart(part: Condition) -> tuple[Condition, str]:
    for name in ("gt", "lt"):
        if name in part:
            return {"field": part["field"], name: TYPED}, str(part[name])
    return part, ""


def put_together(joint: str, rows: Sequence[tuple[str, str]], earlier: Sequence[Field]) -> Condition | None:
    """The condition that was chosen; None for none. Raises ValueError with the number of a row whose number or day is
    missing or none."""
    parts = []
    for number, (chosen, typed) in enumerate(rows):
        if not chosen:
            continue
        part: Condition = json.loads(chosen)
        name = next((one for one in ("gt", "lt") if part.get(one) == TYPED), "")
        if name:
            field = next(one for one in earlier if one["slug"] == part["field"])
            if (value := _read(field, typed)) is None:
                raise ValueError(number)
            part[name] = value
        parts.append(part)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {joint: parts}


def _read(field: Field, typed: str) -> int | float | str | None:
    if field["type"] == "integer":
        return parse_whole(typed)
    if field["type"] == "decimal":
        number = parse_decimal(typed)
        return None if number is None else float(number)
    day = parse_date(typed)
    return None if day is None else day.isoformat()
