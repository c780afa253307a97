"""Brakes against floods of mails to confirm: generous for people, and told in words."""

from __future__ import annotations

from django.conf import settings

from cases.following import email_hash
from geo.throttle import allowed

HOUR = 3600
ASKS_PER_ADDRESS = 20
"""Subscriptions asked for in an hour from one network address; a school or a town hall shares one."""
ASKS_PER_MAIL = 6
"""Mails an hour to one e-mail address, which may be a stranger's."""


def may_ask(*, address: str, email: str) -> bool:
    """Count one more request of a network address and for an e-mail address; False when it is too many this hour.

    It counts alike for known and unknown addresses, so the answer says nothing about either.
    """
    if address in settings.TRUSTED_ADDRESSES:
        return True
    if not allowed("subscribe", address, limit=ASKS_PER_ADDRESS, seconds=HOUR):
        return False
    return allowed("subscribe-mail", email_hash(email.strip()), limit=ASKS_PER_MAIL, seconds=HOUR)
