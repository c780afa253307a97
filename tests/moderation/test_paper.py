"""A case on paper, and its file number in another system."""

import re
import zlib

import pytest
from django.urls import reverse

from cases.change import By
from cases.errors import Invalid
from cases.filing import checked_url, link_file
from cases.models import Case
from cases.services import note, update
from reports.services import release_photo
from tests.moderation.conftest import url


def paper(client, case, **query):
    return client.get(reverse("desk_paper", args=[case.pk]), query)


@pytest.fixture
def case(town, make_report, photo_of):
    case = make_report("Bitte Erika anrufen: 05247 123456. Tiefes Loch.", email="erika@example.org")
    release_photo(photo=photo_of(case, "red"), by=By.system())
    photo_of(case, "blue")
    note(case=case, by=By.staff(town.clerk), text="Interne Bemerkung")
    update(case=case, by=By.staff(town.clerk), text="Wir kommen bald")
    return Case.objects.get(pk=case.pk)


def test_the_print_view_inside_and_for_outside(manager, case):
    inside, outside = paper(manager, case).content.decode(), paper(manager, case, fuer="aussen").content.decode()
    assert "Interne Bemerkung" in inside
    assert "05247 123456" in inside
    assert inside.count("data:image/jpeg") == 2
    assert "data:image/png" in outside, "the map"
    assert "Wir kommen bald" in outside
    for secret in ("Interne Bemerkung", "05247 123456", "Clerk"):
        assert secret not in outside.split("<article>")[1]
    assert outside.count("data:image/jpeg") == 1, "released photos only"
    for page in (inside, outside):
        assert "erika@example.org" not in page


def test_the_pdf_is_a_pdf_with_map_and_photos(manager, case):
    answer = paper(manager, case, als="pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{case.number}-intern.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Subtype /Image") >= 3
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.content, re.DOTALL)
    assert any(zlib.decompress(one)[:3] for one in streams if one[:1] == b"\x78")
    assert paper(manager, case, als="pdf", fuer="aussen")["Content-Disposition"].endswith('-aussen.pdf"')


def test_nobody_prints_what_is_not_on_their_desk(login, client, town, neighbour, case):
    assert paper(login(neighbour.admin), case).status_code == 404
    assert paper(login(town.other_clerk), case, als="pdf").status_code == 404
    assert paper(client, case).status_code == 302


def test_the_file_number_is_linked_told_and_taken_away(manager, case, act_on):
    act_on(manager, case, "aktenzeichen", file_number=" 66-2026 / 17 ", url="https://akten.intern/17?x=1")
    text = manager.get(url(case)).content.decode()
    assert 'href="https://akten.intern/17?x=1"' in text
    assert "Aktenzeichen: 66-2026 / 17" in text
    case.refresh_from_db()
    refused = act_on(manager, case, "aktenzeichen", file_number="1", url="javascript:alert(1)")
    assert refused.status_code == 422
    assert "url" in refused.context["form"].errors
    assert act_on(manager, case, "aktenzeichen", file_number="", url="https://a.b").status_code == 422
    act_on(manager, case, "aktenzeichen", file_number="", url="")
    case.refresh_from_db()
    assert (case.file_number, case.file_url) == ("", "")
    assert "Aktenzeichen entfernt: 66-2026 / 17" in manager.get(url(case)).content.decode()


@pytest.mark.parametrize(
    "bad", ["ftp://a.b", "https://", "https://user:pw@a.b", "https://a b", "//a.b", "https://a:99999", "x" * 600]
)
def test_only_addresses_of_the_web_are_linked(bad, make_report):
    with pytest.raises(Invalid):
        checked_url(bad)
    with pytest.raises(Invalid):
        link_file(case=make_report(), number="1", url=bad, by=By.system())
