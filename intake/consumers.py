"""What happens after the commit: a reporter whose contact is deleted leaves nothing in mails either."""

from django.utils import timezone

from cases.policy import Deed
from intake.models import IncomingMail
from intake.retention import blank
from outbox.models import Event
from outbox.registry import consumer


@consumer("intake.forget", events=[f"case.{Deed.CONTACT_DELETED}", f"case.{Deed.ERASED}"])
def forgotten(event: Event) -> None:
    """Mails that became an answer on the case, or its draft, lose sender and words."""
    case = event.payload["case"]
    rows = IncomingMail.objects.kept()
    for mine in (rows.filter(case=case), rows.filter(draft__case=case)):
        blank(IncomingMail.objects.filter(pk__in=list(mine.values_list("pk", flat=True))), at=timezone.now())
