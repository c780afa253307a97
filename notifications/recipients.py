"""Who may be written to about a case, and in which language."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from cases.models import Case, Contact, Follow, Support
from notifications.policy import Role


@dataclass(frozen=True)
class Recipient:
    """Somebody a mail goes to."""

    role: Role
    address: str
    language: str
    id: int | None = None
    stop_path: str = ""
    """Where one click ends these mails (RFC 8058), "" for mails one cannot end."""

    @property
    def key(self) -> str:
        """What tells this recipient from the others of one event."""
        return self.role.value if self.id is None else f"{self.role}:{self.id}"


def wants(contact: Contact | None) -> bool:
    """Whether the reporter may be written to: confirmed, not stopped, and the address works."""
    return (
        contact is not None
        and bool(contact.email)
        and contact.confirmed_at is not None
        and contact.mails_stopped_at is None
        and contact.bounced_at is None
    )


def reporter(case: Case) -> Recipient | None:
    """The reporter, if they may be written to."""
    return first_mail(case) if wants(case.contact) else None


def first_mail(case: Case) -> Recipient | None:
    """The reporter for the receipt, the only mail that goes to an unconfirmed address."""
    contact = case.contact
    if contact is None or not contact.email:
        return None
    stop = reverse("stop_mails", args=[contact.token])
    return Recipient(Role.REPORTER, contact.email.lower(), case.language, stop_path=stop)


def followers(case: Case, *, besides: Recipient | None) -> list[Recipient]:
    """Confirmed followers whose address works, without the one who is written to as reporter."""
    rows = Follow.objects.filter(case=case, confirmed_at__isnull=False, bounced_at=None).order_by("pk")
    if besides is not None:
        rows = rows.exclude(email=besides.address)
    return [
        Recipient(Role.FOLLOWER, row.email, row.language, row.pk, reverse("unfollow", args=[row.token])) for row in rows
    ]


def interested(wish: Follow | Support) -> Recipient:
    """Somebody who has to confirm that they want to follow or support."""
    role = Role.FOLLOWER if isinstance(wish, Follow) else Role.SUPPORTER
    return Recipient(role, wish.email, wish.language, wish.pk)


def unit(case: Case) -> Recipient | None:
    """The unit that settles the case, if it has an address."""
    if case.unit is None or not case.unit.email:
        return None
    return Recipient(Role.UNIT, case.unit.email.lower(), settings.LANGUAGE_CODE, case.unit.pk)


def unit_or_town_hall(case: Case) -> Recipient | None:
    """The unit, else the general address of the municipality or its county."""
    if (found := unit(case)) is not None:
        return found
    address = next((one.contact_email for one in case.municipality.chain() if one.contact_email), "")
    return Recipient(Role.UNIT, address.lower(), settings.LANGUAGE_CODE) if address else None


def on_call(case: Case) -> Recipient | None:
    """Who is alerted of a danger: the unit's on-call service, else the unit, else the town hall."""
    address = case.unit.on_call_email if case.unit is not None else ""
    if not address and (other := unit_or_town_hall(case)) is not None:
        address = other.address
    return Recipient(Role.ON_CALL, address.lower(), settings.LANGUAGE_CODE) if address else None
