"""Reports without reception: written, kept through everything, sent by themselves exactly once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from cases.models import Case, File
from tests.browser import steps
from tests.browser.conftest import the_case
from tests.browser.reception import Phone, Reception
from tests.browser.world import make_dangerous
from tests.conftest import Town, jpeg

TEXT = "Tiefes Loch vor der Schule."
KEPT = """
() => new Promise((done) => {
  indexedDB.open("anliegen").onsuccess = ({target}) => {
    const stores = ["drafts", "photos", "queue"], found = {};
    const transaction = target.result.transaction(stores);
    for (const store of stores) {
      transaction.objectStore(store).getAll().onsuccess = (rows) => { found[store] = rows.target.result; };
    }
    transaction.oncomplete = () => { target.result.close(); done(JSON.stringify(found)); };
  };
})
"""


@pytest.fixture
def reception(site: str, settings: Any) -> Iterator[Reception]:
    """The line between phone and platform."""
    line = Reception(urlsplit(site).port or 80)
    settings.PUBLIC_PORT = str(line.port)
    yield line
    line.close()


@pytest.fixture
def phone(playwright: Playwright, reception: Reception, tmp_path: Path) -> Iterator[Phone]:
    """A phone that has been here once: the worker is on it."""
    phone = Phone(playwright, tmp_path / "profile", reception)
    first_visit(phone.start())
    yield phone
    phone.stop()
    assert not phone.problems


def first_visit(page: Page) -> None:
    """Open the portal and wait until it is kept."""
    page.goto("/")
    page.wait_for_function("() => navigator.serviceWorker.controller")


def pictures(folder: Path, *colours: str) -> list[Path]:
    """Photos of one colour each."""
    files = [folder / f"{colour}.jpg" for colour in colours]
    for file, colour in zip(files, colours, strict=True):
        file.write_bytes(jpeg(colour).read())
    return files


def keep_photos(page: Page, *files: Path) -> None:
    """Choose photos and see them listed."""
    page.locator("#photos").set_input_files(list(files))
    expect(page.locator("[data-photo-list] > li")).to_have_count(len(files))
    expect(page.locator("[data-photo-list] img")).to_have_count(len(files))


def digests(files: list[Path]) -> set[str]:
    return {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_phone_dies_in_the_middle_and_the_report_arrives_once(town: Town, phone: Phone, tmp_path: Path) -> None:
    """Begun online, no reception with two photos chosen, the tab closed, the phone dead; later it is sent by itself."""
    page = phone.page
    photos = pictures(tmp_path, "red", "blue")
    steps.begin(page)
    steps.by_crosshair(page)
    steps.heading(page, "Worum geht es?")
    phone.lose_reception()
    page.locator("#photos").set_input_files(photos)
    page.get_by_label("Was ist Ihnen aufgefallen?").fill(TEXT)
    expect(page.get_by_text("Wird hochgeladen, sobald Netz da ist")).to_have_count(2)
    steps.eventually(page, lambda: TEXT in page.evaluate(KEPT))
    page = phone.close_tab()
    phone.kill()

    page = phone.start()
    page.goto("/")
    steps.heading(page, "Sie sind offline")
    page.goto("/melden/")
    page.get_by_role("link", name="Entwurf fortsetzen").click()
    steps.heading(page, "Worum geht es?")
    expect(page.locator("[data-photo-list] img")).to_have_count(2)
    expect(page.get_by_label("Was ist Ihnen aufgefallen?")).to_have_value(TEXT)
    page.get_by_role("radio", name=re.compile("Schlagloch")).check()
    steps.press(page, "Weiter")
    steps.leave_contact(page, "erika@example.org")
    steps.heading(page, "Stimmt alles?")
    expect(page.locator(".answers")).to_contain_text("Mühlenstraße")
    steps.press(page, "Meldung absenden")
    expect(steps.heading(page, "Gespeichert. Wird von selbst gesendet.")).to_be_focused()
    expect(page.locator(".outbox")).to_contain_text("1 Meldung wartet auf Empfang.")
    phone.kill()
    assert not Case.objects.exists()

    phone.reception.set("good")
    page = phone.start()
    page.goto("/")
    sent = page.get_by_role("status").filter(has_text="Gesendet: HSW-")
    expect(sent).to_be_visible(timeout=20_000)
    sent.get_by_role("link", name="Beleg ansehen").click()
    number, _secret = steps.receipt(page)
    case = the_case()
    assert (case.number, case.report.text, case.contact.email) == (number, TEXT, "erika@example.org")
    assert case.point is not None
    assert set(case.files.values_list("sha256", flat=True)) == digests(photos)
    assert case.report.photos.count() == File.objects.count() == 2
    kept = page.evaluate(KEPT)
    assert "erika@example.org" not in kept
    assert TEXT not in kept
    page.goto("/melden/geraet/")
    expect(page.get_by_role("heading", name="Gesendet")).to_be_visible()
    expect(page.locator("main")).to_contain_text(number)
    steps.press(page, "Von diesem Gerät löschen")
    expect(page.get_by_text("Auf diesem Gerät ist nichts gespeichert")).to_be_visible()


def test_begun_without_reception_with_questions_and_danger(town: Town, phone: Phone) -> None:
    """All steps in the page that is kept: conditions, danger, what is missing, and the same report at the end."""
    make_dangerous(town)
    page = phone.page
    page.evaluate("() => caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.unregister())")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller")
    phone.lose_reception()
    page.goto("/melden/?adresse=Am+Teich")
    steps.press(page, "Meldung beginnen")
    steps.heading(page, "Wo ist es?")
    expect(page.get_by_label("Adresse oder Beschreibung")).to_have_value("Am Teich")
    expect(page.locator("#place-map")).to_have_class(re.compile("leaflet-container"))
    steps.press(page, "Weiter")
    steps.heading(page, "Worum geht es?")
    steps.press(page, "Weiter")
    summary = page.get_by_role("alert").filter(has_text="Bitte prüfen Sie Ihre Angaben")
    expect(summary).to_be_focused()
    steps.describe(page, TEXT, category="Schachtdeckel")
    steps.heading(page, "Gefahr: Bitte rufen Sie zuerst an")
    expect(page.get_by_text("Bitte sichern Sie die Stelle")).to_be_visible()
    steps.press(page, "Weiter")
    expect(summary).to_contain_text("Was ist mit dem Deckel?")
    page.get_by_role("radio", name="Er fehlt").check()
    page.get_by_role("group", name="Fahren dort Autos?").get_by_role("radio", name="Ja").check()
    steps.press(page, "Weiter")
    steps.leave_contact(page)
    steps.heading(page, "Stimmt alles?")
    expect(page.locator(".answers")).to_contain_text("Er fehlt")
    steps.press(page, "Meldung absenden")
    steps.heading(page, "Gespeichert. Wird von selbst gesendet.")
    phone.get_reception()
    steps.heading(page, re.compile(r"Gesendet: HSW-"))  # type: ignore[arg-type]
    case = the_case()
    assert (case.report.text, case.report.address) == (TEXT, "Am Teich")
    assert case.report.answers == {"kaputt": "fehlt", "verkehr": True}


def test_what_the_server_refuses_is_kept_and_mended(town: Town, phone: Phone) -> None:
    """Since the page was kept, an e-mail address became required: the report comes back with that."""
    page = phone.page
    phone.lose_reception()
    write(page)
    town.municipality.allow_anonymous = False
    town.municipality.save()
    phone.get_reception()
    steps.heading(page, "Ihre Meldung braucht noch eine Angabe.")
    page.locator("main").get_by_role("link", name="Angabe ergänzen").click()
    steps.heading(page, "Wie erreichen wir Sie?")
    expect(page.get_by_role("alert").filter(has_text="E-Mail")).to_be_focused()
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill("erika@example.org")
    steps.press(page, "Weiter")
    steps.press(page, "Meldung absenden")
    steps.receipt(page)
    assert the_case().contact.email == "erika@example.org"


def test_two_tabs_and_a_lost_answer_make_one_report(town: Town, phone: Phone, tmp_path: Path) -> None:
    """The report arrives, its answer does not, and then two tabs try at once."""
    page = phone.page
    phone.lose_reception()
    write(page, *pictures(tmp_path, "green", "yellow"))
    phone.reception.set("deaf")
    assert phone.context is not None
    phone.context.set_offline(False)
    steps.eventually(page, Case.objects.exists)
    expect(page.locator(".outbox")).to_contain_text("1 Meldung wartet auf Empfang.")
    phone.reception.set("good")
    other = phone.context.new_page()
    other.goto("/", wait_until="commit")
    page.goto("/karte/", wait_until="commit")
    for one in (page, other):
        expect(one.locator(".outbox[data-state=sent]")).to_be_visible()
    case = the_case()
    assert case.report.photos.count() == case.files.count() == 2


def test_a_full_phone_says_so_before_a_photo_is_taken(town: Town, phone: Phone, tmp_path: Path) -> None:
    """The warning stands above the camera; what cannot be kept is told, and the report goes on without it."""
    phone.lose_reception()
    phone.stop()
    page = phone.start()
    assert phone.context is not None
    session = phone.context.new_cdp_session(page)
    limit = {"origin": phone.reception.address, "quotaSize": 2_500_000}
    session.send("Storage.overrideQuotaForOrigin", limit)
    page.goto("/melden/")
    steps.press(page, "Meldung beginnen")
    page.get_by_label("Adresse oder Beschreibung").fill("Am Teich")
    steps.press(page, "Weiter")
    expect(page.get_by_text("Auf diesem Gerät ist kaum noch Platz.")).to_be_visible()
    large = tmp_path / "gross.jpg"
    Image.effect_noise((1500, 1500), 90).save(large, "JPEG", quality=85)
    assert 1_400_000 < large.stat().st_size < 2 * 2**20
    page.locator("#photos").set_input_files(large)
    expect(page.get_by_text("Auf diesem Gerät ist kein Platz für das Foto.").first).to_be_visible()
    expect(page.locator("[data-photo-list] > li")).to_have_count(0)
    steps.describe(page, TEXT)
    steps.heading(page, "Wie erreichen wir Sie?")


def test_a_waiting_report_can_be_changed_and_deleted(town: Town, phone: Phone) -> None:
    """The list of the device: out of the queue to change it, and gone for good."""
    page = phone.page
    phone.lose_reception()
    write(page)
    page.goto("/melden/geraet/")
    steps.follow(page, "Ändern")
    steps.heading(page, "Stimmt alles?")
    page.goto("/melden/geraet/")
    expect(page.get_by_role("heading", name="Begonnen")).to_be_visible()
    steps.press(page, "Löschen")
    steps.press(page, "Wirklich löschen? Noch hat sie niemand.")
    expect(page.get_by_text("Auf diesem Gerät ist nichts gespeichert")).to_be_visible()
    assert TEXT not in page.evaluate(KEPT)
    phone.get_reception()
    page.goto("/")
    assert not Case.objects.exists()


def test_switched_off_the_worker_and_what_it_kept_are_gone(town: Town, phone: Phone, settings: Any) -> None:
    """The way back: with the next page nothing of it is left."""
    settings.OFFLINE = False
    phone.page.goto("/")
    phone.page.wait_for_function(
        """() => Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()])
          .then((found) => !found.flat().length)"""
    )


def write(page: Page, *photos: Path) -> None:
    """A whole report without reception, up to the queue."""
    page.goto("/melden/")
    steps.press(page, "Meldung beginnen")
    steps.heading(page, "Wo ist es?")
    page.get_by_label("Adresse oder Beschreibung").fill("Am Teich")
    steps.press(page, "Weiter")
    steps.heading(page, "Worum geht es?")
    if photos:
        keep_photos(page, *photos)
    steps.describe(page, TEXT)
    steps.leave_contact(page)
    steps.heading(page, "Stimmt alles?")
    steps.press(page, "Meldung absenden")
    steps.heading(page, "Gespeichert. Wird von selbst gesendet.")


def test_nothing_personal_is_ever_in_the_cache(town: Town, phone: Phone, make_report: Callable[..., Case]) -> None:
    """Own page, flow, desk: visited, and not kept."""
    case = make_report("Ein Geheimnis", email="erika@example.org")
    page = phone.page
    steps.begin(page)
    for address in (f"/meine/{case.secret}/", f"/melden/fertig/{case.secret}/", "/konto/anmelden/", "/karte/"):
        page.goto(address)
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            const kept = await (await caches.open(name)).keys();
            found.push(...kept.map((request) => new URL(request.url).pathname));
          }
          return found.filter((path) => !/^\\/(static|stil|wappen)\\//.test(path)).sort();
        }"""
    )
    german = {path.removeprefix("/en") for path in kept}
    assert german <= {"/melden/offline/", "/melden/geraet/", "/offline/", "/karte/grund.json"}
