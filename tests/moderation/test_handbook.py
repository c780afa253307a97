"""The handbook cannot rot: its pictures are those that the browser takes, its buttons those that the pages have."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from moderation import handbook
from tests.browser.handbook import PICTURES

QUOTED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
"""Names of buttons, lists and headings stand in bold, and nothing else does."""
GERMAN = re.compile(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE)


def german():
    """Every German string of the catalogues."""
    found = set()
    for catalogue in Path(settings.BASE_DIR).glob("*/locale/de/LC_MESSAGES/django.po"):
        for quoted in GERMAN.findall(catalogue.read_text()):
            found.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted)).replace('\\"', '"'))
    return found


def test_every_button_that_is_named_exists():
    known = german()
    named = {
        slug: {" ".join(one.split()) for one in QUOTED.findall(handbook.source(slug)[1])} for slug in handbook.PAGES
    }
    missing = {slug: sorted(words - known) for slug, words in named.items() if words - known}
    assert not missing
    assert sum(map(len, named.values())) > 40


def test_every_picture_that_is_shown_is_taken_and_the_other_way_round():
    shown = [name for slug in handbook.PAGES for _alt, name in handbook.PICTURE.findall(handbook.source(slug)[1])]
    assert sorted(shown) == sorted(PICTURES)
    everywhere = "".join(handbook.source(slug)[1] for slug in handbook.PAGES)
    assert everywhere.count("![") == len(shown), "each picture stands alone in its line"


def test_every_file_is_a_page():
    assert {file.stem for file in handbook.FOLDER.glob("*.md")} == set(handbook.PAGES)


@pytest.mark.django_db
def test_staff_reads_it_with_the_pictures_that_have_been_made(manager, client, town, monkeypatch, tmp_path):
    monkeypatch.setattr(handbook, "pictures", lambda: tmp_path)
    assert client.get(reverse("handbook")).status_code == 302
    for slug in handbook.PAGES:
        page = manager.get(reverse("handbook_page", args=[slug]))
        text = page.content.decode()
        assert handbook.source(slug)[0] in text
        assert "![" not in text
        assert "**" not in text
        assert "<img" not in text.partition("<article")[2]
    address = reverse("handbook_picture", args=["arbeitsliste"])
    assert manager.get(address).status_code == 404
    (tmp_path / "arbeitsliste.png").write_bytes(b"\x89PNG")
    assert address in manager.get(reverse("handbook")).content.decode()
    assert manager.get(address)["Content-Type"] == "image/png"
    assert client.get(address).status_code == 302
    assert manager.get(reverse("handbook_picture", args=["geheim"])).status_code == 404
    assert manager.get(reverse("handbook_page", args=["gibt-es-nicht"])).status_code == 404
