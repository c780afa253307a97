"""The table of staff pages holds every address of the desk, and each of them opens."""

import pytest

from outbox import run_all
from tests.browser.staff_pages import BESIDE, NO_PAGES, PAGES, make_scene, names, person


def test_every_address_of_the_desk_is_in_the_table_or_no_page():
    known = names()
    assert not known - {*PAGES, *NO_PAGES}, (
        "a new page belongs into tests/browser/staff_pages.py, so that axe judges it"
    )
    assert not {*PAGES, *NO_PAGES} - known - {*BESIDE}, "no longer there"
    assert not {*PAGES} & {*NO_PAGES}


@pytest.mark.django_db
def test_every_page_opens(town, make_report, login, client):
    scene = make_scene(town, make_report, lambda: run_all())
    opened = {}
    for name, how in sorted(PAGES.items(), key=lambda one: one[1].who == "operator"):
        page = (login(person(scene, how.who)) if how.who else client).get(how.address(name, scene))
        opened[name] = page.status_code if "text/html" in page.get("Content-Type", "") else page.get("Content-Type")
    assert {name: status for name, status in opened.items() if status != 200} == {}
