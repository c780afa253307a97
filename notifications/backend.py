"""Django's door for mail: what the login library sends becomes deliveries, like every other mail."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from accounts.services import home_of
from notifications.plans import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient
from notifications.services import write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit


class DeliveryBackend(BaseEmailBackend):
    """`EMAIL_BACKEND`: writes one delivery per recipient, in the look of the municipality they work for."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Returns how many messages were taken. Raises ValueError for a message with files."""
        for message in email_messages:
            if message.attachments:
                raise ValueError("Mails of this way carry no files.")
            write(planned=[_planned(message, address) for address in message.recipients()], event=None)
        if email_messages:
            ring_after_commit(drain_deliveries)
        return len(email_messages)


def _planned(message: EmailMessage, recipient: str) -> Planned:
    address = parseaddr(recipient)[1].lower()
    to = Recipient(Role.ACCOUNT, address, get_language() or "de")
    return Planned(
        Purpose.ACCOUNT,
        to,
        home_of(User.objects.filter(email=address).first()),
        timezone.now(),
        facts={"headline": " ".join(str(message.subject).split()), "text": str(message.body).strip()},
    )
