"""Brakes against floods of reports: generous, told in words, and nothing typed is lost."""

from __future__ import annotations

from django.conf import settings

from cases.following import email_hash
from geo.throttle import allowed, left

HOUR = 3600
SENDS_PER_ADDRESS = 20
"""Reports an hour from one network address; a school or a town hall shares one."""
SENDS_PER_MAIL = 10
"""Reports (and so mails) an hour for one e-mail address, which may be a stranger's."""
SENDS_PER_KEY = 600
"""Reports an hour of a program with a key."""
DRAFTS_PER_ADDRESS = 60
PHOTOS_PER_ADDRESS = 120


def may_send(*, address: str, email: str = "") -> bool:
    """Count one more report of a network address and an e-mail address; False when it is too many this hour.

    Programs of the house (settings.TRUSTED_ADDRESSES) are not slowed down.
    """
    if address in settings.TRUSTED_ADDRESSES:
        return True
    if not allowed("report", address, limit=SENDS_PER_ADDRESS, seconds=HOUR):
        return False
    return not email or allowed("report-mail", email_hash(email.strip()), limit=SENDS_PER_MAIL, seconds=HOUR)


def may_send_by_key(*, key: int, email: str = "") -> bool:
    """Count one more report of a program's key (its id) and an e-mail address; False when it is too many this hour."""
    if not allowed("report-key", str(key), limit=SENDS_PER_KEY, seconds=HOUR):
        return False
    return not email or allowed("report-mail", email_hash(email.strip()), limit=SENDS_PER_MAIL, seconds=HOUR)


def sends_left(*, address: str, key: int | None = None) -> tuple[int, int, int]:
    """(reports an hour, reports left, seconds until it begins anew) of a network address, or of a key."""
    if key is not None:
        return (SENDS_PER_KEY, *left("report-key", str(key), limit=SENDS_PER_KEY, seconds=HOUR))
    return (SENDS_PER_ADDRESS, *left("report", address, limit=SENDS_PER_ADDRESS, seconds=HOUR))


def may_ask(*, address: str, email: str) -> bool:
    """The same for a request to support or follow, which mails as well."""
    return may_send(address=address, email=email)


def may_start(*, address: str) -> bool:
    """Whether a network address may begin one more draft this hour."""
    return address in settings.TRUSTED_ADDRESSES or allowed("draft", address, limit=DRAFTS_PER_ADDRESS, seconds=HOUR)


def may_upload(*, address: str) -> bool:
    """Whether a network address may leave one more photo this hour."""
    return address in settings.TRUSTED_ADDRESSES or allowed(
        "draft-photo", address, limit=PHOTOS_PER_ADDRESS, seconds=HOUR
    )
