"""The main job with scripts switched off, by address: the same steps as plain forms."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page, expect

from cases.policy import State
from tests.browser import steps
from tests.browser.conftest import the_case
from tests.conftest import Town

REPORTER, FOLLOWER = "erika@example.org", "paul@example.org"


def test_from_the_address_to_the_closed_loop(
    town: Town,
    visit: Callable[..., Page],
    mails: Callable[[str], list[EmailMessage]],
    log_in: Callable[[Page, str], None],
    photos: dict[str, Path],
) -> None:
    """Report, confirm, release, follow, settle, tell both, "ist noch da", open again; nobody runs a script."""
    erika = visit("phone", java_script_enabled=False)
    steps.begin(erika)
    steps.press(erika, "Weiter")
    expect(erika.get_by_role("alert")).to_contain_text("Wo ist es?")
    steps.by_address(erika, "mühlenstr 3", chosen="Mühlenstraße 3")
    steps.heading(erika, "Worum geht es?")

    # Photos sent survive an error of the form.
    erika.locator("#photos").set_input_files([photos["gps.jpg"], photos["iphone.heic"]])
    steps.press(erika, "Weiter")
    expect(erika.get_by_role("alert")).to_be_visible()
    expect(erika.locator("[data-photo-list] > li")).to_have_count(2)
    steps.describe(erika, "Tiefes Loch vor der Schule, ein Kind ist gestürzt.")
    steps.leave_contact(erika, REPORTER)
    expect(erika.get_by_role("heading", name="Stimmt alles?")).to_be_visible()
    expect(erika.locator(".answers .upload-list__item")).to_have_count(2)
    number, secret = steps.send(erika)

    (welcome,) = mails(REPORTER)
    steps.confirm_by_mail(erika, welcome)
    desk = visit("desktop", java_script_enabled=False)
    log_in(desk, "manager@harsewinkel.example")
    steps.open_case(desk, number)
    steps.release(desk)

    paul = visit("phone", java_script_enabled=False)
    steps.follow_report(paul, number, FOLLOWER)
    (asked,) = mails(FOLLOWER)
    paul.goto(steps.link(asked, "/bestaetigen/folgen/"))
    steps.press(paul, "Ja, bestätigen")
    steps.heading(paul, "Danke, das ist vermerkt")

    steps.take_into_work(desk)
    mails(REPORTER), mails(FOLLOWER)
    steps.settle(desk, "Der Bauhof hat das Loch geschlossen.", photos["gps.jpg"])
    (done,), (told,) = mails(REPORTER), mails(FOLLOWER)
    assert "erledigt" in str(done["Subject"])
    paul.goto(f"/meldungen/{number}/")
    expect(paul.locator(".report__state")).to_contain_text("erledigt")
    expect(paul.locator(".report__photos img")).to_have_count(2)

    steps.say_still_there(erika, done, "Das Loch ist wieder offen.")
    erika.goto(secret)
    expect(erika.locator(".report__state")).to_contain_text("in Bearbeitung")
    paul.goto(steps.link(told, f"/meldungen/{number}/"))
    assert State(the_case().state) is State.OPEN


def test_a_hostile_file_keeps_what_was_typed(
    town: Town, visit: Callable[..., Page], photos: dict[str, Path], tmp_path: Path
) -> None:
    """A file that is no picture is told by its name; words, category and the good photo stay."""
    hostile = tmp_path / "loch.jpg"
    hostile.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    page = visit("phone", java_script_enabled=False)
    steps.begin(page)
    steps.by_address(page, "Am Teich hinter der Schule", chosen="Meine Worte so übernehmen")
    steps.heading(page, "Worum geht es?")
    page.get_by_role("radio", name="Schlagloch").check()
    page.get_by_label("Was ist Ihnen aufgefallen?").fill("Hier fehlt eine Platte.")
    page.locator("#photos").set_input_files([hostile, photos["gps.jpg"]])
    steps.press(page, "Fotos jetzt hochladen")
    expect(page.get_by_role("alert")).to_contain_text("loch.jpg")
    expect(page.locator("[data-photo-list] > li")).to_have_count(1)
    expect(page.get_by_label("Was ist Ihnen aufgefallen?")).to_have_value("Hier fehlt eine Platte.")
    expect(page.get_by_role("radio", name="Schlagloch")).to_be_checked()
    steps.press(page, "Weiter")
    steps.leave_contact(page)
    steps.send(page)
    assert the_case().point is None
