"""The shape of the house, checked: layers stand in pyproject.toml, these are the habits a linter cannot see."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
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
    "dispatch",
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


def judged(paths: Iterable[Path], judge: Callable[[str], Iterable[str]]) -> list[str]:
    """What is wrong, as "path: why"; one test for all, since thousands of small ones take long."""
    return [f"{name(path)}: {why}" for path in paths for why in judge(path.read_text())]


def silent(text: str) -> Iterator[str]:
    if text.strip() and not ast.get_docstring(ast.parse(text)):
        yield "a module begins with what it is for"


def too_long(text: str) -> Iterator[str]:
    if len(text.splitlines()) > 400 and "long because" not in (ast.get_docstring(ast.parse(text)) or ""):
        yield "more than 400 lines"


def spelt_states(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "state":
            spelt = [c.value for c in node.comparators if isinstance(c, ast.Constant)]
            if STATES & set(spelt):
                yield f"line {node.lineno}"
        if isinstance(node, ast.keyword) and node.arg in {"state", "to", "state__in"}:
            values = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
            if STATES & {value for value in values if isinstance(value, str)}:
                yield f"line {node.value.lineno}"


def found(*patterns: str) -> Callable[[str], Iterator[str]]:
    return lambda text: (match.group() for one in patterns for match in re.finditer(one, text))


def test_modules_are_short_and_say_what_they_are_for():
    assert judged(MODULES, too_long) == []
    assert judged([path for path in MODULES if path.name != "__init__.py"], silent) == []


def test_no_state_is_spelt_outside_policy():
    """`State.DONE` is fine, `state="done"` or `case.state == "done"` is not."""
    assert judged([path for path in MODULES if path.name != "policy.py"], spelt_states) == []


def test_no_task_is_named_by_a_string():
    assert judged(MODULES, found(r"send_task\(|signature\(['\"]")) == []


def test_pages_hold_no_inline_script_or_style():
    pages = [page for package in PACKAGES for page in (ROOT / package / "templates").rglob("*.html")]
    wrong = found(
        r"<script(?![^>]*\b(src|type=\"application/json\"))",
        r"\sstyle=",
        r"\son(click|load|error|submit|change|input)=",
        r"(src|href)=\"https?://(?!www\.w3\.org)",  # nothing from third parties
    )
    assert judged((page for page in pages if "mail" not in page.parts), wrong) == []


def test_no_template_writes_the_number_of_a_row_for_people() -> None:
    """German writes 2729 as "2.729": in a form or an address that is no number of a row any more."""
    spoken = re.compile(r"\{\{ *[\w.]+\.(?:pk|version|\w+_id) *\}\}")
    found = [
        f"{name(path)}: {hit}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.html")
        for hit in spoken.findall(path.read_text())
        if "auto_id" not in hit and "form.version" not in hit
    ]
    assert not found, 'write it as {{ row.pk|stringformat:"d" }}'
