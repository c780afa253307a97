"""axe-core with the rules of EN 301 549 on every page of citizens and staff: phone and desk, light and dark.

A page is loaded once; then the window and the colours change under it, as they do for people. Pages of staff as they
open are judged in test_every_staff_page; here are theirs with errors, panels and things half done. The module is long
because each state needs a few lines that lead there, and all of them share one world that is made once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.absence import away
from accounts.models import User
from accounts.units import save_unit
from cases.change import By
from cases.models import Case, Contact, Follow
from cases.planning import resubmit, set_priority
from cases.policy import Priority
from cases.watching import watch
from citizens import services as citizens
from citizens.models import Access
from geo.models import Municipality
from intake.models import IncomingMail
from intake.services import receive
from notifications.models import Delivery
from portal.watch import slow
from subscriptions import services as subscriptions
from subscriptions.models import Subscription
from subscriptions.policy import Rhythm
from subscriptions.wanted import Wanted
from tests.browser import steps
from tests.browser.conftest import Work
from tests.browser.watch import Watch
from tests.browser.world import World, make_dangerous, make_world
from tests.conftest import Town
from tests.intake.mails import Scene, examples

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RUN = r"""
async (rules) => (await axe.run(document, {
  runOnly: rules ? {type: "rule", values: rules} : {type: "tag", values: ["EN-301-549"]}, resultTypes: ["violations"],
})).violations.flatMap((one) => one.nodes.map((node) =>
  `${one.id} at ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")} ${node.html.slice(0, 160)}`))
"""
#: What the other colours can break; everything else is the same document.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
#: A small phone, and a desk at 200 %: nothing may have to be pushed sideways (WCAG 1.4.10).
NARROW = {"width": 320, "height": 640}, {"width": 720, "height": 450}
TOO_WIDE = "() => document.scrollingElement.scrollWidth > innerWidth"
Check = Callable[[Page, str], None]


@pytest.fixture
def visit(visit: Callable[..., Page]) -> Callable[..., Page]:
    """People whose browsers carry axe; it gets into every page past the content security policy."""

    def come(*device: str, **options: Any) -> Page:
        page = visit(*device, **options)
        page.context.add_init_script(path=AXE)
        return page

    return come


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Iterator[Check]:
    """`check(page, name)` looks at the page as it stands, with axe and for its width; all is told at the end.

    With SCREENSHOTS=<folder> (script/screenshots) every page is photographed as well, a folder per test.
    """
    folder, turn = os.environ.get("SCREENSHOTS", ""), count(1)
    shots = folder and f"{folder}/{request.function.__name__.removeprefix('test_')}"
    found: dict[str, list[str]] = {}

    def look(page: Page, name: str) -> None:
        page.wait_for_load_state("load")
        number = next(turn)
        for width, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESK, "dark"), (DESK, "light")):
            page.set_viewport_size(width)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for words in page.evaluate(RUN, OF_COLOUR if scheme == "dark" else None):
                found.setdefault(f"{name}: {words}", []).append(f"{width['width']} {scheme}")
            if page.evaluate(TOO_WIDE):
                found.setdefault(f"{name}: wider than the window", []).append(f"{width['width']} {scheme}")
            if shots:
                page.screenshot(
                    path=f"{shots}/{number:02}-{name}-{width['width']}-{scheme}.png", full_page=width is PHONE
                )
        for width in NARROW:
            page.set_viewport_size(width)  # type: ignore[arg-type]
            if page.evaluate(TOO_WIDE):
                found.setdefault(f"{name}: wider than the window", []).append(f"{width['width']}")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    yield look
    assert not found, "\n".join(f"{words} [{', '.join(where)}]" for words, where in found.items())


@pytest.fixture
def world(town: Town, make_report: Callable[..., Case], work: Work) -> World:
    """A town where everything has happened."""
    make_dangerous(town)
    return make_world(town, make_report, work)


def public_pages(world: World) -> dict[str, str]:
    """Addresses of the pages that anybody may open, by name."""
    number = world.public.number
    return {
        "start": "/",
        "karte": "/karte/",
        "karte-leer": "/karte/?q=gibtesnicht",
        "meldung": f"/meldungen/{number}/",
        "erledigt": f"/meldungen/{world.settled.number}/",
        "in-pruefung": f"/meldungen/{world.review.number}/",
        "folgen": f"/meldungen/{number}/folgen/",
        "auch": f"/meldungen/{number}/folgen/?auch",
        "rueckmeldung": f"/meldungen/{number}/rueckmeldung/?noch-da",
        "meine": f"/meine/{world.review.secret}/",
        "meine-frage": f"/meine/{world.asked.secret}/",
        "meine-erledigt": f"/meine/{world.settled.secret}/",
        "bestaetigen": reverse("confirm_contact", args=[world.contact.token]),
        "bestaetigen-folgen": reverse("confirm_interest", args=[world.follow.token]),
        "abbestellen": reverse("unfollow", args=[world.following.token]),
        "link-ungueltig": "/bestaetigen/gibt-es-nicht/",
        "verfolgen": "/verfolgen/",
        "verfolgen-nichts": "/verfolgen/?nummer=HSW-2020-999999",
        "impressum": reverse("imprint"),
        "datenschutz": reverse("privacy"),
        "barrierefreiheit": reverse("accessibility"),
        "kontakt": reverse("contact"),
        "leichte-sprache": reverse("easy_language"),
        "gebaerdensprache": reverse("sign_language"),
        "barriere-melden": reverse("report_barrier"),
        "404": "/gibt-es-nicht/",
        "design": reverse("design"),
        "api": reverse("api_docs"),
        "postfach": reverse("demo_mailbox"),
        "anmelden": reverse("account_login"),
        "passwort-vergessen": reverse("account_reset_password"),
    }


def test_public_pages(world: World, visit: Callable[..., Page], check: Check, watched: Callable[[Page], Watch]) -> None:
    """Start, map, report, own page, mail links, legal pages, errors, documentation."""
    page = visit("desktop", viewport=PHONE)
    watched(page).allow("404 document")
    for name, address in public_pages(world).items():
        page.goto(address)
        if "karte" in name or name == "start":
            page.wait_for_load_state("networkidle")
        check(page, name)
    page.goto(reverse("demo_mailbox"))
    page.locator("main a[href*='mail=']").first.click()
    expect(page).to_have_url(re.compile("mail="))
    check(page, "postfach-mail")
    page.goto(f"/meldungen/{world.public.number}/folgen/")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "folgen-fehler")
    page.goto(f"/meine/{world.review.secret}/")
    for link in page.get_by_role("navigation", name="Was Sie tun können").get_by_role("link").all():
        address = str(link.get_attribute("href"))
        other = visit("desktop", viewport=PHONE)
        other.goto(address)
        check(other, "meine-" + address.strip("/").rsplit("/", 1)[-1])
        other.context.close()


def test_what_one_follows(
    world: World, visit: Callable[..., Page], check: Check, work: Work, watched: Callable[[Page], Watch]
) -> None:
    """Subscriptions and "Meine Meldungen": asking, errors, confirming, managing, ending."""
    page, now, email = visit("desktop", viewport=PHONE), timezone.now(), "erika@example.org"
    watched(page).allow("404 document")
    Contact.objects.update(email=email, confirmed_at=now)
    town = world.town.municipality
    for words in ("Loch", "Lampe"):
        wish = Wanted(words=words)
        subscriptions.ask(municipality=town, email=email, wanted=wish, rhythm=Rhythm.DAILY, language="de", at=now)
    row, waiting = Subscription.objects.order_by("pk")
    subscriptions.confirm(subscription=row, at=now)
    Follow.objects.filter(pk=world.following.pk).update(email=email)
    citizens.ask(municipality=town, email=email, language="de", at=now)
    token = row.subscriber.token
    for name, address in {
        "abo": "/abo/?q=Loch&status=neu&bbox=8.2,51.9,8.3,52.0&kategorie=schlagloch&kategorie=laterne",
        "abo-bestaetigen": reverse("subscription_confirm", args=[waiting.token]),
        "abo-bestaetigt": reverse("subscription_confirm", args=[row.token]),
        "abo-verwalten": reverse("subscriptions", args=[token]),
        "abo-beenden": reverse("subscription_stop", args=[token, "daily"]),
        "meine-meldungen-anfordern": reverse("my_reports"),
        "meine-meldungen-zu-spaet": reverse("my_reports_open", args=["1:falsch"]),
        "meine-meldungen-oeffnen": reverse("my_reports_open", args=[citizens.token_of(Access.objects.get())]),
    }.items():
        page.goto(address)
        check(page, name)
    steps.press(page, "Meine Meldungen öffnen")
    steps.heading(page, "Meine Meldungen")
    check(page, "meine-meldungen")
    page.goto(reverse("my_reports_delete"))
    check(page, "meine-meldungen-loeschen")
    page.goto(reverse("subscribe"))
    steps.press(page, "Link zuschicken")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "abo-fehler")


def test_report_flow(
    town: Town, make_report: Callable[..., Case], work: Work, visit: Callable[..., Page], check: Check
) -> None:
    """Every step, its errors, its hints, the receipt."""
    make_dangerous(town)
    make_world(town, make_report, work)
    page = visit("desktop", viewport=PHONE)
    page.goto("/melden/")
    check(page, "melden")
    steps.press(page, "Meldung beginnen")
    steps.heading(page, "Wo ist es?")
    expect(page.locator("#place-map")).to_have_class(re.compile("leaflet-container"))
    check(page, "ort")
    steps.press(page, "Weiter")
    expect(page.get_by_role("alert").filter(visible=True)).to_be_visible()
    check(page, "ort-fehler")
    search = page.get_by_role("combobox")
    search.press_sequentially("mühlenstr 3")
    expect(page.get_by_role("option").first).to_be_visible()
    check(page, "ort-suche")
    search.press("ArrowDown")
    search.press("Enter")
    expect(page.locator("#lat")).to_have_value(re.compile("^51"))
    steps.press(page, "Weiter")
    steps.heading(page, "Worum geht es?")
    check(page, "was")
    steps.press(page, "Weiter")
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, "was-fehler")
    page.get_by_role("radio", name=re.compile("Schachtdeckel")).check()
    page.get_by_label("Was ist Ihnen aufgefallen?").fill("Der Deckel fehlt, Auskunft unter 0171 2345678.")
    steps.press(page, "Weiter")
    expect(page.get_by_role("button", name="So lassen und weiter")).to_be_visible()
    check(page, "was-hinweis")
    steps.press(page, "So lassen und weiter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gefahr")
    check(page, "genauer")
    steps.press(page, "Weiter")
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, "genauer-fehler")
    page.get_by_role("radio", name="Er ist lose").check()
    steps.press(page, "Weiter")
    steps.heading(page, "Wie erreichen wir Sie?")
    check(page, "kontakt")
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill("keine adresse")
    steps.press(page, "Weiter")
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, "kontakt-fehler")
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill("erika@example.org")
    steps.press(page, "Weiter")
    steps.heading(page, "Stimmt alles?")
    check(page, "pruefen")
    steps.send(page)
    check(page, "fertig")

    page.goto("/melden/?lat=51.96&lon=8.23&kategorie=schlagloch")
    check(page, "melden-hier")
    steps.press(page, "Meldung beginnen")
    steps.heading(page, "Wo ist es?")
    steps.press(page, "Weiter")
    steps.describe(page, "Ein Loch.")
    steps.heading(page, "Ist es eine von diesen?")
    check(page, "aehnliche")
    page.get_by_role("button", name="Das ist es").first.click()
    expect(page.get_by_role("button", name="Unterstützen und folgen")).to_be_visible()
    check(page, "dabei")
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill("ina@example.org")
    steps.press(page, "Unterstützen und folgen")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")
    check(page, "danke")


def test_staff_pages(
    world: World,
    visit: Callable[..., Page],
    check: Check,
    log_in: Callable[[Page, str], None],
    watched: Callable[[Page], Watch],
) -> None:
    """Login and its errors, second factor, work lists, the case with every panel, a refusal."""
    page = visit("desktop", viewport=PHONE)
    page.goto(reverse("account_login"))
    steps.press(page, "Anmelden")
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, "anmelden-fehler")
    log_in(page, world.town.manager.email)
    check(page, "arbeitsliste")
    for link in [str(one.get_attribute("href")) for one in page.locator(".worklist__tabs a").all()]:
        page.goto(urljoin(reverse("desk"), link))
        check(page, "liste-" + link.split("liste=")[-1])
    page.goto(reverse("desk") + "?q=gibtesnicht")
    check(page, "liste-leer")
    page.goto(reverse("desk_case", args=[world.review.pk]))
    check(page, "freigeben")
    page.locator("#deed textarea").first.fill("")
    page.locator(".action-bar").get_by_role("button", name="Freigeben", exact=True).click()
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, "freigeben-fehler")
    address = reverse("desk_case", args=[world.public.pk])
    page.goto(address)
    check(page, "vorgang")
    panels = [
        "wortlaut",
        "erledigt",
        "status",
        "mitteilung",
        "nachricht",
        "rueckfrage",
        "notiz",
        "zuweisen",
        "kategorie",
        "ort",
        "aktenzeichen",
    ]
    for panel in panels:
        page.goto(f"{address}?tun={panel}")
        check(page, panel)
    page.goto(address)
    page.locator("a[href*='/schwaerzen/']").first.click()
    expect(page.locator("[data-tools]")).to_be_visible()
    check(page, "schwaerzen")
    for name in ("mfa_index", "account_change_password", "account_logout"):
        page.goto(reverse(name))
        check(page, name)
    page.goto(reverse("mfa_activate_totp"))
    if page.locator("input[type=password]").count():
        check(page, "noch-einmal-anmelden")
        page.locator("input[type=password]").fill("geheim-geheim-1")
        page.locator("main form button[type=submit]").click()
    check(page, "zweiter-faktor-einrichten")

    TOTP.activate(world.town.clerk, generate_totp_secret())
    clerk = visit("desktop", viewport=PHONE)
    clerk.goto(reverse("account_login"))
    clerk.get_by_role("textbox", name=re.compile("^E-Mail")).fill(world.town.clerk.email)
    clerk.get_by_label("Passwort", exact=True).fill("geheim-geheim-1")
    steps.press(clerk, "Anmelden")
    expect(clerk).to_have_url(re.compile(reverse("mfa_authenticate")))
    check(clerk, "zweiter-faktor")
    clerk.locator("main form").first.locator("button[type=submit]").first.click()
    check(clerk, "zweiter-faktor-fehler")


def test_operations_pages(
    world: World, visit: Callable[..., Page], check: Check, log_in: Callable[[Page, str], None], town: Town
) -> None:
    """What does not go out and what hangs, for the operator; undelivered mails for a municipality's administrator."""
    failed = Delivery.objects.filter(municipality=town.municipality).order_by("-pk")[:2]
    Delivery.objects.filter(pk__in=[row.pk for row in failed]).update(
        done_at=None, sent_at=None, failed_at=timezone.now(), error="mail.example.org broke off", tries=18
    )
    slow._keep("SELECT … FROM cases_case", 0.7)
    page = visit("desktop", viewport=PHONE)
    log_in(page, town.admin.email)
    page.goto(reverse("operations"))
    check(page, "unzustellbar")
    User.objects.filter(pk=town.admin.pk).update(is_superuser=True)
    page.goto(reverse("operations"))
    page.locator("summary", has_text="700 ms").click()
    check(page, "betrieb")


def test_work_list_pages(
    world: World, town: Town, visit: Callable[..., Page], check: Check, log_in: Callable[[Page, str], None], work: Work
) -> None:
    """The list with filters, a saved view and the help; a deed for many cases from the choice to the end."""
    page = visit("desktop", viewport=PHONE)
    log_in(page, town.manager.email)
    page.goto(f"{reverse('desk')}?liste=alle&status=new&status=open&prio=normal&kategorie=schlagloch")
    page.locator(".more-filters summary").click()
    check(page, "filter-offen")
    page.locator(".views__save summary").click()
    check(page, "ansicht-speichern")
    page.get_by_label("Name der Ansicht").fill("Löcher")
    page.get_by_role("button", name="Ansicht speichern").click()
    page.goto(reverse("desk_views"))
    check(page, "ansichten")
    page.goto(f"{reverse('desk')}?liste=alle")
    page.get_by_role("button", name="Tasten").click()
    check(page, "tasten")
    page.keyboard.press("Escape")
    for name, button in (("nachricht", "Erst ansehen"), ("freigeben", "")):
        page.goto(f"{reverse('desk')}?liste=alle")
        page.get_by_label("alle dieser Seite").check()
        check(page, f"{name}-gewaehlt")
        page.locator("#bulk-deed").select_option(name)
        page.get_by_role("button", name="Weiter", exact=True).click()
        if button:
            page.get_by_role("button", name=button).first.click()
            expect(page.locator(".error-summary")).to_be_visible()
            check(page, f"{name}-fehler")
            page.locator("#id_text").fill("Vielen Dank.")
            page.locator(".bulk__go").get_by_role("button").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("was passieren würde")
        check(page, f"{name}-vorschau")
    page.locator(".bulk__rows input").first.check()
    page.locator(".bulk__go").get_by_role("button").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    check(page, "laeuft")
    work()
    page.reload()
    check(page, "fertig")


def test_setup_pages(
    world: World, visit: Callable[..., Page], check: Check, log_in: Callable[[Page, str], None], town: Town
) -> None:
    """The set-up and the desk of the pages, also with an error and with the live preview of the colour."""
    page = visit("desktop", viewport=PHONE)
    log_in(page, town.admin.email)
    page.goto(reverse("setup_look"))
    page.get_by_label("Akzentfarbe").fill("#ffdd00")
    expect(page.locator("[data-verdict]")).to_have_text(re.compile("zu wenig"))
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "setup_look-fehler")
    page.goto(reverse("desk_page", args=["kontakt"]))
    page.get_by_role("button", name="Vorschau").click()
    check(page, "desk_page")


def test_pages_of_people_and_the_clock(
    world: World, visit: Callable[..., Page], check: Check, log_in: Callable[[Page, str], None], town: Town
) -> None:
    """Who works on a case and when: panels, the narrow view, absence, teams, reminders."""
    save_unit(municipality=town.municipality, name="Kolonne 1", parent=town.yard, mail_rhythm="digest")
    today = timezone.localdate()
    away(user=town.clerk, deputy=town.other_clerk, from_on=today, until_on=today, today=today)
    watch(case=world.public, user=town.editor, at=timezone.now())
    set_priority(case=world.public, priority=Priority.URGENT, by=By.staff(town.manager))
    resubmit(case=world.public, on=today + timedelta(days=9), by=By.staff(town.manager), text="Ist das Material da?")
    page = visit("desktop", viewport=PHONE)
    log_in(page, town.admin.email)
    for panel in ("annehmen", "zurueckgeben", "prioritaet", "wiedervorlage", "aufnehmen", "frist", "zuweisen"):
        page.goto(reverse("desk_case", args=[world.public.pk]) + f"?tun={panel}")
        check(page, panel)
    page.goto(reverse("desk_absence"))
    check(page, "desk_absence")
    page.get_by_role("button", name="Abwesenheit eintragen").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, "desk_absence-fehler")
    narrow = reverse("desk_narrow", args=[world.public.pk])
    for panel in ("", "erledigt", "zurueckgeben"):
        page.goto(f"{narrow}?tun={panel}")
        check(page, f"kurz-{panel}")
    small = page.evaluate(
        "() => [...document.querySelectorAll('.narrow__actions :is(a, button)')]"
        ".filter((one) => one.getBoundingClientRect().height < 48).length"
    )
    assert small == 0, "every action is as big as a thumb"


def test_incoming_mail_pages(
    town: Town, visit: Callable[..., Page], check: Check, log_in: Callable[[Page, str], None], work: Work
) -> None:
    """Mails that came in, from the set-up to the button in the sender's mail."""
    Municipality.objects.filter(pk=town.municipality.pk).update(intake_address="melder@stadt.example")
    scene = Scene("melder@stadt.example", "melder@stadt.example", "<x@y>", "erika@example.org", "x@y.example")
    for name in ("new-outlook-de", "seven-photos", "newsletter", "smime-encrypted", "empty"):
        receive(raw=next(one.raw for one in examples(scene) if one.name == name), at=timezone.now())
    work()
    page = visit("desktop", viewport=PHONE)
    log_in(page, town.admin.email)
    for name, address in (("liste", ""), ("nicht-angenommen", "?liste=abgewiesen"), ("nichts", "?liste=antworten")):
        page.goto(reverse("intake") + address)
        check(page, f"posteingang-{name}")
    drafted = IncomingMail.objects.filter(outcome="draft").order_by("-bytes")[0]
    page.goto(reverse("intake_mail", args=[drafted.pk]))
    page.get_by_role("button", name="Antwort absenden").click()
    expect(page.get_by_text("Bitte schreiben Sie ein paar Worte")).to_be_visible()
    check(page, "posteingang-mail-fehler")
    page.goto(reverse("intake_mail", args=[IncomingMail.objects.get(reason="encrypted").pk]))
    check(page, "posteingang-verschluesselt")
    page.goto(reverse("setup_intake"))
    check(page, "posteingang-einrichten")
    citizen = visit("phone")
    citizen.goto(reverse("intake_draft", args=[drafted.draft.secret]))
    check(citizen, "posteingang-weiter")
    citizen.get_by_role("button", name="Weiter").click()
    expect(citizen).to_have_url(re.compile("/ort/"))
