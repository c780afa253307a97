"""What we write because of a mail that came in. Nothing of its words is sent back: its sender may be forged."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cases.models import Contact, Draft
from intake.models import IncomingMail
from intake.policy import LINKS_PER_DAY, LINKS_PER_HOUR
from notifications.planning import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient
from notifications.services import write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit
from reports.flow import DRAFT_DAYS


def may_link(*, mail: IncomingMail, at: datetime) -> bool:
    """Whether the sender may be sent one more link now; counted in the table, so that no cache forgets it."""
    rows = IncomingMail.objects.filter(received_at__gt=at - timedelta(days=2), linked_at__gt=at - timedelta(days=1))
    if rows.filter(sender=mail.sender, blanked_at=None).count() >= LINKS_PER_DAY:
        return False
    lately = rows.filter(municipality=mail.municipality_id, linked_at__gt=at - timedelta(hours=1))
    return lately.count() < LINKS_PER_HOUR


def send_link(*, mail: IncomingMail, draft: Draft, language: str, photos: int, at: datetime) -> None:
    """The link by which the sender finishes the report."""
    with translation.override(language):
        url = mail.municipality.base_url() + reverse("intake_draft", args=[draft.secret])
        facts = {"open_url": url, "photos": photos, "days": DRAFT_DAYS, **_thread(mail)}
    _post(Purpose.DRAFT, mail, language, facts, at)


def send_answer(*, mail: IncomingMail, text: str, at: datetime) -> None:
    """An answer of the desk that belongs to no case."""
    _post(Purpose.LETTER, mail, language_of(mail.sender, ""), {"text": text, **_thread(mail)}, at)


def language_of(sender: str, guessed: str) -> str:
    """The language somebody last reported in, else the one they seem to write, else the platform's."""
    known = Contact.objects.filter(email__iexact=sender, case__isnull=False).order_by("-pk")
    before = known.values_list("case__language", flat=True).first()
    spoken = {code for code, _name in settings.LANGUAGES}
    return next((one for one in (before, guessed) if one in spoken), settings.LANGUAGE_CODE)


def _thread(mail: IncomingMail) -> dict[str, str]:
    """So that mail programs show both as one conversation."""
    message_id = mail.message_id.partition("#")[0]
    return {"in_reply_to": message_id} if message_id.startswith("<") else {}


def _post(purpose: Purpose, mail: IncomingMail, language: str, facts: dict[str, object], at: datetime) -> None:
    to = Recipient(Role.PERSON, mail.sender, language)
    write(planned=[Planned(purpose, to, mail.municipality, at, facts=facts)], event=None)
    ring_after_commit(drain_deliveries)
