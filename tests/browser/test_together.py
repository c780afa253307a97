"""Cases together and in other hands, judged by axe and by their width; a call is written down with a script."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.change import By
from cases.forwarding import forward
from cases.models import Case, Forward
from geo.models import Municipality
from reports.splitting import Part, split
from tests.browser import steps
from tests.browser.test_accessibility import PHONE, Check, check, visit, world  # noqa: F401  fixtures
from tests.browser.world import World
from tests.conftest import Town


def test_together(
    world: World,  # noqa: F811
    visit: Callable[..., Page],  # noqa: F811
    check: Check,  # noqa: F811
    log_in: Callable[[Page, str], None],
    make_report: Callable[..., Case],
    neighbour: Town,
) -> None:
    """Comparing, every panel, the page of an outside body, taking a call."""
    town, page = world.town, visit("desktop", viewport=PHONE)
    Municipality.objects.filter(pk=town.municipality.pk).update(contact_phone="05247 123")
    twin = make_report("Vor der Schule ist ein tiefes Loch", at=world.public.submitted_at, address="Kirchplatz 1")
    log_in(page, town.manager.email)
    case = reverse("desk_case", args=[twin.pk])
    page.goto(case)
    expect(page.get_by_role("heading", name="Ähnliche Vorgänge")).to_be_visible()
    check(page, "vorgang-aehnliche")
    for panel in ("weiterleiten", "aufteilen"):
        page.goto(f"{case}?tun={panel}")
        check(page, panel)
    page.goto(reverse("desk_compare", args=[twin.pk, world.public.pk]))
    check(page, "vergleich")
    steps.press(page, "Zusammenführen")
    expect(page.get_by_text(f"{twin.number} mit diesem Vorgang zusammengeführt")).to_be_visible()
    check(page, "vorgang-zusammengefuehrt")

    split(case=world.public, parts=[Part(town.lamp, "Laterne prüfen")], by=By.staff(town.manager))
    forward(
        case=world.public,
        by=By.staff(town.manager),
        name="Stadtwerke Harsewinkel",
        email="netz@example.org",
        text="Bitte prüfen Sie, ob unter der Straße ein Rohr gebrochen ist.",
        with_contact=True,
    )
    page.goto(reverse("desk_case", args=[world.public.pk]))
    check(page, "vorgang-weitergeleitet")
    outside = visit("desktop", viewport=PHONE)
    address = reverse("forwarded", args=[Forward.objects.get().token])
    outside.goto(address)
    check(outside, "weitergeleitet")
    outside.get_by_role("radio", name="Dafür sind wir nicht zuständig: zurück an das Rathaus").check()
    steps.press(outside, "Antwort absenden")
    expect(outside.locator(".error-summary")).to_be_visible()
    check(outside, "weitergeleitet-fehler")
    outside.get_by_role("radio", name="Ist erledigt").check()
    steps.press(outside, "Antwort absenden")
    expect(outside.get_by_role("heading", level=1)).to_contain_text("Vielen Dank")
    check(outside, "weitergeleitet-fertig")
    outside.goto(reverse("report", args=[twin.number]))

    page.goto(reverse("desk_new"))
    check(page, "aufnehmen")
    open_one = make_report("Laterne am Spielplatz aus", category=town.lamp)
    page.get_by_label("Kategorie").select_option(label="Laterne aus")
    page.get_by_label("Worum geht es?").fill("Die Laterne am Spielplatz ist aus")
    page.get_by_label("Geografische Breite").fill(f"{town.middle.y:.6f}")
    page.get_by_label("Geografische Länge").fill(f"{town.middle.x:.6f}")
    button = page.get_by_role("button", name=re.compile(f"diese Person mitzählen.*{open_one.number}"))
    expect(button).to_be_visible()
    check(page, "aufnehmen-bekannt")
    button.click()
    expect(page.get_by_text(f"Mitgezählt bei {open_one.number}")).to_be_visible()
