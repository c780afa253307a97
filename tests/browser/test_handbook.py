"""The pictures of the handbook show the pages as they are. With HANDBOOK=<folder> (script/handbook) they are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from cases.change import By
from cases.forwarding import forward
from cases.models import Case
from geo.models import Municipality
from intake.services import receive
from tests.browser.conftest import Work
from tests.browser.handbook import ON_PHONE, PICTURES, Stage
from tests.browser.world import make_dangerous, make_world
from tests.conftest import Town
from tests.intake.mails import Scene, examples


@pytest.mark.slow
def test_every_picture_of_the_handbook_can_be_taken(
    town: Town,
    make_report: Callable[..., Case],
    work: Work,
    visit: Callable[..., Page],
    log_in: Callable[[Page, str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Path(os.environ.get("HANDBOOK", "") or tmp_path / "handbook")
    folder.mkdir(parents=True, exist_ok=True)
    make_dangerous(town)
    world = make_world(town, make_report, work)
    twin = make_report("Vor der Schule ist ein tiefes Loch", at=world.public.submitted_at, address="Kirchplatz 1")
    forward(
        case=world.asked,
        by=By.staff(town.manager),
        name="Stadtwerke Harsewinkel",
        email="netz@example.org",
        text="Bitte prüfen Sie, ob der Deckel zu Ihrem Netz gehört.",
    )
    Municipality.objects.filter(pk=town.municipality.pk).update(intake_address="melder@stadt.example")
    scene = Scene("melder@stadt.example", "melder@stadt.example", "<x@y>", "erika@example.org", "x@y.example")
    for name in ("new-outlook-de", "newsletter", "empty"):
        receive(raw=next(one.raw for one in examples(scene) if one.name == name), at=timezone.now())
    work()
    desk, phone = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
    page = visit("desktop", viewport=desk)
    log_in(page, town.manager.email)
    stage = Stage(page, world, twin)
    for name, show in PICTURES.items():
        page.set_viewport_size(phone if name in ON_PHONE else desk)
        show(stage)
        page.screenshot(path=folder / f"{name}.png")
    monkeypatch.setattr("moderation.handbook.pictures", lambda: folder)
    page.goto(reverse("handbook"))
    shown = page.locator(".handbook__picture img").first
    expect(shown).to_be_visible()
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1280
