"""Subscriptions of a person, for information and erasure."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cases.change import By
from cases.persons import Holder, Piece, register, stamp
from geo.models import Municipality
from subscriptions.models import Subscriber
from subscriptions.services import end_rhythm


def _find(address: str, municipality: Municipality) -> list[Piece]:
    rows = Subscriber.objects.filter(municipality=municipality, email=address)
    return [
        Piece(
            _("Subscription to new reports"),
            [(_("Since"), stamp(one.created_at))],
        )
        for row in rows
        for one in row.subscriptions.order_by("created_at")
    ]


def _erase(address: str, municipality: Municipality, by: By, at: datetime) -> int:
    number = 0
    for row in Subscriber.objects.filter(municipality=municipality, email=address):
        end_rhythm(subscriber=row)
        Subscriber.objects.filter(pk=row.pk).delete()
        number += 1
    return number


register(Holder("subscriptions", _find, _erase))
