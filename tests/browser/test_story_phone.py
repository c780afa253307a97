"""The main job on a phone, with real photos: from a pin on the map to the closed loop, and open again."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import the_case
from tests.conftest import Town

REPORTER, FOLLOWER = "erika@example.org", "paul@example.org"


def test_from_the_pin_to_the_closed_loop(
    town: Town,
    visit: Callable[..., Page],
    mails: Callable[[str], list[EmailMessage]],
    log_in: Callable[[Page, str], None],
    photos: dict[str, Path],
) -> None:
    """Report, confirm, release, follow, settle, tell both, "ist noch da", open again."""
    erika = visit("phone")
    steps.begin(erika)
    steps.by_crosshair(erika)
    steps.add_photos(erika, photos["gps.jpg"], photos["iphone.heic"])
    steps.describe(erika, "Tiefes Loch vor der Schule, ein Kind ist gestürzt.")
    steps.leave_contact(erika, REPORTER)
    number, secret = steps.send(erika)
    erika.goto(f"/verfolgen/?nummer={number}")
    expect(erika.get_by_role("heading", level=1)).to_contain_text("In Prüfung seit")

    (welcome,) = mails(REPORTER)
    assert number in str(welcome["Subject"])
    assert "Schule" not in steps.text_of(welcome)
    steps.confirm_by_mail(erika, welcome)
    erika.goto(secret)
    expect(erika.get_by_text("Noch nicht öffentlich.")).to_be_visible()

    desk = visit("desktop")
    log_in(desk, "manager@harsewinkel.example")
    steps.open_case(desk, number)
    steps.release(desk)

    paul = visit("phone")
    steps.follow_report(paul, number, FOLLOWER)
    (asked,) = mails(FOLLOWER)
    paul.goto(steps.link(asked, "/bestaetigen/folgen/"))
    steps.press(paul, "Ja, bestätigen")
    steps.heading(paul, "Danke, das ist vermerkt")
    mails(REPORTER)

    steps.take_into_work(desk)
    assert len(mails(REPORTER)) == 1
    assert len(mails(FOLLOWER)) == 1
    steps.settle(desk, "Der Bauhof hat das Loch geschlossen.", photos["gps.jpg"])
    (done,), (told,) = mails(REPORTER), mails(FOLLOWER)
    assert "erledigt" in str(done["Subject"])
    assert "erledigt" in str(told["Subject"])
    paul.goto(f"/meldungen/{number}/")
    expect(paul.locator(".report__state")).to_contain_text("erledigt")
    expect(paul.locator(".report__photos img")).to_have_count(2)
    expect(paul.locator(".timeline img")).to_have_count(1)
    paul.locator(".timeline img").scroll_into_view_if_needed()

    steps.say_still_there(erika, done, "Das Loch ist wieder offen.")
    expect(erika.get_by_text("Danke")).to_be_visible()
    paul.goto(f"/meldungen/{number}/")
    expect(paul.locator(".report__state")).to_contain_text("in Bearbeitung")
    assert the_case().facts.closed is False
