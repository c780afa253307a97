"""Passkeys, with an authenticator that Chromium plays: staff log in without a password, citizens without a mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case
from cases.services import confirm_contact
from citizens.models import Passkey
from tests.browser import steps
from tests.conftest import Town


def with_authenticator(page: Page) -> None:
    """The device has a fingerprint reader that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def confirm(page: Page) -> None:
    """Confirm that it is you, by the passkey."""
    steps.follow(page, "Passkey benutzen")
    steps.press(page, "Mit dem Passkey bestätigen")


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A computer that can do passkeys."""
    page = visit("desktop")
    with_authenticator(page)
    return page


def test_staff_log_in_by_passkey(town: Town, page: Page, log_in: Callable[[Page, str], None], site: str) -> None:
    """Added, named, used, renamed, used behind the password, removed."""
    log_in(page, town.manager.email)
    page.goto(reverse("mfa_index"))
    steps.follow(page, "Passkey hinzufügen")
    page.get_by_label("Passwort", exact=True).fill("geheim-geheim-1")
    steps.press(page, "Bestätigen")
    page.get_by_role("textbox", name=re.compile("^Name")).fill("Rechner im Büro")
    steps.press(page, "Passkey hinzufügen")
    steps.heading(page, "Notfallcodes")
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_text("Rechner im Büro").first).to_be_visible()

    page.context.clear_cookies()
    page.goto(reverse("account_login") + "?next=" + reverse("desk"))
    steps.press(page, "Passkey statt Passwort")
    expect(page).to_have_url(site + reverse("desk"))

    page.goto(reverse("mfa_list_webauthn"))
    page.get_by_role("link", name=re.compile("^Umbenennen")).click()
    confirm(page)
    page.get_by_role("textbox", name=re.compile("^Name")).fill("Schreibtisch")
    steps.press(page, "Speichern")
    expect(page.get_by_text("Schreibtisch").first).to_be_visible()

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill(town.manager.email)
    page.get_by_label("Passwort", exact=True).fill("geheim-geheim-1")
    steps.press(page, "Anmelden")
    steps.heading(page, "Code eingeben")
    steps.press(page, "Passkey benutzen")
    expect(page).to_have_url(site + reverse("desk"))

    page.goto(reverse("mfa_list_webauthn"))
    page.get_by_role("link", name=re.compile("^Entfernen")).click()
    confirm(page)
    steps.press(page, "Entfernen")
    expect(page.get_by_text("Sie haben noch keinen Passkey")).to_be_visible()
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    steps.press(page, "Passkey statt Passwort")
    steps.heading(page, "Anmeldung für Beschäftigte")
    assert page.context.request.get(reverse("desk"), max_redirects=0).status == 302


def test_citizens_open_their_reports_by_passkey(
    town: Town, page: Page, mails: Callable[[str], list[EmailMessage]], make_report: Callable[..., Case]
) -> None:
    """Once by the link of a mail, from then on by fingerprint; removed, it opens nothing."""
    case = make_report("Loch", email="erika@example.org")
    assert case.contact is not None
    confirm_contact(contact=case.contact)
    mails("erika@example.org")
    page.goto("/meine-meldungen/")
    page.get_by_role("textbox", name=re.compile("^E-Mail")).fill("erika@example.org")
    steps.press(page, "Link zuschicken")
    steps.heading(page, "Bitte sehen Sie in Ihre Mails")
    (asked,) = mails("erika@example.org")
    page.goto(steps.link(asked, "/meine-meldungen/oeffnen/"))
    steps.press(page, "Meine Meldungen öffnen")
    steps.heading(page, "Meine Meldungen")
    steps.press(page, "Passkey hinzufügen")
    expect(page.get_by_text("Der Passkey ist hinzugefügt.")).to_be_visible()
    assert Passkey.objects.get().email == "erika@example.org"
    (told,) = mails("erika@example.org")
    assert "Neuer Passkey" in str(told["Subject"])

    steps.press(page, "Abmelden")
    steps.press(page, "Mit Passkey öffnen")
    expect(page.get_by_text(case.number)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Entfernen")).click()
    expect(page.get_by_text("Der Passkey öffnet nichts mehr.")).to_be_visible()
    steps.press(page, "Abmelden")
    steps.press(page, "Mit Passkey öffnen")
    expect(page.get_by_text("Dieser Passkey öffnet hier nichts.").first).to_be_visible()
    assert not Passkey.objects.exists()
