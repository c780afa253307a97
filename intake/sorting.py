"""What becomes of a mail: each one is looked at under a lease and ends with an outcome and a reason.

Whoever answers a mail of ours is known by the mark in the address it goes to (`cases.marks`), which only somebody has
who got a mail to the reporter; the sender's address need not fit, since people answer from the address they have at
hand. That address proves nothing by itself, anybody can write any: without a mark it counts only together with the
random Message-ID of a mail we sent to that same address. Everything else is a new report, begun as a draft.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases import files as stored
from cases import pictures
from cases.change import Act, By
from cases.errors import Invalid, Refused
from cases.marks import case_of
from cases.models import Case, File
from cases.services import TEXT_MAX, confirm_contact, message
from geo.models import Municipality
from intake import letters, mime, parsing
from intake.models import IncomingMail
from intake.policy import MAX_BYTES, PER_HOUR, QUIET, Outcome, Reason
from notifications import bounces
from notifications.models import Delivery
from notifications.policy import Role
from outbox.leases import Drained, drain
from outbox.registry import GiveUp
from reports import flow, flow_photos
from reports.own_deeds import PHOTOS_IN_ALL
from reports.own_deeds import answer as answer_report
from reports.policy import TEXT_MAX as REPORT_TEXT_MAX

BATCH: Final = 5
DECORATION: Final = 160
"""Pictures with a side shorter than so many pixels are logos of a signature."""
_KEYS: Final = uuid.UUID("6f0e2f6e-6e0a-4f0b-9d7a-2f2b7c2b5a11")


@dataclass
class _Kept:
    """Pictures of a mail that were stored, with where they were taken; names of those that cannot be used."""

    files: list[tuple[File, tuple[float, float] | None]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def run_incoming(*, at: datetime | None = None, seconds: float | None = None) -> Drained:
    """Decide about what is waiting (see outbox.leases.drain)."""
    return drain(
        IncomingMail,
        lambda mail: sort(mail=mail, at=timezone.now()),
        batch=BATCH,
        at=at,
        seconds=seconds,
        related=("municipality__parent__parent",),
    )


def sort(*, mail: IncomingMail, at: datetime) -> dict[str, Any]:
    """Decide what becomes of one mail and do it; again changes nothing. Raises GiveUp when the mail itself is gone."""
    if mail.outcome:
        return {}
    if mail.bytes > MAX_BYTES:
        return _refuse(mail, Reason.TOO_LARGE, at)
    try:
        with default_storage.open(mail.path) as file:
            raw = file.read()
    except FileNotFoundError:
        raise GiveUp("The mail is not in the storage any more.")
    try:
        parsed = parsing.parse(raw)
    except mime.TooNested:
        return _refuse(mail, Reason.NESTED, at)
    _note(mail, parsed)
    if bounces.read(raw) is not None:
        return _bounced(mail, raw, at)
    case, by = (None, None) if parsed.automatic else _answered(mail, parsed)
    if (reason := _why_not(mail, parsed, case, at)) is not None:
        return _refuse(mail, reason, at)
    kept = _keep(parsed, at, room=PHOTOS_IN_ALL - case.files.count() if case is not None else PHOTOS_IN_ALL)
    mail.attachments += kept.others
    if case is not None and by is not None:
        return _answer(mail, case, by, parsed, kept, at)
    return _draft(mail, parsed, kept, at)


def _note(mail: IncomingMail, parsed: parsing.Parsed) -> None:
    """What the row tells of the mail at the desk."""
    mail.sender, mail.sender_name = parsed.sender, parsed.sender_name
    mail.subject, mail.text = parsed.subject, parsed.whole
    mail.attachments = parsed.attachments


def _why_not(mail: IncomingMail, parsed: parsing.Parsed, case: Case | None, at: datetime) -> Reason | None:
    """Why nothing is made of it, None when something is."""
    if not parsed.sender:
        return Reason.NO_SENDER
    if _is_ours(parsed):
        return Reason.LOOP
    if parsed.automatic is not None:
        machine = parsed.sender.startswith(("mailer-daemon@", "postmaster@"))
        return Reason.REPORT if machine else parsed.automatic
    before = IncomingMail.objects.by(parsed.sender).filter(municipality=mail.municipality_id, pk__lt=mail.pk)
    if before.filter(received_at__gt=mail.received_at - timedelta(hours=1)).count() >= PER_HOUR:
        return Reason.OFTEN
    if parsed.encrypted:
        return Reason.ENCRYPTED
    if not parsed.text and case is None:
        parsed.text = parsed.whole  # somebody who quotes everything, or writes below their signature
    return None if parsed.text or parsed.pictures else Reason.EMPTY


def _is_ours(parsed: parsing.Parsed) -> bool:
    """Whether it is a mail that we sent, or comes from an address that we send with or read."""
    if parsed.message_id and Delivery.objects.filter(message_id=parsed.message_id).exists():
        return True
    local, _at, domain = parsed.sender.rpartition("@")
    sender = f"{local.partition('+')[0]}@{domain}"
    towns = Municipality.objects.values_list("sender_address", "intake_address")
    return sender in {str(settings.SENDER_ADDRESS).lower(), *(one.lower() for pair in towns for one in pair if one)}


def _answered(mail: IncomingMail, parsed: parsing.Parsed) -> tuple[Case | None, Reason | None]:
    """The case it answers on, and how that is known."""
    for address in dict.fromkeys([mail.recipient.lower(), *parsed.recipients]):
        mark = address.rpartition("@")[0].partition("+")[2]
        if mark and (case := case_of(mark)) is not None:
            return case, Reason.MARK
    if parsed.references:
        about = Delivery.objects.filter(
            message_id__in=parsed.references, role=Role.REPORTER.value, address=parsed.sender, case__isnull=False
        )
        sent = about.select_related("case__contact").order_by("-pk").first()
        contact = sent.case.contact if sent is not None and sent.case is not None else None
        if sent is not None and contact is not None and contact.email.lower() == parsed.sender:
            return sent.case, Reason.THREAD
    return None, None


def _keep(parsed: parsing.Parsed, at: datetime, *, room: int) -> _Kept:
    """Store the pictures that can be used, each once, as many as a report takes; they belong to nothing yet, and are
    swept away after days if they never do."""
    kept, seen = _Kept(), set()
    for number, picture in enumerate(parsed.pictures, start=1):
        digest = hashlib.sha256(picture.content).hexdigest()
        if digest in seen:
            continue
        seen.add(digest)
        name = picture.name or f"{number}"
        if len(kept.files) >= min(room, settings.PHOTO_MAX_COUNT) or _is_decoration(picture.content):
            kept.others.append(name)
            continue
        try:
            kept.files.append(stored.store(upload=SimpleUploadedFile(name, picture.content), at=at, preview=True))
        except Invalid:
            kept.others.append(name)
    return kept


def _is_decoration(content: bytes) -> bool:
    """A logo or an emblem of a signature rather than a photo."""
    if len(content) > 200_000:
        return False
    try:
        found = pictures.inspect(ContentFile(content), max_pixels=settings.PHOTO_MAX_PIXELS)
    except pictures.Unusable:
        return False
    return min(found.width, found.height) < DECORATION


def _own(mail: IncomingMail) -> bool:
    """Lock the row; False if somebody decided about it meanwhile."""
    rows = IncomingMail.objects.select_for_update().filter(pk=mail.pk, outcome="").order_by()
    return bool(rows.values_list("pk"))


def _settled(mail: IncomingMail, outcome: Outcome, reason: Reason, at: datetime, *, closed: bool) -> dict[str, Any]:
    """Write down what became of it."""
    mail.outcome, mail.reason = outcome.value, reason.value
    mail.closed_at = at if closed else None
    mail.save(
        update_fields=[
            *("sender", "sender_name", "subject", "text", "attachments", "outcome", "reason"),
            *("case", "draft", "linked_at", "closed_at"),
        ]
    )
    return {}


def _refuse(mail: IncomingMail, reason: Reason, at: datetime) -> dict[str, Any]:
    with transaction.atomic():
        if not _own(mail):
            return {}
        return _settled(mail, Outcome.REFUSED, reason, at, closed=reason in QUIET)


def _bounced(mail: IncomingMail, raw: bytes, at: datetime) -> dict[str, Any]:
    with transaction.atomic():
        if not _own(mail):
            return {}
        delivery = bounces.note(raw, at=at)
        if delivery is None:
            return _settled(mail, Outcome.BOUNCE, Reason.REPORT, at, closed=True)
        mail.case = delivery.case
        return _settled(mail, Outcome.BOUNCE, Reason.UNDELIVERABLE, at, closed=True)


def _answer(
    mail: IncomingMail, case: Case, how: Reason, parsed: parsing.Parsed, kept: _Kept, at: datetime
) -> dict[str, Any]:
    """A word of the reporter on their case; what waited for it is open again. The address is proved by it."""
    mail.case = case
    with translation.override(settings.LANGUAGE_CODE):
        text = parsed.text[:TEXT_MAX] or _("(Only photos came.)")
    act = Act(at=at, client_key=uuid.uuid5(_KEYS, f"{mail.pk}"))
    files = [file for file, _position in kept.files]
    try:
        with transaction.atomic():
            if not _own(mail):
                return {}
            if hasattr(case, "report"):
                answer_report(report=case.report, text=text, files=files, act=act)
            else:
                message(case=case, by=By.citizen(), text=text, files=tuple(files), act=act)
            contact = case.contact
            if contact is not None and contact.confirmed_at is None and contact.email.lower() == parsed.sender:
                confirm_contact(contact=contact, act=Act(at=at))
            return _settled(mail, Outcome.ANSWER, how, at, closed=True)
    except Refused:
        return _refuse(mail, Reason.CLOSED, at)


def _draft(mail: IncomingMail, parsed: parsing.Parsed, kept: _Kept, at: datetime) -> dict[str, Any]:
    """The draft of a report, and the link to it for the sender."""
    files = [file for file, _position in kept.files]
    with transaction.atomic():
        if not _own(mail):
            return {}
        draft = flow.start(municipality=mail.municipality)
        with flow.editing(draft) as typed:
            typed.text, typed.email, typed.name = _report_text(parsed), parsed.sender, parsed.sender_name
            typed.source = flow.BY_MAIL
        File.objects.filter(pk__in=[file.pk for file in files]).update(draft=draft)
        for _file, position in kept.files:
            if position is not None:
                flow_photos.propose(draft=draft, position=position)
        mail.draft = draft
        if not parsed.forged and letters.may_link(mail=mail, at=at):
            language = letters.language_of(parsed.sender, parsed.language)
            letters.send_link(mail=mail, draft=draft, language=language, photos=len(files), at=at)
            mail.linked_at = at
        return _settled(mail, Outcome.DRAFT, Reason.NEW, at, closed=False)


def _report_text(parsed: parsing.Parsed) -> str:
    """The words of the report: the subject too, if the mail does not say the same."""
    subject, text = parsed.subject.strip(), parsed.text.strip()
    if subject and subject.lower() not in text.lower():
        text = f"{subject}\n\n{text}".strip()
    return text[:REPORT_TEXT_MAX]
