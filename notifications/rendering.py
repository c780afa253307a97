"""From a planned mail to its words: subject, text, HTML and headers, in the look of the municipality."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from cases.marks import marked
from geo.models import Municipality
from notifications.plans import Planned
from notifications.policy import ANSWERING, STAFF

ACCENT = "#1d4f91"
_SUBJECT_LENGTH = 250
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


@dataclass(frozen=True)
class Rendered:
    """What is sent, word for word."""

    subject: str
    text: str
    html: str
    sender: str
    """Envelope sender."""
    headers: dict[str, str]


def render(planned: Planned) -> Rendered:
    """Fill the three templates of a planned mail in the recipient's language."""
    town = planned.municipality
    base = town.base_url() if town else ""
    stop_url = base + planned.to.stop_path if planned.to.stop_path else ""
    context = {
        **planned.facts,
        "town": town,
        "accent": town.accent if town else ACCENT,
        "language": planned.to.language,
        "for_staff": planned.to.role in STAFF,
        "stop_url": stop_url,
        "site_url": base,
        "site_name": sender_name(town),
        "imprint_url": base + reverse("imprint") if base else "",
    }
    name = f"notifications/mail/{planned.purpose}"
    with translation.override(planned.to.language):
        subject = " ".join(render_to_string(f"{name}.subject.txt", context).split())[:_SUBJECT_LENGTH]
        context["subject"] = subject
        text = render_to_string(f"{name}.txt", context)
        html = render_to_string(f"{name}.html", context)
    found = headers(town, stop_url)
    if answers_to := _answers_to(planned):
        found["Reply-To"] = answers_to
    if about := planned.facts.get("in_reply_to"):
        found["In-Reply-To"] = found["References"] = str(about)
    return Rendered(subject, _tidy(text), html.strip() + "\n", sender_address(town), found)


def _answers_to(planned: Planned) -> str:
    """The address whose mark leads an answer to the case; "" where nobody fetches answers, or they lead nowhere."""
    town, case = planned.municipality, planned.case
    if town is None or case is None or planned.to.role not in ANSWERING:
        return ""
    address = town.intake()
    return marked(address, case) if address else ""


def _tidy(text: str) -> str:
    """Without the blank lines that template tags leave; the signature is marked as mail programs know it."""
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip().replace("\n--\n", "\n-- \n") + "\n"


def sender_name(town: Municipality | None) -> str:
    """Who writes, in words."""
    return (town.sender_name or town.title) if town else "Anliegen"


def sender_address(town: Municipality | None) -> str:
    """The sender's address of the municipality, its county, or the platform."""
    own = next((one.sender_address for one in town.chain() if one.sender_address), "") if town else ""
    return own or str(settings.SENDER_ADDRESS)


def headers(town: Municipality | None, stop_url: str = "") -> dict[str, str]:
    """Headers beside subject, recipient, date and Message-ID."""
    found = {
        "From": str(Address(sender_name(town), addr_spec=sender_address(town))),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    reply_to = next((one.reply_to for one in town.chain() if one.reply_to), "") if town else ""
    if reply_to:
        found["Reply-To"] = reply_to
    if stop_url:
        found["List-Unsubscribe"] = f"<{stop_url}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found
