"""What happens after the commit: a report that became public finds its subscriptions."""

from django.utils import timezone

from cases.policy import Deed
from outbox.bell import ring_after_commit
from outbox.models import Event
from outbox.registry import consumer
from subscriptions.matching import just_published, note
from subscriptions.tasks import drain_mailings


@consumer(
    "subscriptions.match",
    events=[f"case.{deed}" for deed in (Deed.SUBMITTED, Deed.TEXT_RELEASED, Deed.PHOTO_RELEASED)],
    atomic=False,
)
def match(event: Event) -> None:
    """Note for whom the report is news and ring for the mails that go at once. Repeatable."""
    case = just_published(event.payload["case"], event.payload["entry"])
    if case is not None and note(case, at=timezone.now()):
        ring_after_commit(drain_mailings)
