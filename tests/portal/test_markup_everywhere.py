"""Stored markup in every text column of every table: whatever page shows it shows it as text.

Written straight into the tables, past all forms, so it holds also for what an import, a mail or a later form brings.
Pages are found by their links, so that a new page is covered by itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from cases.change import By
from cases.models import Case, TextBlock
from cases.policy import State
from cases.services import confirm_contact, feedback, message, move, note, question, update
from geo.models import District
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.services import release_photo, release_text
from tests.conftest import make_municipality, square
from tests.reports.conftest import photo_of
from tests.reports.test_nothing_unreleased import addresses

__all__ = ["photo_of"]
MARKUP = "\"'><script>alert(1)</script>{{7*7}}"
LIVE = re.compile(r"<script>alert|[\s\"']onerror=|\b49\b\s*$")
ESCAPED = re.compile(r"&lt;script&gt;alert|\\u003Cscript\\u003Ealert|&lt;script&gt;al")
OWN = {
    "accounts",
    "cases",
    "citizens",
    "dispatch",
    "form_engine",
    "geo",
    "intake",
    "moderation",
    "notifications",
    "pages",
    "portal",
    "reports",
    "subscriptions",
}
#: Keys, words of ours and addresses: no text field fills them, or it takes nothing but their own form.
NO_TEXT = re.compile(
    r"^(.*(key|digest|hash|email|address_of|language|secret|token|password|slug|format|owner|message_id|sha256|host"
    r"|prefix|origins|days|season_.*|patience|imap|relay|url|address|accent|coat_of_arms|website|icon|ags|payload|data|wanted"
    r"|headers|definition|attachments|redaction|before|photos|chosen|query|step|rhythm|purpose|role|channel|recipient"
    r"|outcome|what|deed|process|machine|credential.*|digest|kind|source|number|level|html))$"
)
TEXT_AFTER_ALL = {"Report.address", "Case.file_number", "Case.former_number", "Address.house_number"}


def text_fields(model: type[models.Model]) -> Iterable[models.Field[Any, Any]]:
    """The columns of a table that hold words of people."""
    for field in model._meta.fields:
        if (
            not isinstance(field, models.CharField | models.TextField | models.JSONField)
            or field.choices
            or field.unique
        ):
            continue
        if not NO_TEXT.match(field.name) or f"{model.__name__}.{field.name}" in TEXT_AFTER_ALL:
            yield field


def poison() -> set[str]:
    """Put markup into all of them; returns which."""
    done = set()
    for model in apps.get_models():
        if model._meta.app_label not in OWN:
            continue
        for field in text_fields(model):
            name = f"{model.__name__}.{field.name}"
            rows = model._base_manager.all()
            if isinstance(field, models.JSONField):
                first = rows.values_list(field.name, flat=True).first()
                if not isinstance(first, dict):
                    continue
                for row in rows:
                    held = getattr(row, field.name) or {"de": "", "en": ""}
                    value = {key: MARKUP if isinstance(one, str) else one for key, one in held.items()}
                    model._base_manager.filter(pk=row.pk).update(**{field.name: value})
            elif rows.exists():
                rows.update(**{field.name: MARKUP[: field.max_length or None]})
            else:
                continue
            done.add(name)
    return done


def links(text: str, base: str) -> Iterable[str]:
    """Pages of the same site that a page leads to."""
    for href in re.findall(r'<a[^>]*\shref="([^"#]+)', text):
        url = urlsplit(urljoin(base, unescape(href)))
        if url.scheme in ("", "http") and url.hostname in (None, "localhost", "testserver"):
            yield url.path + (f"?{url.query}" if url.query else "")


def walk(client: Client, starts: Iterable[str], within: str, at_most: int) -> dict[str, str]:
    """All pages that can be reached, each sort of query of one path three times at most."""
    found: dict[str, str] = {}
    waiting = deque(starts)
    often: dict[str, int] = {}
    while waiting and len(found) < at_most:
        path = waiting.popleft()
        bare = path.partition("?")[0]
        if path in found or often.get(bare, 0) >= 3 or "abmelden" in bare:
            continue
        often[bare] = often.get(bare, 0) + 1
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.streaming or not re.match("text/|application/(json|.*xml)", answer.headers.get("Content-Type", "")):
            continue
        text = found[path] = answer.content.decode()
        if "html" in answer.headers["Content-Type"]:
            waiting.extend(link for link in links(text, path) if link.startswith(within))
    return found


@pytest.fixture
def full(town, make_report, photo_of):
    """A case with all that can be in one, and the tables around it filled."""
    case = make_report("Ein Loch", address="Am Weg 1", email="erika@example.org")
    staff, citizen = By.staff(town.manager), By.citizen()
    confirm_contact(contact=case.contact)
    case.contact.name, case.contact.phone, case.contact.public_name = "Erika", "0123", True
    case.contact.save()
    release_text(case=case, by=staff)
    release_photo(photo=photo_of(case), by=staff)
    note(case=case, by=staff, text="x")
    update(case=case, by=staff, text="x")
    question(case=case, by=staff, text="x")
    message(case=case, by=citizen, text="x")
    move(case=case, to=State.OPEN, by=staff, text="x")
    move(case=case, to=State.DONE, by=staff, text="x")
    feedback(case=case, by=citizen, still_there=True, text="x")
    District.objects.create(municipality=town.municipality, name="x", slug="mitte", boundary=square(8.23, 51.96))
    TextBlock.objects.create(municipality=town.municipality, slug="x", title="x", text={"de": "x"})
    make_municipality("nachbar", "Nachbar", "NB", lon=9.9, lat=52.9, parent=town.municipality)
    return Case.objects.get(pk=case.pk)


def test_stored_markup_is_text_wherever_it_is_shown(town, full):
    done = poison()
    assert {"Municipality.name", "Unit.name", "User.name", "Stage.label", "Topic.name", "Report.public_text"} <= done
    assert {"Contact.name", "Entry.text", "TextBlock.title", "District.name", "Report.address"} <= done
    assert LIVE.search(MARKUP)
    visitor = Client()
    public = [path for paths in addresses(full).values() for path in paths]
    pages = walk(visitor, ["/", "/en/", f"/meine/{full.secret}/", *public], "/", 220)
    for user in (town.manager, town.admin):
        staff = Client()
        staff.force_login(user)
        starts = ["/verwaltung/", f"/verwaltung/vorgang/{full.pk}/", "/verwaltung/einrichtung/", "/verwaltung/seiten/"]
        pages |= {f"{user.name[:1]} {path}": text for path, text in walk(staff, starts, "/verwaltung/", 120).items()}
    assert len(pages) > 80
    alive = [path for path, text in pages.items() if LIVE.search(text) and text.lstrip().startswith("<")]
    assert not alive
    assert sum(bool(ESCAPED.search(text)) for text in pages.values()) > 40, (
        "the markup must be shown, or nothing is shown"
    )


def test_stored_markup_is_text_in_mails(town, full):
    poison()
    Delivery.objects.all().delete()
    case = Case.objects.get(pk=full.pk)
    update(case=case, by=By.staff(town.manager), text=MARKUP)
    move(case=case, to=State.DONE, by=By.staff(town.manager), text=MARKUP)
    run_jobs()
    mails = list(Delivery.objects.exclude(html=""))
    assert mails
    for mail in mails:
        assert not LIVE.search(mail.html), mail.purpose
        assert ESCAPED.search(mail.html), mail.purpose
        assert "\n" not in mail.subject
