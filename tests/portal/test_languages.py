"""German at the root, English under `/en/`: one address, one language; what has one address follows the reader."""

import re
from pathlib import Path

import pytest

from cases.change import By
from cases.models import Case
from reports.services import release_text

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = [
    "/en/",
    "/en/karte/",
    "/en/melden/",
    "/en/verfolgen/",
    "/en/abo/",
    "/en/statistik/",
    "/en/meine-meldungen/",
    "/en/impressum/",
    "/en/barrierefreiheit/",
    "/en/barriere-melden/",
    "/en/offline/",
    "/en/melden/offline/",
]


def test_the_address_alone_says_the_language(client, town):
    german = client.get("/", headers={"accept-language": "en"})
    english = client.get("/en/", headers={"accept-language": "de"})
    assert '<html lang="de"' in german.content.decode()
    assert '<html lang="en"' in english.content.decode()
    assert "Accept-Language" not in german.headers.get("Vary", "")
    assert (german.headers["Content-Language"], english.headers["Content-Language"]) == ("de", "en")


@pytest.mark.parametrize("path", ENGLISH)
def test_english_pages_stay_english(path, client, town):
    """Every link within the site that has an English page leads to it, and the way to German is there."""
    text = client.get(path).content.decode()
    links = set(re.findall(r'(?:href|action)="(/[^"#?]*)', text))
    one_address = ("/static/", "/verwaltung/", "/api/", "/stil/", "/symbol/", "/manifest", "/wappen/", "/konto/")
    german = {link for link in links if not link.startswith(("/en/", *one_address))}
    assert german == {path.removeprefix("/en")}
    assert f'hreflang="de" href="http://testserver{path.removeprefix("/en")}"' in text


def test_desk_and_interfaces_follow_the_reader(client, town):
    answer = client.get("/api/v1/reports/?bbox=x", headers={"accept-language": "en"})
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Log in for staff" in client.get("/konto/anmelden/", headers={"accept-language": "en"}).content.decode()


def test_a_page_that_is_not_there_says_so_in_the_language_of_its_address(client, town):
    answer = client.get("/en/gibt-es-nicht/")
    assert answer.status_code == 404
    assert '<html lang="en"' in answer.content.decode()
    assert 'hreflang="de"' not in answer.content.decode()


def test_words_of_citizens_are_marked_with_their_language(client, make_report, town):
    """A screen reader says German words the German way, on English pages, too."""
    case = make_report("Loch im Gehweg")
    release_text(case=case, by=By.staff(town.manager))
    text = client.get(f"/en/meldungen/{case.number}/").content.decode()
    assert '<p class="report__text" lang="de">Loch im Gehweg</p>' in text


def test_dates_are_written_as_the_language_writes_them(client, make_report, town):
    """No template spells the order of a date itself; `portal/formats` does."""
    number = make_report().number
    for path, words in (("", "In Prüfung seit 2. März 2026"), ("/en", "In review since 2 March 2026")):
        text = client.get(f"{path}/meldungen/{number}/").content.decode()
        assert words == re.search("<h1>(.*)</h1>", text)[1].replace("\xa0", " ")
    spelt = [
        path
        for path in (*ROOT.glob("*/templates/**/*.html"), *ROOT.glob("*/templates/**/*.txt"))
        if re.search(r'date:"[jd]\.', path.read_text())
    ]
    assert not spelt


def test_a_report_in_english_goes_round_in_english(client, town):
    """Every step keeps the language, the case knows it, and the receipt by mail leads to English pages."""
    answer = client.post("/en/melden/", follow=True)
    base = answer.redirect_chain[-1][0].removesuffix("ort/")
    assert base.startswith("/en/melden/")
    steps = {
        "ort": {"lat": "51.96", "lon": "8.23", "pinned": "1"},
        "was": {"category": "schlagloch", "text": "Deep hole."},
        "kontakt": {"email": "erika@example.org"},
        "pruefen": {},
    }
    for step, typed in steps.items():
        answer = client.post(f"{base}{step}/", typed, follow=True)
        assert '<html lang="en"' in answer.content.decode()
    assert answer.redirect_chain[-1][0].startswith("/en/melden/fertig/")
    assert Case.objects.get().language == "en"
