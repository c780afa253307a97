"""Nothing is loaded from elsewhere, and the content security policy has no holes: neither inline nor eval."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case
from tests.browser.conftest import Work
from tests.browser.watch import Watch
from tests.browser.world import World, make_world
from tests.conftest import Town


@pytest.fixture
def world(town: Town, make_report: Callable[..., Case], work: Work) -> World:
    """A town where everything has happened."""
    return make_world(town, make_report, work)


def test_every_request_goes_to_the_own_origin(
    world: World,
    site: str,
    visit: Callable[..., Page],
    watched: Callable[[Page], Watch],
    log_in: Callable[[Page, str], None],
) -> None:
    """Maps, pictures, documentation, mailbox, desk: one origin, no complaint, nothing missing (judged at the end)."""
    page = visit("desktop")
    pages = [
        "/",
        "/karte/",
        f"/meldungen/{world.public.number}/",
        f"/meine/{world.asked.secret}/",
        "/melden/",
        reverse("design"),
        reverse("api_docs"),
        reverse("demo_mailbox"),
        reverse("imprint"),
    ]
    for address in pages:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        page.wait_for_load_state("networkidle")
    page.goto(reverse("demo_mailbox"))
    page.locator("main a[href*='mail=']").first.click()
    expect(page).to_have_url(re.compile("mail="))
    page.wait_for_load_state("networkidle")
    log_in(page, world.town.manager.email)
    for case in (world.review, world.public):
        page.goto(reverse("desk_case", args=[case.pk]))
        page.wait_for_load_state("networkidle")
    assert {urlsplit(one).netloc for one in watched(page).addresses if one.startswith("http")} == {
        urlsplit(site).netloc
    }
    assert len(watched(page).pictures) > 3


def test_the_watch_sees_what_is_wrong(town: Town, visit: Callable[..., Page], watched: Callable[[Page], Watch]) -> None:
    """The listener of all these tests notices foreign addresses, inline scripts, missing files and thrown errors."""
    page = visit("desktop")
    page.goto("/")
    watch = watched(page)
    page.evaluate(
        """() => {
          document.head.append(Object.assign(document.createElement("script"), {textContent: "window.bad = 1"}));
          document.body.append(Object.assign(new Image(), {src: "http://elsewhere.invalid/a.png"}));
          document.body.append(Object.assign(new Image(), {src: "/static/missing.png"}));
          setTimeout(() => { throw new Error("thrown on purpose"); });
        }"""
    )
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => window.bad === undefined")
    with pytest.raises(AssertionError) as told:
        watch.judge()
    for words in ("CSP: script-src", "CSP: img-src", "404 image", "thrown on purpose"):
        assert words in str(told.value)
    watch.allow("CSP", "404 image", "thrown on purpose", "Content Security Policy", "elsewhere.invalid")
