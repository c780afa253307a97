"""The browser's conditions and the server's are twins."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from forms.conditions import holds

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "form-conditions.js"
ANSWERS = [True, False, 3, -2, "3", "3.50", "2.5", "2026-05-04", "2025-12-31", "rot", "", ["rot"], ["rot", "blau"]]
WANTED = [True, False, 3, 2.5, -2, "3", "rot", "blau", "2026-01-01", "3.5"]
OPERATORS = ["is", "is_not", "contains", "gt", "lt"]


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        (None, {}, True),
        ({"field": "a", "is": "x"}, {"a": "x"}, True),
        ({"field": "a", "is": "x"}, {}, False),
        ({"field": "a", "is_not": "x"}, {}, False),
        ({"field": "a", "is_not": "x"}, {"a": "y"}, True),
        ({"field": "a", "is": True}, {"a": 1}, False),
        ({"field": "a", "is": 2.5}, {"a": "2.50"}, True),
        ({"field": "a", "in": ["x", "y"]}, {"a": "y"}, True),
        ({"field": "a", "contains": "x"}, {"a": ["x", "y"]}, True),
        ({"field": "a", "contains": "x"}, {"a": "xy"}, False),
        ({"field": "a", "gt": 3}, {"a": 4}, True),
        ({"field": "a", "gt": 3}, {"a": 3}, False),
        ({"field": "a", "lt": "2026-05-04"}, {"a": "2026-05-03"}, True),
        ({"field": "a", "answered": False}, {}, True),
        ({"field": "a", "answered": True}, {"a": False}, True),
        ({"not": {"field": "a", "is": "x"}}, {}, True),
    ],
)
def test_conditions(condition, answers, expected):
    assert holds(condition, answers) is expected


def some_condition(chance, depth=0):
    kind = chance.randrange(6 if depth < 3 else 3)
    if kind == 3:
        return {"all": [some_condition(chance, depth + 1) for _ in range(chance.randrange(1, 4))]}
    if kind == 4:
        return {"any": [some_condition(chance, depth + 1) for _ in range(chance.randrange(1, 4))]}
    if kind == 5:
        return {"not": some_condition(chance, depth + 1)}
    field = chance.choice("abc")
    if kind == 0:
        return {"field": field, "answered": chance.random() < 0.5}
    if kind == 1:
        return {"field": field, "in": chance.sample(WANTED, 3)}
    return {"field": field, chance.choice(OPERATORS): chance.choice(WANTED)}


def test_browser_and_server_decide_alike():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    chance = random.Random(5)
    cases = []
    for _ in range(3_000):
        answers = {name: chance.choice(ANSWERS) for name in "abc" if chance.random() < 0.8}
        cases.append([some_condition(chance), answers])
    program = (
        f"import {{holds}} from {json.dumps(SCRIPT.as_uri())};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "console.log(JSON.stringify(JSON.parse(text).map(([c, a]) => holds(c, a))));"
    )
    done = subprocess.run(
        [node, "--input-type=module", "-e", program],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, browser in zip(cases, json.loads(done.stdout), strict=True):
        assert holds(*case) is browser, case
