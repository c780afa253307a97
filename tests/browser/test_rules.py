"""An administrator draws who is responsible where, and asks the map who it is at one place."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Responsibility
from tests.conftest import Town


def test_an_area_is_drawn_by_mouse_and_keyboard_and_asked_for(
    town: Town, visit: Callable[..., Page], log_in: Callable[[Page, str], None]
) -> None:
    page = visit("desktop")
    log_in(page, town.admin.email)
    page.goto(reverse("setup_responsibility_new"))
    page.get_by_label("Kategorie").select_option("schlagloch")
    page.get_by_label("Wer erledigt es?").select_option(str(town.greens.pk))
    chart = page.locator("#area-map")
    expect(chart).to_be_hidden()
    page.get_by_label("in einem Gebiet auf der Karte").check()
    page.get_by_label("Name des Gebiets").fill("Altstadt")
    expect(chart.locator(".leaflet-pane").first).to_be_attached()
    page.get_by_role("button", name="Fläche zeichnen").click()
    box = chart.bounding_box()
    assert box is not None
    for x, y in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    # The fourth corner by keyboard, in the middle of the map; then one corner too many is taken back.
    chart.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Eine Ecke zurück").click()
    page.get_by_role("button", name="Diese Fläche nehmen").click()
    expect(page.get_by_text("Das Gebiet steht im Formular.")).to_be_visible()
    page.get_by_role("button", name="Zeile speichern").click()
    expect(page).to_have_url(re.compile(reverse("setup_responsibility") + "$"))
    made = Responsibility.objects.get(area_name="Altstadt")
    assert made.area is not None
    assert made.area.num_coords == 5

    page.get_by_role("link", name="Wer ist hier zuständig?").click()
    page.get_by_label("Kategorie").select_option("schlagloch")
    chart = page.locator("#ask-map")
    box = chart.bounding_box()
    assert box is not None
    expect(chart.locator(".leaflet-pane").first).to_be_attached()
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    expect(page.get_by_role("heading", name="Grünflächen")).to_be_visible()
    expect(page.get_by_text("Gilt überall; eine Zeile mit Gebiet geht vor.")).to_be_visible()
