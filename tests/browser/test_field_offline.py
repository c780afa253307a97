"""The field view without reception: a cold start, somebody faster, a session that ended, logout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from accounts.policy import Role
from accounts.services import grant
from cases.change import By
from cases.models import Case, Entry
from cases.policy import State
from cases.services import move, note
from dispatch.models import Job
from reports.services import attach_photo
from tests.browser import steps
from tests.browser.crew import APP, Crew, a_crew, a_line, a_platform, planned
from tests.browser.world import photo_of
from tests.conftest import Town, jpeg

__all__ = ["a_crew", "a_line", "a_platform"]
WAITS_OR_NEW = """
async () => document.documentElement.dataset.release === "neu" || (await navigator.serviceWorker.ready).waiting !== null
"""
POCKET = """
() => {
  Object.defineProperty(document, "hidden", {value: true, configurable: true});
  setInterval(() => document.dispatchEvent(new Event("visibilitychange")), 500);
}
"""
"""The phone goes into the pocket: its page is hidden."""
PHOTO = jpeg("teal", (320, 240)).read()


def waiting_line(page: Page) -> Locator:
    """The line that always says where everything is."""
    return page.locator("#state")


def test_an_airplane_from_a_cold_start(
    town: Town, make_report: Callable[..., Case], work: Callable[[], None], crew: Crew
) -> None:
    """After one sync the phone is switched on without any network: list, details, photos and map are there."""
    cases = planned(town, make_report, 3)
    attach_photo(case=cases[0], file=photo_of(cases[0], "darkorange", now()), by=By.citizen())
    work()
    crew.first_sync()
    photo = crew.read()["days"][0]["data"]["jobs"][0]["photos"][0]
    crew.wait(lambda: {photo["thumb"], photo["full"]} <= set(crew.cached()["aussendienst-day"]))
    crew.phone.lose_reception()
    crew.phone.kill()

    page = crew.start()
    for case in cases:
        expect(page.locator(f'main a[href="#/auftrag/{case.pk}"]').first).to_be_visible()
    page.goto(f"{APP}#/auftrag/{cases[0].pk}")
    expect(page.get_by_text("Loch Nummer 1")).to_be_visible()
    shown = page.locator("main .shots img").first
    steps.eventually(page, lambda: shown.evaluate("(one) => one.complete && one.naturalWidth > 100"))
    page.goto(f"{APP}#/karte")
    drawn = page.locator(".field-map .leaflet-container, .field-map .leaflet-marker-icon")
    expect(drawn.first).to_be_visible()
    ground = "(one) => fetch(document.documentElement.dataset.ground).then((answer) => answer.json())"
    assert page.evaluate(ground)["features"]


def test_somebody_was_faster_and_nothing_is_lost(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """The manager settles the case while the phone is out of reach: both versions are shown, the worker decides."""
    one, other = planned(town, make_report, 2)
    crew.first_sync()
    crew.phone.lose_reception()
    crew.act("erledigt", one, "Mit Kaltasphalt gefüllt.", (PHOTO,))
    crew.act("notiz", one, "Rand bröckelt noch.")
    crew.act("erledigt", other, "Auch dieses.")
    note(case=one, by=By.staff(town.manager), text="Die Firma kommt am Montag.")
    move(case=one, by=By.staff(town.manager), to=State.DONE, text="Die Firma hat es erledigt.")
    crew.phone.get_reception()
    crew.wait(lambda: crew.states() == ["refused (conflict)", "queued", "sent"])
    assert len(crew.read()["photos"]) == 1
    page = crew.page
    expect(waiting_line(page)).to_have_attribute("data-state", "needs")
    page.goto(f"{APP}#/warteschlange")
    shown = page.locator(".conflict")
    expect(shown).to_contain_text("Mit Kaltasphalt gefüllt.")
    expect(shown).to_contain_text("Die Firma hat es erledigt.")
    shown.locator("[data-settle=note]").click()
    crew.wait(lambda: set(crew.states()) == {"sent"})
    assert not crew.read()["photos"]
    expect(waiting_line(page)).to_have_attribute("data-state", "calm")
    told = list(one.entries.order_by("pk").values_list("text", flat=True))
    assert told[-4:] == [
        "Die Firma kommt am Montag.",
        "Die Firma hat es erledigt.",
        "Erledigt: Mit Kaltasphalt gefüllt.",
        "Rand bröckelt noch.",
    ]
    other.refresh_from_db()
    assert other.state == State.DONE.value


def test_a_session_that_ended_keeps_the_queue(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """Logged out by the server while out of reach: the app asks for the login, and sends what waited after it."""
    (case,) = planned(town, make_report, 1)
    page = crew.first_sync()
    crew.phone.lose_reception()
    key = crew.act("erledigt", case, "Gefüllt.", (PHOTO,))
    Session.objects.all().delete()
    crew.phone.get_reception()
    expect(page.locator("#ask-login")).to_be_visible()
    assert crew.rows()[0]["state"] == "queued"
    page.goto(f"{reverse('account_login')}?next={APP}")
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(town.field.email)
    page.get_by_label("Passwort", exact=True).fill("geheim-geheim-1")
    steps.press(page, "Anmelden")
    page.wait_for_url(f"**{APP}*")
    crew.wait(lambda: crew.states() == ["sent"])
    expect(page.locator("#ask-login")).to_be_hidden()
    assert Entry.objects.filter(client_key=key).count() == 1


@pytest.fixture
def colleague(town: Town) -> User:
    """Another one of the same yard."""
    user = User.objects.create_user("zweiter@example.org", "geheim-geheim-1", name="Zweiter")
    grant(user=user, municipality=town.municipality, role=Role.FIELD, unit=town.yard)
    return user


def test_logout_sends_first_and_leaves_nothing(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """What waits goes on its way before the session ends; then the phone knows nothing of the day."""
    (case,) = planned(town, make_report, 1)
    crew.first_sync()
    crew.phone.lose_reception()
    crew.act("notiz", case, "Vor der Pause.")
    assert crew.leave() is False
    assert crew.read()["days"]
    crew.reception.set("good")
    assert crew.phone.context is not None
    crew.phone.context.set_offline(False)
    assert crew.leave() is True
    assert case.entries.filter(text="Vor der Pause.").count() == 1
    assert crew.read() == {"days": [], "actions": [], "photos": [], "meta": [], "halves": []}
    assert [name for name in crew.cached() if name.startswith("aussendienst")] == release_only(crew)
    assert not Session.objects.exists()


def release_only(crew: Crew) -> list[str]:
    """The name of the cache that holds the app itself."""
    return [f"aussendienst-{crew.page.evaluate('document.documentElement.dataset.release')}"]


def test_what_is_unsent_stays_bound_to_its_person(
    town: Town, make_report: Callable[..., Case], crew: Crew, colleague: User
) -> None:
    """Left without reception: the next one on this phone sends nothing of it; it goes when the first is back."""
    (case,) = planned(town, make_report, 1)
    crew.first_sync()
    crew.phone.lose_reception()
    key = crew.act("notiz", case, "Von der Ersten.", (PHOTO,))
    assert crew.leave(anyway=True) is True
    left = crew.read()
    assert [row["client_key"] for row in left["actions"]] == [key]
    assert len(left["photos"]) == 1
    assert not left["days"]
    assert "aussendienst-day" not in crew.cached()

    crew.phone.get_reception()
    crew.wait(lambda: not crew.read()["meta"])
    crew.log_in(colleague)
    crew.page.reload()
    crew.wait(lambda: [row["user"] for row in crew.read()["days"]] == [colleague.pk])
    assert crew.states() == ["queued"]
    assert not case.entries.filter(client_key=key).exists()
    expect(waiting_line(crew.page)).to_have_text("1 noch hier")

    crew.log_in(town.field)
    crew.page.reload()
    crew.wait(lambda: "sent" in crew.states())
    entry = Entry.objects.get(client_key=key)
    assert entry.user == town.field
    assert [row["user"] for row in crew.read()["days"]] == [town.field.pk]


def test_what_was_sent_is_on_the_screen_at_once(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """An order that arrived is the order shown; what is off one's hands is off the list, without fetching it anew."""
    cases = planned(town, make_report, 4)
    Job.objects.filter(case=cases[1]).update(position=9)
    page = crew.first_sync()
    assert [int(number) for number in page.locator(".stop__number").all_inner_texts()] == [1, 3, 4, 9]
    page.get_by_role("button", name="Kürzere Tour übernehmen").click()
    crew.wait(lambda: crew.states() == ["sent"])
    expect(page.get_by_role("button", name="Kürzere Tour übernehmen")).to_be_hidden()
    proposed = crew.read()["days"][0]["data"]["proposed"]
    assert [job["id"] for job in crew.read()["days"][0]["data"]["jobs"]] == proposed
    assert page.locator(".stop__number").all_inner_texts() == ["1", "2", "3", "4"]
    crew.act("nicht-moeglich", cases[2], "Ein Auto steht im Weg.")
    crew.wait(lambda: crew.states() == ["sent", "sent"])
    page.goto(f"{APP}#/heute")
    expect(page.locator(".stop")).to_have_count(3)


def test_a_new_report_in_three_taps(town: Town, make_report: Callable[..., Case], crew: Crew, tmp_path: Path) -> None:
    """Photo, category, send, without reception: the place is where the phone is; it arrives with its photo, once."""
    planned(town, make_report, 1)
    page = crew.first_sync()
    assert crew.phone.context is not None
    crew.phone.context.grant_permissions(["geolocation"], origin=crew.reception.address)
    crew.phone.context.set_geolocation({"longitude": town.middle.x, "latitude": town.middle.y, "accuracy": 6})
    crew.phone.lose_reception()
    page.goto(f"{APP}#/neu")
    expect(page.get_by_text("Standort gefunden")).to_be_visible()
    photo = tmp_path / "loch.jpg"
    photo.write_bytes(PHOTO)
    page.locator("#fresh-camera").set_input_files(photo)
    page.locator("label.kind", has_text="Schlagloch").click()
    page.get_by_role("button", name="Melden", exact=True).click()
    crew.wait(lambda: crew.states() == ["queued"])
    crew.phone.get_reception()
    crew.wait(lambda: crew.states() == ["sent"])
    case = Case.objects.latest("pk")
    assert case.topic == town.pothole.topic
    assert case.point is not None
    assert case.point.distance(town.middle) < 0.0001
    assert [file.sha256 for file in case.files.all()] == [hashlib.sha256(PHOTO).hexdigest()]
    assert Case.objects.count() == 2


def test_a_phone_that_closes_the_app_over_a_form_brings_it_back(
    town: Town, make_report: Callable[..., Case], crew: Crew
) -> None:
    """The camera needed the room: words and photos of the form are there again, once it is sent they are gone."""
    case, _other = planned(town, make_report, 2)
    crew.first_sync()
    crew.phone.lose_reception()
    sheet = crew.open_sheet("erledigt", case)
    crew.fill(sheet, "Mit Kaltasphalt", (PHOTO, PHOTO))
    crew.wait(lambda: [len(row["shots"]) for row in crew.read()["halves"]] == [2])
    crew.phone.kill()
    crew.start()
    sheet = crew.page.locator("dialog[open]")
    expect(sheet.locator("#sheet-text")).to_have_value("Mit Kaltasphalt")
    expect(sheet.locator(".shot")).to_have_count(2)
    sheet.locator("button[type=submit]").click()
    expect(sheet).to_have_count(0)
    crew.wait(lambda: not crew.read()["halves"])
    (row,) = crew.rows()
    assert (row["kind"], row["text"], len(row["photos"])) == ("erledigt", "Mit Kaltasphalt", 2)

    sheet = crew.open_sheet("notiz", case)
    crew.fill(sheet, "Doch nicht.", ())
    sheet.get_by_role("button", name="Abbrechen").click()
    crew.wait(lambda: not crew.read()["halves"])

    crew.page.evaluate("() => { location.hash = '#/neu'; }")
    crew.page.locator("#fresh-text").fill("Ast auf dem Weg")
    crew.wait(lambda: bool(crew.read()["halves"]))
    crew.phone.kill()
    crew.start()
    expect(crew.page.locator("#fresh-text")).to_have_value("Ast auf dem Weg")


def test_the_browser_sends_when_the_app_is_closed(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """Background Sync: the tab is closed, the worker sends what waits."""
    (case,) = planned(town, make_report, 1)
    page = crew.first_sync()
    crew.phone.lose_reception()
    key = crew.act("erledigt", case, "Gefüllt.", (PHOTO,))
    assert crew.phone.context is not None
    session = crew.phone.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(
            one["registrationId"] for one in told["registrations"] if one["scopeURL"].endswith(APP)
        ),
    )
    session.send("ServiceWorker.enable")
    crew.wait(lambda: bool(registrations))
    page.goto("about:blank")
    crew.phone.get_reception()
    origin = crew.reception.address
    told = {"origin": origin, "registrationId": registrations[-1], "tag": "aussendienst", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", told)
    steps.eventually(page, lambda: Entry.objects.filter(client_key=key).exists())


def test_a_full_phone_says_so_before_the_photo(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """There is no room: it is said before the camera opens; words are kept all the same."""
    (case,) = planned(town, make_report, 1)
    page = crew.first_sync()
    used = page.evaluate("async () => (await navigator.storage.estimate()).usage")
    crew.phone.lose_reception()
    crew.phone.stop()
    page = crew.phone.start()
    assert crew.phone.context is not None
    session = crew.phone.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": crew.reception.address, "quotaSize": used + 1_000_000})
    page = crew.start()
    page.goto(f"{APP}#/auftrag/{case.pk}")
    page.locator("label[for=camera]").click()
    expect(page.get_by_text("Dieses Telefon ist voll.")).to_be_visible()
    crew.act("notiz", case, "Ohne Foto.")
    assert crew.states() == ["queued"]


def test_a_new_release_strands_no_queue(
    town: Town, make_report: Callable[..., Case], crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new worker and a new page come while entries wait without reception: all of them arrive from the new app."""
    (case,) = planned(town, make_report, 1)
    page = crew.first_sync()
    crew.phone.lose_reception()
    key = crew.act("erledigt", case, "Gefüllt.", (PHOTO,))
    crew.reception.set("502")
    monkeypatch.setattr("portal.crew.release", lambda municipality: "neu")
    crew.reception.set("good")
    Session.objects.all().delete()  # so that the old app cannot send it
    assert crew.phone.context is not None
    crew.phone.context.set_offline(False)
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    page.wait_for_function("async () => (await navigator.serviceWorker.ready).waiting")
    crew.phone.kill()
    page = crew.start()
    page.wait_for_function(WAITS_OR_NEW)
    page.evaluate(POCKET)
    expect(page.locator("html")).to_have_attribute("data-release", "neu", timeout=30_000)
    crew.wait(lambda: crew.states() == ["sent"])
    assert Entry.objects.filter(client_key=key).count() == 1


def test_an_app_that_is_too_old_says_so_and_keeps_its_queue(
    town: Town, make_report: Callable[..., Case], crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interface speaks another schema: the person reads what to do, nothing is lost, and it goes on afterwards."""
    (case,) = planned(town, make_report, 1)
    page = crew.first_sync()
    monkeypatch.setattr("field.access.SCHEMA", 2)
    crew.act("notiz", case, "Vor dem Update.", (PHOTO,))
    expect(page.get_by_role("heading", name="Diese App ist zu alt")).to_be_visible()
    assert crew.states() == ["queued"]
    monkeypatch.setattr("field.access.SCHEMA", 1)
    page.get_by_role("button", name="Neue Version holen").click()
    crew.send_all()
    assert crew.states() == ["sent"]
    expect(page.get_by_role("heading", name="Diese App ist zu alt")).to_be_hidden()
