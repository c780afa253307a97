"""Mails that went to a person, for information and erasure."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cases.change import By
from cases.persons import Holder, Piece, register, stamp
from geo.models import Municipality
from notifications.models import Delivery, blank


def _find(address: str, municipality: Municipality) -> list[Piece]:
    rows = Delivery.objects.kept().to_address(address).filter(municipality=municipality).order_by("created_at")
    return [
        Piece(
            _("Mail"),
            [
                (_("Subject"), row.subject),
                (_("Written"), stamp(row.created_at)),
                (_("Words"), row.text),
            ],
        )
        for row in rows
    ]


def _erase(address: str, municipality: Municipality, by: By, at: datetime) -> int:
    return blank(Delivery.objects.kept().to_address(address).filter(municipality=municipality), at=at)


register(Holder("mails", _find, _erase))
