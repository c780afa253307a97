"""The shape of the house, checked: layers stand in pyproject.toml, these are the habits a linter cannot see."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    "portal",
    "api",
    "moderation",
    "citizens",
    "intake",
    "field",
    "notifications",
    "subscriptions",
    "reports",
    "forms",
    "cases",
    "pages",
    "accounts",
    "geo",
    "outbox",
    "net",
]
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
STATES = {"new", "open", "waiting", "done", "rejected", "withdrawn"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_are_short_and_say_what_they_are_for(path):
    text = path.read_text()
    if text.strip() and path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(text)), "a module begins with what it is for"
    assert len(text.splitlines()) <= 400 or "long because" in (ast.get_docstring(ast.parse(text)) or "")


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "policy.py"], ids=name)
def test_no_state_is_spelt_outside_policy(path):
    """`State.DONE` is fine, `state="done"` or `case.state == "done"` is not."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "state":
            spelt = [c.value for c in node.comparators if isinstance(c, ast.Constant)]
            assert not STATES & set(spelt), f"line {node.lineno}"
        if isinstance(node, ast.keyword) and node.arg in {"state", "to", "state__in"}:
            values = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
            assert not STATES & {value for value in values if isinstance(value, str)}, f"line {node.value.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_task_is_named_by_a_string(path):
    assert not re.search(r"send_task\(|signature\(['\"]", path.read_text())


@pytest.mark.parametrize(
    "path", sorted(p for package in PACKAGES for p in (ROOT / package / "templates").rglob("*.html")), ids=name
)
def test_pages_hold_no_inline_script_or_style(path):
    text = path.read_text()
    if "mail" in path.parts:
        return
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", text)
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son(click|load|error|submit|change|input)=", text)
    assert not re.search(r"(src|href)=\"https?://(?!www\.w3\.org)", text), "nothing from third parties"
