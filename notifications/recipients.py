"""Who may be written to about a case, and in which language."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts import policy as accounts_policy
from accounts.models import Membership, Unit, User
from accounts.policy import GRANTS, Permission
from cases.models import Case, Contact, Follow, Forward, Support, Watcher
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


def path_in(language: str, name: str, *args: str) -> str:
    """The path of a page in the language of who gets the link."""
    with translation.override(language):
        return reverse(name, args=args)


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
    stop = path_in(case.language, "stop_mails", contact.token)
    return Recipient(Role.REPORTER, contact.email.lower(), case.language, stop_path=stop)


def followers(case: Case, *, besides: Recipient | None) -> list[Recipient]:
    """Confirmed followers whose address works, without the one who is written to as reporter."""
    rows = Follow.objects.filter(case=case, confirmed_at__isnull=False, bounced_at=None).order_by("pk")
    if besides is not None:
        rows = rows.exclude(email=besides.address)
    return [
        Recipient(Role.FOLLOWER, row.email, row.language, row.pk, path_in(row.language, "unfollow", row.token))
        for row in rows
    ]


def interested(wish: Follow | Support) -> Recipient:
    """Somebody who has to confirm that they want to follow or support."""
    role = Role.FOLLOWER if isinstance(wish, Follow) else Role.SUPPORTER
    return Recipient(role, wish.email, wish.language, wish.pk)


def unit(case: Case) -> Recipient | None:
    """The unit that settles the case, if it has an address."""
    return of_unit(case.unit) if case.unit is not None else None


def of_unit(unit: Unit) -> Recipient | None:
    """A unit's mailbox; a team without one reads its unit's."""
    address = unit.mailbox
    return Recipient(Role.UNIT, address.lower(), settings.LANGUAGE_CODE, unit.pk) if address else None


def colleague(user: User, role: Role = Role.COLLEAGUE) -> Recipient:
    """A member of staff."""
    return Recipient(role, user.email.lower(), user.language, user.pk)


def watchers(case: Case, *, besides: int | None) -> list[Recipient]:
    """Colleagues who watch the case and still see it, without the one (user id) who did it themselves."""
    rows = Watcher.objects.filter(case=case, user__is_active=True).exclude(user_id=besides or 0).select_related("user")
    return [
        colleague(row.user, Role.WATCHER)
        for row in rows.order_by("pk")
        if row.user.has_mailbox and Case.objects.visible_to(row.user).filter(pk=case.pk).exists()
    ]


def still_watches(key: str, case_id: int | None) -> bool:
    """Whether the colleague of a delivery (Recipient.key) still watches its case."""
    user = key.rpartition(":")[2]
    return user.isdecimal() and Watcher.objects.filter(case_id=case_id or 0, user_id=int(user)).exists()


def management(case: Case) -> list[Recipient]:
    """The complaint management: who sees even confidential cases of the municipality and does not administer it, else
    who administers it, else the general address."""
    seeing = [role.value for role, found in GRANTS.items() if Permission.CONFIDENTIAL in found]
    rows = Membership.objects.filter(
        municipality=case.municipality_id, unit=None, role__in=seeing, user__is_active=True
    ).select_related("user")
    found: dict[bool, dict[int, User]] = {True: {}, False: {}}
    for row in rows.order_by("user_id"):
        found[Permission.ADMINISTER in GRANTS[accounts_policy.Role(row.role)]][row.user_id] = row.user
    if people := found[False] or found[True]:
        return [colleague(user) for user in people.values()]
    address = town_hall(case)
    return [Recipient(Role.UNIT, address, settings.LANGUAGE_CODE)] if address else []


def town_hall(case: Case) -> str:
    """The general address of the municipality or its county, "" for none."""
    return next((one.contact_email.lower() for one in case.municipality.chain() if one.contact_email), "")


def unit_or_town_hall(case: Case) -> Recipient | None:
    """The unit, else the general address of the municipality or its county."""
    if (found := unit(case)) is not None:
        return found
    address = town_hall(case)
    return Recipient(Role.UNIT, address, settings.LANGUAGE_CODE) if address else None


def outside(forward: Forward) -> Recipient:
    """The outside body that a case was forwarded to."""
    return Recipient(Role.OUTSIDE, forward.email.lower(), settings.LANGUAGE_CODE, forward.pk)


def forward_is_open(key: str) -> bool:
    """Whether the forwarding that a recipient's key names is not ended meanwhile."""
    pk = key.rpartition(":")[2]
    return pk.isdecimal() and Forward.objects.filter(pk=int(pk), ended_at=None).exists()


def on_call(case: Case) -> Recipient | None:
    """Who is alerted of a danger: the unit's on-call service, else the unit, else the town hall."""
    address = case.unit.on_call_email if case.unit is not None else ""
    if not address and (other := unit_or_town_hall(case)) is not None:
        address = other.address
    return Recipient(Role.ON_CALL, address.lower(), settings.LANGUAGE_CODE) if address else None
