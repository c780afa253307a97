"""axe-core with the rules of EN 301 549 on every page of staff: 390 and 1440 px, light and dark, and nothing wider than
a window of 320 px or a desk at 200 %. Which pages there are is read from the addresses (tests/browser/staff_pages.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from cases.models import Case
from tests.browser.conftest import Work
from tests.browser.staff_pages import PAGES, make_scene, person
from tests.browser.test_accessibility import PHONE, Check, check, visit  # noqa: F401  fixtures
from tests.conftest import Town

RULES = {name for name in PAGES if name.startswith(("rules_", "setup_stage", "setup_block", "setup_respons"))}
GROUPS = {
    "desk": {name for name, how in PAGES.items() if how.who in {"manager", ""}},
    "rules": RULES,
    "setup": {name for name, how in PAGES.items() if how.who in {"admin", "operator"}} - RULES,
}


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_every_staff_page(
    group: str,
    town: Town,
    make_report: Callable[..., Case],
    work: Work,
    visit: Callable[..., Page],  # noqa: F811
    check: Check,  # noqa: F811
    log_in: Callable[[Page, str], None],
) -> None:
    scene = make_scene(town, make_report, work)
    pages: dict[str, Page] = {}
    for name in sorted(GROUPS[group], key=lambda one: PAGES[one].who == "operator"):
        how = PAGES[name]
        if how.who not in pages:
            pages[how.who] = visit("desktop", viewport=PHONE)
            if how.who:
                log_in(pages[how.who], person(scene, how.who).email)
        page = pages[how.who]
        answer = page.goto(how.address(name, scene))
        assert answer is not None, name
        assert answer.ok, (name, answer.status)
        check(page, name)
