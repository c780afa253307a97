"""Conditions: when a question is asked.

`{"field": slug, OPERATOR: value}` with one operator of is, is_not, in, contains, gt, lt, answered;
`{"all": […]}`, `{"any": […]}`, `{"not": …}`. A condition looks only at earlier answers, so there are no
cycles and one pass over the fields decides. Of an answer that was not given (or whose question was not asked)
nothing is true but `"answered": false`. The browser's twin of `holds` is `static/js/form-conditions.js`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from forms.field_type import Answer, Field
from forms.reading import parse_date, parse_decimal

Condition = dict[str, Any]
Answers = Mapping[str, Answer]
DEEPEST = 6
ORDERED = ("integer", "decimal", "date")


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the question is asked, given the earlier answers. No condition: always."""
    if not condition:
        return True
    if "all" in condition:
        return all(holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], answers)
    answer = answers.get(condition["field"])
    if "answered" in condition:
        return (answer is not None) is condition["answered"]
    if answer is None:
        return False
    return any(test(answer, condition[name]) for name, test in TESTS.items() if name in condition)


def fields_of(condition: Condition) -> Iterator[str]:
    """Slugs a condition looks at."""
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from fields_of(part)
    if "not" in condition:
        yield from fields_of(condition["not"])
    if "field" in condition:
        yield condition["field"]


def check(condition: object, earlier: Mapping[str, Field], depth: int = 0) -> list[str]:
    """Problems in words; `earlier` are the fields asked before, by slug."""
    if not isinstance(condition, dict):
        return [_("A condition must name a field or be one of “all”, “any”, “not”.")]
    if depth > DEEPEST:
        return [_("The condition is nested too deeply.")]
    for name in ("all", "any"):
        if name in condition:
            parts = condition[name]
            if len(condition) > 1 or not isinstance(parts, list) or not 0 < len(parts) <= 20:
                return [_("“%(name)s” needs a list of conditions and nothing else.") % {"name": name}]
            return [problem for part in parts for problem in check(part, earlier, depth + 1)]
    if "not" in condition:
        if len(condition) > 1:
            return [_("“%(name)s” needs one condition and nothing else.") % {"name": "not"}]
        return check(condition["not"], earlier, depth + 1)
    return _check_comparison(condition, earlier)


def _check_comparison(condition: Condition, earlier: Mapping[str, Field]) -> list[str]:
    slug, operators = condition.get("field"), [name for name in condition if name != "field"]
    if len(operators) != 1 or operators[0] not in (*TESTS, "answered"):
        return [_("A condition needs one of: %(names)s.") % {"names": ", ".join((*TESTS, "answered"))}]
    if not isinstance(slug, str) or slug not in earlier:
        return [_("The condition looks at “%(slug)s”, which is no earlier field.") % {"slug": slug}]
    operator, wanted, field = operators[0], condition[operators[0]], earlier[slug]
    names = {"operator": operator, "slug": slug}
    if operator == "answered":
        fits = isinstance(wanted, bool)
    elif operator == "in":
        fits = field["type"] != "choices" and (
            isinstance(wanted, list) and 0 < len(wanted) <= 100 and all(_is_answer(one, field) for one in wanted)
        )
    elif operator == "contains":
        fits = field["type"] == "choices" and _is_answer(wanted, field)
    elif operator in ("gt", "lt"):
        fits = field["type"] in ORDERED and _is_answer(wanted, field)
    else:
        fits = field["type"] != "choices" and _is_answer(wanted, field)
    return [] if fits else [_("“%(operator)s” does not fit to the answers of “%(slug)s”.") % names]


def _is_answer(value: object, field: Field) -> bool:
    """Whether a value could be an answer to the field."""
    kind = field["type"]
    if kind == "agree":
        return value is True
    if kind == "yesno":
        return isinstance(value, bool)
    if kind in ("integer", "decimal"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind in ("choice", "choices"):
        options = field.get("options")
        return isinstance(options, list) and any(isinstance(one, dict) and one.get("value") == value for one in options)
    if kind == "date":
        return isinstance(value, str) and parse_date(value) is not None
    return isinstance(value, str) and bool(value)


def in_words(condition: Condition, fields: Mapping[str, Field], say: Callable[[Field, Any], tuple[str, str]]) -> str:
    """The condition as the rest of a sentence that begins with "only if", in the active language.

    `say(field, value)` gives the field's label and a value as shown.
    """
    for name, joint in (("all", _(" and ")), ("any", _(" or "))):
        if name in condition:
            parts = [in_words(part, fields, say) for part in condition[name]]
            nested = [isinstance(part, dict) and bool({"all", "any"} & part.keys()) for part in condition[name]]
            return joint.join(f"({part})" if deep else part for part, deep in zip(parts, nested, strict=True))
    if "not" in condition:
        return _("it is not so that: %(condition)s") % {"condition": in_words(condition["not"], fields, say)}
    field = fields[condition["field"]]
    if "answered" in condition:
        text = _("“%(label)s” is answered") if condition["answered"] else _("“%(label)s” is not answered")
        return text % {"label": say(field, None)[0]}
    operator = next(name for name in TESTS if name in condition)
    wanted = condition[operator]
    values = [say(field, one)[1] for one in (wanted if operator == "in" else [wanted])]
    sentences = {
        "is": _("“%(label)s” is “%(value)s”"),
        "in": _("“%(label)s” is “%(value)s”"),
        "is_not": _("“%(label)s” is not “%(value)s”"),
        "contains": _("“%(label)s” contains “%(value)s”"),
        "gt": _("“%(label)s” is more than %(value)s"),
        "lt": _("“%(label)s” is less than %(value)s"),
    }
    value = _("” or “").join(values)
    return sentences[operator] % {"label": say(field, None)[0], "value": value}


def _same(answer: Answer, wanted: object) -> bool:
    """Equal in kind and value; a number in the condition compares as number."""
    if isinstance(answer, bool) or isinstance(wanted, bool):
        return answer is wanted
    if isinstance(wanted, int | float):
        return parse_decimal(answer) == parse_decimal(wanted)
    return answer == wanted


def _order(answer: Answer, wanted: object) -> int:
    """-1, 0 or 1; 0 also for what cannot be compared."""
    left, right = parse_decimal(answer), parse_decimal(wanted)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    before, after = parse_date(answer), parse_date(wanted)
    if before is not None and after is not None:
        return (before > after) - (before < after)
    return 0


TESTS: dict[str, Callable[[Answer, Any], bool]] = {
    "is": _same,
    "is_not": lambda answer, wanted: not _same(answer, wanted),
    "in": lambda answer, wanted: any(_same(answer, one) for one in wanted),
    "contains": lambda answer, wanted: isinstance(answer, list) and wanted in answer,
    "gt": lambda answer, wanted: _order(answer, wanted) > 0,
    "lt": lambda answer, wanted: _order(answer, wanted) < 0,
}
