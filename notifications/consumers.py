"""What happens after the commit: mails are planned and written, and people who left are forgotten."""

from django.utils import timezone

from accounts.absence import NOTED
from accounts.models import Absence
from cases.models import Case, Entry
from cases.policy import Deed, Part
from notifications import digests, plans
from notifications.models import Delivery
from notifications.plans_desk import standing_in
from notifications.services import forget_case, forget_reporter, happening_of, write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit
from outbox.models import Event
from outbox.registry import consumer


@consumer("notifications.mails", events=plans.events(), atomic=False)
def mails(event: Event) -> None:
    """Write the mails of an event and ring for the worker. Repeatable. Nothing of a practice case leaves the house."""
    happening = happening_of(event)
    if happening is None or happening.case.practice_by_id is not None:
        return
    if write(planned=plans.plan(happening), event=event):
        ring_after_commit(drain_deliveries)


@consumer("notifications.digests", events=[digests.DIGEST], atomic=False)
def morning_mails(event: Event) -> None:
    """Write the morning mail of a unit and ring for the worker. Repeatable."""
    mail = digests.planned(event)
    if mail is not None and write(planned=[mail], event=event):
        ring_after_commit(drain_deliveries)


@consumer("notifications.absence", events=[NOTED], atomic=False)
def deputies(event: Event) -> None:
    """Tell a deputy for whom they stand in. Repeatable; nothing when the absence was taken back meanwhile."""
    row = Absence.objects.select_related("user", "deputy").filter(pk=event.payload["absence"]).first()
    if row is not None and write(planned=[standing_in(row, event.at)], event=event):
        ring_after_commit(drain_deliveries)


@consumer("notifications.forget", events=[f"case.{Deed.CONTACT_DELETED}", f"case.{Deed.ERASED}"])
def forgotten(event: Event) -> None:
    """A deleted contact leaves nothing in our mails either, deleted words leave nothing in anybody's."""
    case, at = event.payload["case"], timezone.now()
    entry = Entry.objects.filter(pk=event.payload.get("entry")).first()
    if entry is not None and Part.CASE in entry.data.get("parts", []):
        forget_case(case_id=case, at=at)
    elif entry is None or entry.deed == Deed.CONTACT_DELETED.value or Part.CONTACT in entry.data.get("parts", []):
        forget_reporter(case_id=case, at=at)


@consumer("notifications.handed_over", events=[f"case.{Deed.HANDED_OVER}"])
def moved_on(event: Event) -> None:
    """What was written about a case goes with it to the other municipality: its controller keeps and forgets it."""
    pk = event.payload["case"]
    now = Case.objects.filter(pk=pk).values_list("municipality", flat=True).first()
    Delivery.objects.filter(case=pk).update(municipality=now)
