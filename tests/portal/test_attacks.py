"""Known attacks, one test each: what an attacker sends does nothing, says nothing, and stands nowhere as markup.

Elsewhere: passwords and sessions in `accounts/test_login`, pictures and bombs in `cases/test_pictures_refused`, files
of backups in `test_backup_file`, other municipalities in `moderation/test_isolation`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from cases.change import By
from cases.models import Case, Topic
from cases.policy import State
from cases.services import confirm_contact, feedback, message, move, note, question, update
from notifications.models import Delivery
from outbox.work import run_all
from reports.services import change_place, release_text

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
LIVE = re.compile(rb"<script>alert|<img src=x|onerror=alert\(2\)>(?!&)|\b49\b.{0,4}x onerror")


def body(answer):
    """The bytes of an answer."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# Markup ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def poisoned(town, make_report):
    """A public case in which every text is markup, of citizen and staff."""
    Topic.objects.filter(pk=town.pothole.topic_id).update(name={"de": f"Loch {MARKUP}", "en": f"Hole {MARKUP}"})
    town.yard.name = f"Bauhof {MARKUP}"[:100]
    town.yard.public_name = f"Bauhof {MARKUP}"[:100]
    town.yard.save()
    case = make_report(f"Text {MARKUP}", address=f"Weg {MARKUP}", email="erika@example.org")
    case.contact.name, case.contact.phone, case.contact.public_name = f"E {MARKUP}"[:100], MARKUP[:40], True
    case.contact.save()
    confirm_contact(contact=case.contact)
    staff, citizen = By.staff(town.manager), By.citizen()
    release_text(case=case, by=staff, text=f"Text {MARKUP}")
    change_place(case=case, by=staff, point=case.point, address=f"Weg {MARKUP}")
    note(case=case, by=staff, text=MARKUP)
    update(case=case, by=staff, text=MARKUP)
    question(case=case, by=staff, text=MARKUP)
    message(case=case, by=citizen, text=MARKUP)
    move(case=case, to=State.OPEN, by=staff, text=MARKUP)
    move(case=case, to=State.DONE, by=staff, text=MARKUP)
    feedback(case=case, by=citizen, still_there=True, text=MARKUP)
    return Case.objects.get(pk=case.pk)


def test_stored_markup_stays_text_on_every_page_feed_and_interface(town, poisoned):
    visitor, staff = Client(), Client()
    staff.force_login(town.manager)
    number = poisoned.number
    public = ["/", "/karte/", "/statistik/", "/widget/", f"/meldungen/{number}/", f"/meldungen/{number}/folgen/"]
    public += [f"/meldungen/{number}/rueckmeldung/", "/meldungen/feed/", "/abo/", "/melden/", "/melden/offline/"]
    public += [f"/meine/{poisoned.secret}/", f"/en/meldungen/{number}/", "/kontakt/", "/api/docs/"]
    for path in public:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert not LIVE.search(body(answer)), path
    for path in ("/verwaltung/", f"/verwaltung/vorgang/{poisoned.pk}/"):
        answer = staff.get(path)
        assert MARKUP[3:20].encode() not in body(answer), path
        assert not LIVE.search(body(answer)), path
    for path in ("/api/v1/reports/", f"/api/v1/reports/{number}/", "/karte/daten.json?bbox=8,51,9,53&zoom=19"):
        answer = visitor.get(path)
        assert "json" in answer.headers["Content-Type"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_stored_markup_stays_text_in_mails(poisoned):
    run_all()
    mails = list(Delivery.objects.exclude(html=""))
    assert mails
    for mail in mails:
        assert not LIVE.search(mail.html.encode()), mail.subject
        assert "\n" not in mail.subject


REFLECTED = [
    "/karte/?q={}",
    "/karte/?kategorie={}&status={}&stadtteil={}&art={}&zeitraum={}&von={}",
    "/karte/?nach={}",
    "/karte/liste/?q={}",
    "/karte/daten.json?q={}&bbox={}&zoom={}",
    "/verfolgen/?nummer={}",
    "/statistik/?zeitraum={}",
    "/widget/?kategorie={}&anzahl={}",
    "/abo/?q={}&ort={}&umkreis={}",
    "/melden/?kategorie={}&adresse={}&lat={}&lon={}",
    "/meldungen/{}/",
    "/meldungen/feed/?q={}",
    "/konto/anmelden/?next={}",
    "/orte/?q={}",
    "/api/v1/reports/?bbox={}&cursor={}",
    "/api/v1/categories/?municipality={}",
    "/meine/{}/",
    "/bestaetigen/{}/",
    "/{}/",
]


@pytest.mark.parametrize("path", REFLECTED)
def test_reflected_markup_stays_text(path, client, town):
    answer = client.get(path.replace("{}", quote(MARKUP, safe="")))
    assert answer.status_code < 500
    if "html" in answer.headers["Content-Type"]:
        assert not LIVE.search(body(answer))
    else:
        assert answer.headers["Content-Type"].startswith(("application/", "image/"))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_markup_in_every_field_of_the_flow_comes_back_as_text(client, town):
    answer = client.post("/melden/", {}, follow=True)
    base = answer.redirect_chain[-1][0].removesuffix("ort/")
    typed = {
        "ort": {"address": MARKUP},
        "was": {"category": "schlagloch", "text": MARKUP},
        "kontakt": {"email": MARKUP, "name": MARKUP, "phone": MARKUP},
    }
    for step, fields in typed.items():
        answer = client.post(f"{base}{step}/", fields, follow=True)
        assert answer.status_code in {200, 422}
        assert not LIVE.search(answer.content)


# Requests from elsewhere ---------------------------------------------------------------------------------------------
POSTED = [
    "/konto/anmelden/",
    "/meldungen/NUMBER/folgen/",
    "/meldungen/NUMBER/rueckmeldung/",
    "/meine/SECRET/",
    "/abo/",
    "/meine-meldungen/",
    "/barriere-melden/",
    "/verwaltung/vorgang/PK/notiz/",
    "/verwaltung/einrichtung/name/",
    "/konto/abmelden/",
]


@pytest.mark.parametrize("path", POSTED)
def test_a_form_of_another_site_does_nothing(path, town, make_report):
    """Beginning a report (`POST /melden/`) is open on purpose: its page is kept for everybody, and a draft is empty."""
    case = make_report("Ein Loch", email="erika@example.org")
    release_text(case=case, by=By.staff(town.manager))
    before = case.entries.count()
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.admin)
    path = path.replace("NUMBER", str(case.number)).replace("SECRET", case.secret).replace("PK", str(case.pk))
    answer = client.post(path, {"text": "x"}, headers={"origin": "https://boese.example"})
    assert answer.status_code == 403
    assert case.entries.count() == before


def test_the_interface_knows_no_session(town, make_report):
    """So it needs no token: nobody's login can be borrowed there."""
    client = Client()
    client.force_login(town.manager)
    case = make_report("GEHEIM")
    assert client.get(f"/api/v1/reports/{case.number}/").json().keys() <= {"number", "state", "since", "url", "detail"}


OUTSIDE = ["https://boese.example", "//boese.example", "/\\boese.example", "javascript:alert(1)", "https:boese.example"]


@pytest.mark.parametrize("target", OUTSIDE)
def test_no_redirect_leads_to_another_site(target, client, town):
    answer = client.post("/konto/anmelden/", {"login": town.clerk.email, "password": "geheim-geheim-1", "next": target})
    assert answer["Location"] == "/verwaltung/"
    assert client.post("/konto/abmelden/", {"next": target})["Location"] == "/"


@pytest.mark.parametrize("path", ["/{}", "/en/{}", "/karte{}"])
def test_two_slashes_are_no_way_out(path, client, town):
    """The redirect that adds a slash must not make a host out of a path (CVE-2018-14574)."""
    answer = client.get(path.format("//boese.example/%2f.."))
    assert not answer.headers.get("Location", "").startswith(("//", "http://boese", "https://boese"))


CLIMBING = ["../secret_key", "..%2fsecret_key", "....//secret_key", "%2e%2e/%2e%2e/secret_key", "..\\secret_key"]
SHELVES = ["/static/{}", "/datei/{}/small.jpg", "/bild/{}/small.jpg", "/wappen/{}.png", "/gebaerdensprache/video/{}"]


@pytest.mark.parametrize("climb", CLIMBING)
def test_no_path_climbs_out_of_its_folder(climb, client, town, settings):
    (settings.DATA_DIR / "secret_key").touch()
    for shelf in SHELVES:
        answer = client.get(shelf.format(climb))
        assert answer.status_code in {301, 302, 400, 404}, shelf
        assert b"django-insecure" not in body(answer)


# Who is there --------------------------------------------------------------------------------------------------------
def test_an_unknown_address_costs_the_login_as_much_time(client, town, monkeypatch):
    """The time is that of hashing, so it is counted: as often for somebody unknown as for a wrong password."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self, *args):
        hashed.append(1)
        return encode(self, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    town.field.set_unusable_password()
    town.field.save()
    town.editor.is_active = False
    town.editor.save()
    for login in (town.clerk.email, town.field.email, town.editor.email, "niemand@example.org"):
        hashed.clear()
        client.post("/konto/anmelden/", {"login": login, "password": "falsch-falsch-1"})
        counts.append(len(hashed))
    assert counts == [counts[0]] * 4
    assert counts[0] > 0


@pytest.mark.parametrize("path", ["/meine-meldungen/", "/konto/passwort/vergessen/"])
def test_asking_for_a_link_tells_nobody_who_is_known(path, town, make_report):
    make_report(email="erika@example.org")
    answers = []
    for email in ("erika@example.org" if "meine" in path else town.clerk.email, "niemand@example.org"):
        answer = Client().post(path, {"email": email}, follow=True)
        text = re.sub(r'value="[^"]{20,}"', "", answer.content.decode()).replace(email, "ADRESSE")
        answers.append((answer.status_code, [url for url, _status in answer.redirect_chain], text))
    assert answers[0] == answers[1]
