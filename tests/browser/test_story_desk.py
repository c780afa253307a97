"""A morning at the desk with nothing but the keyboard: twenty new reports, and every mail goes out as it was previewed.

Nobody here moves a mouse. What the preview says before a deed (who, subject, words) is read off the page, and compared
with the mails that lie in the outgoing folder afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import Unit
from cases.models import Case, Forward, Responsibility, TextBlock
from cases.policy import State
from cases.services import confirm_contact
from moderation.case.mails import whom
from notifications.models import Delivery
from notifications.policy import Role
from tests.browser import steps
from tests.browser.conftest import Work
from tests.browser.test_story_keyboard import press, tab_to, write
from tests.conftest import AT, Town

NUMBER = 20
SINGLE = 4
"""The last ones are released one by one, the others together."""
THANKS = "Vielen Dank für Ihren Hinweis. Der Bauhof sieht es sich diese Woche an."
BLOCKS = ("Dank und Ausblick", "Material bestellt", "Nicht zuständig", "Schon bekannt", "Frost", "Ortstermin", "Urlaub")
READ = """
(one) => [...one.querySelectorAll("details")].map((mail) => {
  const subject = mail.querySelector("summary span[lang]")?.textContent ?? "";
  const summary = mail.querySelector("summary").textContent.trim();
  return [summary.slice(0, summary.length - subject.length).replace(/:\\s*$/, "").trim(), subject,
    mail.querySelector("p").textContent];
})
"""
Mail = tuple[str, str, str]


def plain(text: str) -> str:
    """Words without addresses, which hold keys, and without line breaks."""
    return " ".join(re.sub(r"https?://\S+", "…", text).split())


@dataclass
class Desk:
    """Somebody at the desk, with the keyboard alone, and the folder of what goes out."""

    page: Page
    work: Work
    folder: Path
    promised: list[Mail] = field(default_factory=list)
    compared: int = 0
    """How many mails went out as they were previewed."""

    # Keys -------------------------------------------------------------------------------------------------------------
    def key(self, *keys: str) -> None:
        """Press keys once the page listens to them."""
        expect(self.page.locator("[data-keys-open]").first).to_be_visible()
        for one in keys:
            self.page.keyboard.press(one)

    def open(self, case: Case) -> None:
        """Search the number, open the only case found."""
        if not self.page.url.split("?")[0].endswith(reverse("desk")):
            self.key("u")
            expect(self.page).to_have_url(re.compile(r"/verwaltung/(\?|#|$)"))
        self.key("/")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(str(case.number))
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".desk-row")).to_have_count(1)
        self.key("j", "Enter")
        expect(self.page.locator(".case__number")).to_have_text(str(case.number))

    def choose(self, deed: str, title: str) -> Locator:
        """The menu of deeds by its key, the deed by how it begins; its panel."""
        self.key("m")
        self.page.keyboard.type(deed)
        expect(self.page.locator(".drop__item:focus")).to_have_text(title)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#tun")).to_have_text(title)
        expect(self.page.locator("#tun")).to_be_focused()
        return self.page.locator("#deed")

    def pick(self, select: Locator, label: str) -> None:
        """In a list of choices, by typing how the choice begins."""
        tab_to(self.page, select)
        self.page.keyboard.type(label)
        expect(select.locator("option:checked")).to_have_text(re.compile(f"^\\s*{label}"))

    def insert_block(self, form: Locator, title: str) -> None:
        """Search a text block by its title and put it in."""
        write(self.page, form.get_by_label("Textbausteine durchsuchen"), title)
        self.page.keyboard.press("Enter")
        expect(form.locator("[name=text]")).to_be_focused()

    # Mails ------------------------------------------------------------------------------------------------------------
    def look(self, where: str = "[data-mails]") -> list[Mail]:
        """Read who gets which mail off the page, once it is up to date."""
        shown = self.page.locator(where)
        if where == "[data-mails]":
            expect(shown).to_have_attribute("aria-busy", "false")
        self.promised = [(who, subject, plain(text)) for who, subject, text in shown.evaluate(READ)]
        return self.promised

    def done(self, said: str, send: str = "ControlOrMeta+Enter") -> None:
        """Send the form, see that it was done, and hold the mails that went out against what was promised."""
        known = set(Delivery.objects.values_list("pk", flat=True))
        self.page.keyboard.press(send)
        expect(self.page.get_by_text(said)).to_be_visible()
        self.compare(known)

    def compare(self, known: set[int]) -> None:
        """The worker's turn; then what lies in the folder is what the preview said."""
        self.work()
        groups: dict[tuple[int | None, str, str, str, str], int] = {}
        files = {str(one["Message-ID"]): one for one in map(read, self.folder.glob("*.eml"))}
        for mail in Delivery.objects.exclude(pk__in=known):
            out = files[mail.message_id]
            assert out["To"] == mail.address
            who = (mail.role, name_of(mail))
            subject, text = str(out["Subject"]), plain(steps.text_of(out))
            groups[(mail.case_id, *who, subject, text)] = groups.get((mail.case_id, *who, subject, text), 0) + 1
        sent = [
            (whom(Role(role), count, name), subject, text) for (_c, role, name, subject, text), count in groups.items()
        ]
        assert sorted(sent) == sorted(self.promised)
        self.compared += len(sent)
        self.promised = []


def read(file: Path) -> EmailMessage:
    """A mail of the folder."""
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def name_of(mail: Delivery) -> str:
    """What the desk calls a unit or an outside body."""
    pk = mail.recipient.partition(":")[2]
    if mail.role == Role.UNIT and pk:
        return Unit.objects.get(pk=pk).name
    return Forward.objects.get(pk=pk).name if mail.role == Role.OUTSIDE else ""


@pytest.fixture
def twenty(town: Town, make_report: Callable[..., Case], work: Work) -> list[Case]:
    """Twenty new reports with confirmed addresses, apart from each other; the eighteenth is the first one again."""
    made = []
    words = {0: "Tiefes Loch vor der Bäckerei", 16: "Die Laterne ist aus", 17: "Vor der Bäckerei ein tiefes Loch"}
    for number in range(NUMBER):
        step = 0 if number == 17 else number
        made.append(
            make_report(
                words.get(number, f"Loch Nummer {number + 1} im Asphalt"),
                point=Point(town.middle.x - 0.03 + step * 0.003, town.middle.y, srid=4326),
                email=f"melder{number + 1}@example.org",
                at=AT.replace(hour=7, minute=number),
            )
        )
        confirm_contact(contact=made[-1].contact)
    Responsibility.objects.create(municipality=town.municipality, topic=town.lamp.topic, unit=town.greens)
    for position, title in enumerate(BLOCKS):
        text = THANKS if position == 0 else f"{title}: {{nummer}}"
        TextBlock.objects.create(
            municipality=town.municipality, slug=f"block-{position}", title=title, text={"de": text}, position=position
        )
    work()
    return made


@pytest.mark.slow
def test_twenty_reports_by_keyboard_and_every_mail_as_previewed(
    town: Town, twenty: list[Case], visit: Callable[..., Page], work: Work, settings: Any
) -> None:
    """Released, routed, answered; one merged, one forwarded and settled outside, one asked and answered."""
    page = visit("desktop")
    desk = Desk(page, work, Path(settings.MAIL_DIR))
    page.goto(reverse("desk"))
    write(page, page.get_by_role("textbox", name=re.compile("^E-Mail")), town.manager.email)
    write(page, page.get_by_label("Passwort", exact=True), "geheim-geheim-1")
    page.keyboard.press("Enter")
    steps.heading(page, "Arbeitsliste")
    expect(page.locator(".desk-row")).to_have_count(NUMBER)

    release_together(desk, NUMBER - SINGLE)
    release_one_by_one(desk, twenty[-SINGLE:])
    assert not Case.objects.filter(report__text_released=False).exists()

    lamp = twenty[16]
    desk.open(lamp)
    form = desk.choose("kategorie", "Kategorie ändern")
    desk.pick(form.get_by_label("Kategorie"), "Laterne")
    assert [who for who, _subject, _text in desk.look()] == ["Grünflächen"]
    page.keyboard.press("Tab")
    desk.done("Die Kategorie ist geändert.")
    lamp.refresh_from_db()
    assert (lamp.topic, lamp.unit) == (town.lamp.topic, town.greens)

    answer_together(desk, 15)
    write_to(desk, twenty[0])
    merge(desk, twenty[17], twenty[0])
    forward(desk, twenty[18], visit)
    ask(desk, twenty[19], visit)

    settle(desk, lamp)
    assert desk.compared >= 20
    answered = Case.objects.filter(entries__for_reporter=True, entries__actor="staff").distinct()
    assert answered.count() == NUMBER


def release_together(desk: Desk, number: int) -> None:
    """Mark rows with x, look at what would happen, do it."""
    page = desk.page
    for _row in range(number):
        desk.key("j", "x")
    expect(page.locator("[data-chosen]")).to_have_text(f"{number} gewählt")
    desk.key("b")
    expect(page.locator("#bulk-deed")).to_be_focused()
    desk.pick(page.locator("#bulk-deed"), "Texte freigeben")
    press(page, "button", "Weiter")
    steps.heading(page, "Texte freigeben: was passieren würde")
    expect(page.get_by_text("Es geht keine Mail hinaus.")).to_be_visible()
    assert desk.look(".bulk__rows") == []
    finish_bulk(desk, "Texte freigeben", number)


def finish_bulk(desk: Desk, label: str, number: int) -> None:
    """Start it, let the worker do it, see it done, and go back to the list."""
    page, known = desk.page, set(Delivery.objects.values_list("pk", flat=True))
    press(page, "button", f"{label}: jetzt ausführen")
    expect(page.get_by_role("progressbar")).to_be_visible()
    desk.compare(known)
    expect(page.get_by_text(f"{number} geändert")).to_be_visible()
    press(page, "link", "Zurück zur Arbeitsliste")
    steps.heading(page, "Arbeitsliste")


def release_one_by_one(desk: Desk, cases: list[Case]) -> None:
    """The first with other words and a reason, which its reporter is told; the others as they stand, with f and n."""
    page = desk.page
    desk.open(cases[0])
    form = page.locator("#deed")
    tab_to(page, form.locator("[name=text]"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Die Laterne vor der Schule ist aus.")
    write(page, form.locator("[name=reason]"), "Der Ort fehlte.")
    ((who, subject, text),) = desk.look()
    assert who == "Die meldende Person"
    assert "Der Ort fehlte." in text
    assert str(cases[0].number) in subject
    desk.done("Freigegeben.")
    for case in cases[1:]:
        desk.open(case)
        desk.key("f")
        expect(page.locator('.action-bar button[form="deed"]')).to_be_focused()
        assert desk.look() == []
        desk.done("Freigegeben.", "Enter")


def answer_together(desk: Desk, number: int) -> None:
    """In work, with a text block for all of them; each mail can be read before."""
    page = desk.page
    desk.key("u")
    expect(page).to_have_url(re.compile(r"/verwaltung/(\?|#|$)"))
    desk.key("/")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Asphalt")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-row")).to_have_count(NUMBER - 3)
    for _row in range(number):
        desk.key("j", "x")
    desk.key("b")
    desk.pick(page.locator("#bulk-deed"), "Status setzen")
    press(page, "button", "Weiter")
    form = page.locator("form.form")
    desk.pick(form.get_by_label("Neuer Status"), "in Bearbeitung")
    desk.insert_block(form, "Dank")
    page.keyboard.press("ControlOrMeta+Enter")
    steps.heading(page, "Status setzen: was passieren würde")
    mails = desk.look(".bulk__rows")
    assert len(mails) == number
    assert all(THANKS in text for _who, _subject, text in mails)
    finish_bulk(desk, "Status setzen", number)


def write_to(desk: Desk, case: Case) -> None:
    """A message for the reporter alone, with a text block."""
    desk.open(case)
    form = desk.choose("der m", "Der meldenden Person schreiben")
    desk.insert_block(form, "Dank")
    assert [who for who, _subject, _text in desk.look()] == ["Die meldende Person"]
    desk.done("Die Nachricht ist unterwegs.")
    assert case.entries.filter(text=THANKS).exists()


def merge(desk: Desk, duplicate: Case, original: Case) -> None:
    """Compared with the case that the desk proposes; what the reporters are told stands there."""
    page = desk.page
    desk.open(duplicate)
    desk.key("d")
    page.keyboard.press("Enter")
    steps.heading(page, "Zwei Vorgänge vergleichen")
    write(page, page.get_by_label("Worte an die meldende Person des anderen Vorgangs"), THANKS)
    ((who, subject, text),) = desk.look()
    assert who == "Die meldende Person"
    assert str(duplicate.number) in subject
    assert str(original.number) in text
    desk.done("Zusammengeführt.")
    duplicate.refresh_from_db()
    assert duplicate.duplicate_of == original


def forward(desk: Desk, case: Case, visit: Callable[..., Page]) -> None:
    """To the municipal works, who settle it from the link of their mail, by keyboard as well."""
    page = desk.page
    desk.open(case)
    form = desk.choose("an ext", "An externe Stelle weiterleiten")
    write(page, form.get_by_label("Name"), "Stadtwerke")
    write(page, form.get_by_label("E-Mail"), "netz@stadtwerke.example")
    write(page, form.get_by_label("Worum bitten Sie?"), "Bitte das Rohr unter dem Loch prüfen.")
    assert sorted(who for who, _subject, _text in desk.look()) == ["Die meldende Person", "Stadtwerke"]
    desk.done("Weitergeleitet. Der Link ist unterwegs.")
    (mail,) = [one for one in map(read, desk.folder.glob("*.eml")) if one["To"] == "netz@stadtwerke.example"]
    outside = visit("desktop")
    outside.goto(steps.link(mail, "/weitergeleitet/"))
    settled = outside.get_by_role("radio", name="Ist erledigt")
    tab_to(outside, outside.get_by_role("radio").first)
    for _turn in range(5):
        if settled.is_checked():
            break
        outside.keyboard.press("ArrowDown")
    expect(settled).to_be_checked()
    write(outside, outside.locator("textarea[name=text]"), "Rohr dicht, Loch zu.")
    press(outside, "button", "Antwort absenden")
    steps.heading(outside, "Vielen Dank. Die Meldung ist erledigt.")
    desk.work()
    case.refresh_from_db()
    assert case.state == State.DONE.value


def settle(desk: Desk, case: Case) -> None:
    """Done, with a text block."""
    desk.open(case)
    form = desk.choose("erl", "Erledigt melden")
    desk.insert_block(form, "Material")
    ((who, subject, text),) = desk.look()
    assert who == "Die meldende Person"
    assert "erledigt" in subject
    assert f"Material bestellt: {case.number}" in text
    desk.done("Der Vorgang ist erledigt.")


def ask(desk: Desk, case: Case, visit: Callable[..., Page]) -> None:
    """The reporter answers from the link of the mail, and the case stands on top again."""
    page = desk.page
    desk.open(case)
    form = desk.choose("rück", "Rückfrage stellen")
    write(page, form.locator("[name=text]"), "Auf welcher Straßenseite ist es?")
    ((who, _subject, text),) = desk.look()
    assert who == "Die meldende Person"
    assert "Auf welcher Straßenseite ist es?" in text
    desk.done("Die Rückfrage ist unterwegs.")
    case.refresh_from_db()
    assert case.state == State.WAITING.value
    assert case.contact is not None
    mails = [one for one in map(read, desk.folder.glob("*.eml")) if one["To"] == case.contact.email]
    citizen = visit("desktop")
    citizen.goto(next(steps.link(one, "/meine/") for one in mails if "Straßenseite" in steps.text_of(one)))
    write(citizen, citizen.get_by_label("Ihre Nachricht"), "Auf der linken, vor Haus 4.")
    press(citizen, "button", re.compile("^Nachricht (ab)?senden"))
    expect(citizen.locator(".timeline")).to_contain_text("Auf der linken, vor Haus 4.")
    desk.key("u")
    expect(page).to_have_url(re.compile(r"/verwaltung/(\?|#|$)"))
    tab_to(page, page.get_by_role("link", name=re.compile("^Zu prüfen")))
    page.keyboard.press("Enter")
    expect(page.locator(f"#v{case.pk}")).to_contain_text("Antwort")
