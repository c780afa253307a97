"""The morning mail of units: one event per unit and working day, from which the mail is written.

Up to when a unit was told stands on its row and changes in the transaction of the event, so a run that was killed is
repeated and tells nothing twice. After a failure the next run catches up.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import Unit
from accounts.policy import MailRhythm
from cases import routing
from cases.patience import last_morning
from notifications.planning import Planned
from notifications.plans_desk import digest
from outbox.events import emit
from outbox.models import Event

DIGEST: Final = "unit.digest"
"""Event: {unit, since, until}: seconds of the time for which a morning mail tells."""
FIRST: Final = timedelta(days=4)
"""How far the first mail looks back: over a long weekend."""


def gather(*, at: datetime) -> int:
    """Emit what is due at seven o'clock of a working day; returns for how many units. Repeatable, and catches up."""
    morning, number = last_morning(at), 0
    rows = Unit.objects.filter(mail_rhythm=MailRhythm.DIGEST.value, active=True).exclude(digest_at__gte=morning)
    for unit in rows.select_related("municipality").defer("municipality__boundary").order_by("pk"):
        if not routing.is_working_day(unit.municipality, morning):
            continue
        since = unit.digest_at or morning - FIRST
        with transaction.atomic():
            if Unit.objects.filter(pk=unit.pk, digest_at=unit.digest_at).update(digest_at=morning):
                emit(DIGEST, at=at, unit=unit.pk, since=int(since.timestamp()), until=int(morning.timestamp()))
                number += 1
    return number


def planned(event: Event) -> Planned | None:
    """The mail of an event, None where nothing is to be told or the unit is gone."""
    payload = event.payload
    rows = Unit.objects.select_related("parent", "municipality__parent__parent")
    unit = rows.filter(pk=payload["unit"], mail_rhythm=MailRhythm.DIGEST.value, active=True).first()
    if unit is None:
        return None
    since, until = (datetime.fromtimestamp(payload[name], UTC) for name in ("since", "until"))
    return digest(unit=unit, since=since, until=until)
