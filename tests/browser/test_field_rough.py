"""The field view in rough hands: pressed twice, pressed too early, broken photos, somebody else in another tab."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from accounts.models import User
from accounts.policy import Role
from accounts.services import grant
from cases.change import By
from cases.models import Case
from cases.policy import Deed
from cases.services import assign
from tests.browser.crew import APP, Crew, a_crew, a_line, a_platform, planned
from tests.conftest import Town, jpeg

__all__ = ["a_crew", "a_line", "a_platform"]
PHOTO = jpeg("teal", (320, 240)).read()
LARGE = jpeg("teal", (2400, 1800)).read()
SLOW_PHONE = """
() => {
  const real = createImageBitmap;
  window.createImageBitmap = async (...all) => {
    await new Promise((done) => setTimeout(done, 1000));
    return real(...all);
  };
}
"""
"""It takes its time to make a photo smaller."""
LATE_DAY = """
() => {
  const real = window.fetch;
  window.fetch = async (url, more) => {
    const answer = await real(url, more);
    if (String(url).includes("tag/")) await new Promise((done) => setTimeout(done, 2000));
    return answer;
  };
  const now = Date.now;
  Date.now = () => now() + 6 * 60_000;
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
"""The day is old and asked for; its answer takes long."""


def photo(data: bytes) -> list[dict[str, object]]:
    """What the camera gives."""
    return [{"name": "1.jpg", "mimeType": "image/jpeg", "buffer": data}]


def test_pressed_twice_and_too_early(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """A deed is one deed, and the photo that was still being made smaller belongs to it."""
    case, other = planned(town, make_report, 2)
    page = crew.first_sync()
    crew.phone.lose_reception()
    sheet = crew.open_sheet("erledigt", case)
    crew.fill(sheet, "Fertig", ())
    sheet.locator("button[type=submit]").dblclick(no_wait_after=True, force=True)
    expect(sheet).to_have_count(0)
    page.evaluate(SLOW_PHONE)
    sheet = crew.open_sheet("notiz", other)
    sheet.locator("#sheet-camera").set_input_files(photo(b""))  # type: ignore[arg-type]
    expect(sheet.locator("[data-slot=error]")).to_contain_text("lässt sich nicht verwenden")
    sheet.locator("#sheet-camera").set_input_files(photo(LARGE))  # type: ignore[arg-type]
    sheet.locator("button[type=submit]").click(no_wait_after=True)
    expect(sheet).to_have_count(0)
    assert [(row["kind"], len(row["photos"])) for row in crew.rows()] == [("erledigt", 0), ("notiz", 1)]
    # Left while the photo is made smaller, the form has it when it is opened again.
    sheet = crew.open_sheet("notiz", other)
    sheet.locator("#sheet-camera").set_input_files(photo(LARGE))  # type: ignore[arg-type]
    page.go_back()
    expect(page.locator("dialog[open]")).to_have_count(0)
    crew.wait(lambda: [len(row["shots"]) for row in crew.read()["halves"]] == [1])


def test_what_the_server_cannot_take_still_gets_through(
    town: Town, make_report: Callable[..., Case], crew: Crew
) -> None:
    """A case that went elsewhere takes the deed as a note of what was done; a deed goes without its bad photo."""
    case, other = planned(town, make_report, 2)
    page = crew.first_sync()
    sheet = crew.open_sheet("erledigt", case)
    assign(case=case, by=By.staff(town.manager), unit=town.greens)
    sheet.locator("button[type=submit]").click()
    crew.wait(lambda: crew.states() == ["refused (gone)"])
    page.goto(f"{APP}#/warteschlange")
    page.get_by_role("button", name="Verwerfen").dblclick()
    page.get_by_role("button", name="Als Notiz senden").click()
    crew.wait(lambda: crew.states() == ["sent"])
    assert case.entries.filter(deed=Deed.NOTE, text="Erledigt").count() == 1

    crew.act("erledigt", other, "Mit Bild", (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PHOTO))
    crew.wait(lambda: crew.states() == ["sent", "refused (invalid)"])
    page.goto(f"{APP}#/warteschlange")
    expect(page.locator("main")).to_contain_text("Es kann ohne dieses Foto gesendet werden.")
    page.get_by_role("button", name="Noch einmal versuchen").click()
    crew.wait(lambda: crew.states() == ["sent", "sent"])
    assert other.files.count() == 1
    assert not crew.read()["photos"]


def test_somebody_else_logs_in_in_another_tab(town: Town, make_report: Callable[..., Case], crew: Crew) -> None:
    """What was open here is closed and is not done in the other one's name; a day on its way to who logged out stays
    away."""
    (case,) = planned(town, make_report, 1)
    page = crew.first_sync()
    sheet = crew.open_sheet("notiz", case)
    crew.fill(sheet, "Von der Ersten", ())
    crew.wait(lambda: bool(crew.read()["halves"]))
    colleague = User.objects.create_user("zweiter@example.org", "geheim-geheim-1", name="Zweiter")
    grant(user=colleague, municipality=town.municipality, role=Role.FIELD, unit=town.yard)
    crew.log_in(colleague)
    assert crew.phone.context is not None
    second = crew.phone.context.new_page()
    second.goto(APP)
    expect(page.locator("dialog[open]")).to_have_count(0)
    found = crew.read()
    assert [row["user"] for row in found["days"]] == [colleague.pk]
    assert not found["actions"]
    assert not found["halves"]

    page.close()
    second.evaluate(LATE_DAY)
    assert crew.leave() is True
    second.wait_for_timeout(2500)
    assert crew.read() == {"days": [], "actions": [], "photos": [], "meta": [], "halves": []}
