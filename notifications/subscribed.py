"""Mails about subscriptions: the link to confirm, and what became public, at once or gathered.

They belong to no case, so they do not go through `plans`. Only what is public while the mail is written is named in
it, by category, place and state; what was written and seen stands on the page behind the link.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.plans import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient, path_in
from notifications.services import write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit
from outbox.models import Event
from outbox.registry import consumer
from reports.search import shown
from subscriptions.describing import Describing
from subscriptions.mailing import MAIL
from subscriptions.models import Mailing, Subscriber, Subscription
from subscriptions.policy import LISTED, PENDING_DAYS, PER_ADDRESS, Rhythm
from subscriptions.services import ASKED
from subscriptions.wanted import Wanted

_OF = "subscriber__municipality__parent__parent"
_SHAPES = [
    "subscriber__municipality__boundary",
    "subscriber__municipality__parent__boundary",
    "subscriber__municipality__parent__parent__boundary",
]


@consumer("notifications.subscriptions", events=[ASKED, MAIL], atomic=False)
def mails(event: Event) -> None:
    """Write the mail of an event and ring for the worker. Repeatable: an event and a subscriber have one mail."""
    planned = _gathered(event) if event.name == MAIL else _asked(event)
    if planned is not None and write(planned=[planned], event=event):
        ring_after_commit(drain_deliveries)


# Asked for ------------------------------------------------------------------------------------------------------------
def _asked(event: Event) -> Planned | None:
    """The link to confirm; to somebody who proved the address before, why there is nothing to confirm."""
    if (pk := event.payload.get("subscription")) is not None:
        row = Subscription.objects.select_related(_OF).defer(*_SHAPES).filter(pk=pk, confirmed_at=None).first()
        return _confirmation(row, event) if row is not None else None
    subscriber = (
        Subscriber.objects.select_related("municipality__parent__parent")
        .filter(pk=event.payload.get("subscriber"), subscriptions__confirmed_at__isnull=False)
        .first()
    )
    if subscriber is None:
        return None
    with translation.override(subscriber.language):
        facts = {
            "full": PER_ADDRESS if event.payload.get("full") else 0,
            "manage_url": _manage_url(subscriber),
        }
    return Planned(Purpose.SUBSCRIBE, _to(subscriber), subscriber.municipality, event.at, facts=facts)


def _confirmation(row: Subscription, event: Event) -> Planned:
    subscriber = row.subscriber
    town = subscriber.municipality
    with translation.override(subscriber.language):
        facts = {
            "selection": Describing(town).line(Wanted.from_json(row.wanted)),
            "rhythm": row.get_rhythm_display(),
            "confirm_url": town.base_url() + reverse("subscription_confirm", args=[row.token]),
            "delete_on": row.created_at + timedelta(days=PENDING_DAYS),
        }
    return Planned(Purpose.SUBSCRIBE, _to(subscriber), town, event.at, facts=facts)


# Became public --------------------------------------------------------------------------------------------------------
def _gathered(event: Event) -> Planned | None:
    mailing = Mailing.objects.select_related(_OF).defer(*_SHAPES).filter(pk=event.payload["mailing"]).first()
    if mailing is None:
        return None
    subscriber, rhythm = mailing.subscriber, Rhythm(mailing.rhythm)
    hits = list(mailing.hits.order_by("-case").values_list("case", "subscription"))
    ids = list(dict.fromkeys(case for case, _subscription in hits))
    with translation.override(subscriber.language):
        named = shown(ids[:LISTED])
        if not named:
            return None
        rows = subscriber.subscriptions.filter(pk__in={subscription for _case, subscription in hits})
        facts = _facts(subscriber, rhythm, list(rows.order_by("pk")))
        facts |= {
            "count": len(named) + len(ids[LISTED:]),
            "more": len(ids[LISTED:]),
            "reports": [
                {
                    "title": report.category,
                    "place": report.address,
                    "label": report.label,
                    "submitted_at": report.submitted_at,
                    "url": report.url,
                }
                for report in named
            ],
        }
    return Planned(Purpose.REPORTS, _to(subscriber, rhythm), subscriber.municipality, event.at, facts=facts)


def _facts(subscriber: Subscriber, rhythm: Rhythm, rows: list[Subscription]) -> dict[str, Any]:
    """Which subscriptions led to it, and where to see more and to change them."""
    town = subscriber.municipality
    wanted = [Wanted.from_json(row.wanted) for row in rows]
    describing = Describing(town)
    query = wanted[0].query() if len(wanted) == 1 else ""
    return {
        "rhythm": rhythm.value,
        "place_name": town.title,
        "selections": [describing.line(one) for one in wanted],
        "map_url": town.base_url() + reverse("map") + (f"?{query}" if query else ""),
        "manage_url": _manage_url(subscriber),
        "stop_label": {
            Rhythm.ONCE: _("End these mails"),
            Rhythm.DAILY: _("End the daily mails"),
            Rhythm.WEEKLY: _("End the weekly mails"),
        }[rhythm],
    }


def _manage_url(subscriber: Subscriber) -> str:
    return subscriber.municipality.base_url() + reverse("subscriptions", args=[subscriber.token])


def _to(subscriber: Subscriber, rhythm: Rhythm | None = None) -> Recipient:
    """One click ends the mails of one rhythm; a mail with a link to confirm has nothing to end."""
    stop = (
        path_in(subscriber.language, "subscription_stop", subscriber.token, rhythm.value) if rhythm is not None else ""
    )
    return Recipient(Role.SUBSCRIBER, subscriber.email, subscriber.language, subscriber.pk, stop)
