"""What happens after the commit: whoever something belongs to gets the link, or hears of a new passkey; nobody else
hears anything."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation

from citizens import services
from citizens.models import Access, Passkey
from citizens.policy import LINK
from notifications.plans import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient
from notifications.services import write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit
from outbox.models import Event
from outbox.registry import consumer


@consumer("citizens.mails", events=[services.ASKED], atomic=False)
def mails(event: Event) -> None:
    """Write the mail with the link; an address that nothing belongs to is forgotten at once. Repeatable."""
    rows = Access.objects.select_related("municipality__parent__parent").filter(opened_at=None)
    access = rows.filter(pk=event.payload["access"]).first()
    if access is None:
        return
    if not services.known(access):
        services.end(access=access)
        return
    town = access.municipality
    with translation.override(access.language):
        facts = {
            "open_url": town.base_url() + reverse("my_reports_open", args=[services.token_of(access)]),
            "until": access.asked_at + LINK,
        }
    to = Recipient(Role.PERSON, access.email, access.language, access.pk)
    if write(planned=[Planned(Purpose.MINE, to, town, event.at, facts=facts)], event=event):
        ring_after_commit(drain_deliveries)


@consumer("citizens.passkey_mails", events=[services.PASSKEY_ADDED], atomic=False)
def passkey_mails(event: Event) -> None:
    """Tell the address that it can be opened in another way from now on: it may not have been its owner. Repeatable."""
    rows = Passkey.objects.select_related("municipality__parent__parent")
    row = rows.filter(pk=event.payload["passkey"]).first()
    if row is None:
        return
    with translation.override(row.language):
        facts = {"page_url": row.municipality.base_url() + reverse("my_reports"), "added_at": row.created_at}
    to = Recipient(Role.PERSON, row.email, row.language, row.pk)
    if write(planned=[Planned(Purpose.PASSKEY, to, row.municipality, event.at, facts=facts)], event=event):
        ring_after_commit(drain_deliveries)
