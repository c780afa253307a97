"""The public page of a report."""

import uuid

import pytest

from cases.change import By
from cases.models import Case, Follow, Stage, Support
from cases.policy import State
from cases.services import move, update, withdraw
from reports.services import release_photo, release_text, withdraw_text
from tests.conftest import Town


def page(client, case):
    return client.get(f"/meldungen/{case.number}/")


def test_shows_what_is_released(client, town: Town, release, photo_of):
    case = release("Tiefes Loch, Vorsicht", address="Mühlenstraße 12")
    staff = By.staff(town.manager)
    photo = photo_of(case)
    release_photo(photo=photo, by=staff)
    move(case=case, to=State.OPEN, by=staff, text="Wir kommen am Montag.")
    photo.file.refresh_from_db()
    text = page(client, case).content.decode()
    for part in (
        "Tiefes Loch, Vorsicht",
        "Mühlenstraße 12",
        "in Bearbeitung",
        "Wir kommen am Montag.",
        "Bauhof",
        f"/bild/{photo.file.public_name}/medium.webp",
        f'alt="Foto 1 zur Meldung {case.number}: Schlagloch"',
        'type="image/webp"',
        'width="',
        f"/meldungen/{case.number}/folgen/?auch",
        f"/meldungen/{case.number}/rueckmeldung/?noch-da",
        '<meta property="og:title" content="Schlagloch, Mühlenstraße 12">',
    ):
        assert part in text, part


def test_the_words_of_a_stage_stand_beside_the_state(client, town, release):
    case = release()
    Stage.objects.filter(municipality=town.municipality, slug="in-arbeit").update(
        public_text={"de": "Die Kolonne ist bestellt."}
    )
    move(case=case, to=State.OPEN, by=By.staff(town.manager))
    assert "Die Kolonne ist bestellt." in page(client, case).content.decode()


def test_is_the_same_for_everybody_and_may_be_kept(client, release):
    response = page(client, release())
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "csrf" not in response.content.decode().lower()


def test_an_unreleased_report_says_since_when_and_nothing_else(client, make_report, town):
    case = make_report("GEHEIM", address="Geheimweg 1")
    response = page(client, case)
    text = response.content.decode()
    assert response.status_code == 200
    assert "In Prüfung seit 2. März 2026" in text
    for secret in ("GEHEIM", "Geheimweg", "Schlagloch", "Bauhof", case.secret, "8.23", "eingegangen"):
        assert secret not in text
    assert response["Cache-Control"] == "no-store"


def test_taking_the_text_back_puts_it_in_review_again(client, town, release):
    case = release("GEHEIM")
    withdraw_text(case=case, by=By.staff(town.manager))
    text = page(client, case).content.decode()
    assert "In Prüfung seit" in text
    assert "GEHEIM" not in text


def test_what_may_not_be_known_looks_like_what_does_not_exist(client, town, make_report, release):
    confidential = make_report("Kritik", category=town.complaint)
    withdrawn = make_report()
    withdraw(case=withdrawn, by=By.citizen())
    hidden = release()
    Stage.objects.filter(slug="nicht-zustaendig").update(hides=True)
    move(case=hidden, to=State.REJECTED, by=By.staff(town.manager), text="Regelverstoß")
    unknown = client.get("/meldungen/HSW-2026-999999/")
    for case in (confidential, withdrawn, hidden):
        response = page(client, case)
        assert response.status_code == 404
        assert response.content.replace(str(case.number).encode(), b"HSW-2026-999999") == unknown.content
        for below in ("folgen/", "rueckmeldung/", "qr.svg", "ort/hell/"):
            assert client.get(f"/meldungen/{case.number}/{below}").status_code == 404


def test_a_report_in_review_can_neither_be_followed_nor_answered(client, make_report):
    case = make_report()
    for below in ("folgen/", "rueckmeldung/", "qr.svg", "ort/hell/"):
        assert client.get(f"/meldungen/{case.number}/{below}").status_code == 404
    assert (
        client.post(f"/meldungen/{case.number}/folgen/", {"email": "a@example.org", "follow": "on"}).status_code == 404
    )


def test_former_numbers_lead_to_the_present_one(client, release, make_report):
    case, unreleased = release(), make_report()
    Case.objects.filter(pk=case.pk).update(former_number="ALT-7")
    Case.objects.filter(pk=unreleased.pk).update(former_number="ALT-8")
    assert client.get("/meldungen/ALT-7/")["Location"] == f"/meldungen/{case.number}/"
    assert client.get("/meldungen/ALT-8/").status_code == 404
    assert client.get(f"/meldungen/{case.number.lower()}/")["Location"] == f"/meldungen/{case.number}/"


def test_the_page_of_another_town_is_on_its_own_site(client, neighbour, release):
    case = release(of=neighbour)
    assert page(client, case)["Location"].startswith("http://heek.localhost")
    assert client.get(f"/meldungen/{case.number}/", headers={"host": "heek.localhost"}).status_code == 200


def test_a_bounded_number_of_queries(client, town, release, photo_of, django_assert_max_num_queries):
    case = release()
    for colour in ("red", "green", "blue"):
        release_photo(photo=photo_of(case, colour), by=By.staff(town.manager))
    for n in range(3):
        update(case=case, by=By.staff(town.manager), text=f"Stand {n}")
    with django_assert_max_num_queries(9):
        page(client, case)


def test_the_qr_code_is_a_drawing_of_the_address(client, release):
    response = client.get(f"/meldungen/{release().number}/qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content


def test_the_place_is_a_picture_that_needs_no_script(client, release):
    case = release(address="Mühlenstraße 12")
    text = page(client, case).content.decode()
    for scheme in ("hell", "dunkel"):
        address = f"/meldungen/{case.number}/ort/{scheme}/"
        assert f'src="{address}?{case.point.y},{case.point.x}" alt="Ort auf der Karte: Mühlenstraße 12"' in text
        response = client.get(address)
        assert response["Content-Type"] == "image/svg+xml"
        assert "public" in response["Cache-Control"]
        assert not response.cookies
        again = client.get(address, headers={"if-none-match": response["ETag"]})
        assert again.status_code == 304
    assert client.get(f"/meldungen/{case.number}/ort/bunt/").status_code == 404


def test_tiles_are_one_picture_that_names_its_source(client, release, settings):
    settings.TILE_URL, settings.TILE_ATTRIBUTION = "https://tiles.example.org/{z}/{x}/{y}.png", "© <b>Amt</b>"
    text = page(client, release()).content.decode()
    assert "/ort/hell/" in text
    assert "/ort/dunkel/" not in text
    assert '<p class="place__source">© Amt</p>' in text


def test_without_a_place_there_is_no_picture(client, town, release):
    case = release(category=town.praise, point=None)
    assert "/ort/" not in page(client, case).content.decode()
    assert client.get(f"/meldungen/{case.number}/ort/hell/").status_code == 404


class TestInterest:
    """Support and follow."""

    def post(self, client, case, **typed):
        return client.post(f"/meldungen/{case.number}/folgen/", typed)

    def test_support_and_follow_wait_for_the_link(self, client, release):
        case = release()
        response = self.post(client, case, email="Eva@Example.org", support="on", follow="on")
        assert "eva@example.org" in response.content.decode()
        assert Support.objects.get(case=case).confirmed_at is None
        assert Follow.objects.get(case=case, email="eva@example.org").confirmed_at is None

    def test_what_somebody_came_for_needs_no_box(self, client, town, release):
        case = release()
        too = client.get(f"/meldungen/{case.number}/folgen/?auch").content.decode()
        assert "Ist es Ihnen auch aufgefallen?" in too
        assert ('name="follow"' in too, 'name="support"' in too) == (True, False)
        only = client.get(f"/meldungen/{case.number}/folgen/").content.decode()
        assert "Dieser Meldung folgen" in only
        assert ('name="follow"' in only, 'name="support"' in only) == (False, True)
        client.post(f"/meldungen/{case.number}/folgen/?auch", {"email": "a@example.org"})
        assert (Support.objects.count(), Follow.objects.count()) == (1, 0)
        self.post(client, case, email="b@example.org")
        assert (Support.objects.count(), Follow.objects.count()) == (1, 1)

    def test_what_is_settled_can_be_followed_only(self, client, town, release):
        case = release()
        move(case=case, to=State.DONE, by=By.staff(town.manager), text="Repariert")
        assert "Mir auch aufgefallen" not in page(client, case).content.decode()
        assert "Dieser Meldung folgen" in client.get(f"/meldungen/{case.number}/folgen/?auch").content.decode()

    def test_praise_can_be_followed_only(self, client, town, release):
        case = release("Danke", category=town.praise)
        assert 'name="support"' not in client.get(f"/meldungen/{case.number}/folgen/").content.decode()
        self.post(client, case, email="eva@example.org", support="on", follow="on")
        assert not Support.objects.exists()

    @pytest.mark.parametrize("typed", [{"email": "kein"}, {"support": "on"}])
    def test_an_error_is_said_and_keeps_what_was_typed(self, client, release, typed):
        response = self.post(client, release(), **typed)
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
        assert typed.get("email", "") in response.content.decode()
        assert not Follow.objects.exists()

    def test_a_program_in_the_trap_changes_nothing(self, client, release):
        response = self.post(client, release(), email="a@example.org", follow="on", homepage="http://spam.example")
        assert "noch einmal" in response.content.decode()
        assert 'value="http://spam' not in response.content.decode()
        assert not Follow.objects.exists()

    def test_too_many_are_slowed_down_in_words(self, client, release, monkeypatch):
        monkeypatch.setattr("reports.throttle.SENDS_PER_ADDRESS", 1)
        case = release()
        self.post(client, case, email="a@example.org", follow="on")
        response = self.post(client, case, email="b@example.org", follow="on")
        assert response.status_code == 422
        assert "in einer Stunde" in response.content.decode()
        assert Follow.objects.count() == 1


class TestFeedback:
    """ "Ist noch da" and "Ist erledigt" by anybody."""

    def post(self, client, case, **typed):
        return client.post(f"/meldungen/{case.number}/rueckmeldung/", typed)

    def settled(self, town, release):
        case = release()
        move(case=case, to=State.DONE, by=By.staff(town.manager), text="Repariert")
        return case

    def test_still_there_takes_it_up_again(self, client, town, release):
        case = self.settled(town, release)
        assert "Danke" in self.post(client, case, still_there="1", text="Das Loch ist noch da").content.decode()
        case.refresh_from_db()
        assert case.facts.closed is False
        text = page(client, case).content.decode()
        assert "Das Loch ist noch da" not in text
        assert "Wieder aufgenommen: in Bearbeitung" in text
        assert "Jemand hat gemeldet, dass es noch da ist." in text

    def test_only_what_makes_sense_is_offered(self, client, town, release):
        case, idea = release(), release("Ein Brunnen", category=town.idea)
        address = f"/meldungen/{case.number}/rueckmeldung/"
        assert f"{address}?erledigt" in page(client, case).content.decode()
        move(case=case, to=State.DONE, by=By.staff(town.manager), text="Repariert")
        text = page(client, case).content.decode()
        assert f"{address}?noch-da" in text
        assert "?erledigt" not in text
        assert 'value="0"' not in client.get(address).content.decode()
        assert "rueckmeldung" not in page(client, idea).content.decode()
        assert client.get(f"/meldungen/{idea.number}/rueckmeldung/").status_code == 302

    def test_sending_twice_is_once_and_other_words_are_a_second_answer(self, client, release):
        case, key = release(), str(uuid.uuid4())
        for words in ("Noch da", "Noch da", "Und tiefer als gestern"):
            assert self.post(client, case, still_there="1", text=words, client_key=key).status_code == 200
        texts = case.entries.filter(deed="feedback").values_list("text", flat=True)
        assert list(texts) == ["Noch da", "Und tiefer als gestern"]

    def test_still_there_needs_a_reason_and_keeps_the_choice(self, client, town, release):
        case = self.settled(town, release)
        response = self.post(client, case, still_there="1")
        assert response.status_code == 422
        assert response.content.decode().count("was noch da ist") == 2, "above the form and at the field"
        case.refresh_from_db()
        assert case.facts.closed

    def test_settled_needs_no_words(self, client, release):
        assert self.post(client, release(), still_there="0").status_code == 200

    def test_the_trap_and_the_brake(self, client, town, release, monkeypatch):
        case = self.settled(town, release)
        self.post(client, case, still_there="1", text="Spam", homepage="x")
        case.refresh_from_db()
        assert case.facts.closed
        monkeypatch.setattr("reports.page.FEEDBACKS_PER_HOUR", 0)
        response = self.post(client, case, still_there="1", text="Noch da, wirklich")
        assert response.status_code == 422
        assert "Noch da, wirklich" in response.content.decode()


def test_the_wording_of_the_clerk_is_shown(client, town, make_report):
    case = make_report("Herr Meier hat das Loch gegraben")
    release_text(case=case, by=By.staff(town.manager), text="Ein Loch")
    text = page(client, case).content.decode()
    assert "Ein Loch" in text
    assert "Meier" not in text


def test_without_a_number_it_is_the_list_with_its_filters(client, town):
    answer = client.get("/meldungen/?q=Gro%C3%9Fe+Stra%C3%9Fe&von=//evil.example")
    assert answer["Location"] == "/karte/?q=Gro%C3%9Fe+Stra%C3%9Fe&von=%2F%2Fevil.example"
    assert client.get("/meldungen/")["Location"] == "/karte/"
