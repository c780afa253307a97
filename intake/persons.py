"""Mails that came from a person, for information and erasure."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cases.change import By
from cases.persons import Holder, Piece, register, stamp
from geo.models import Municipality
from intake.models import IncomingMail
from intake.retention import blank


def _find(address: str, municipality: Municipality) -> list[Piece]:
    rows = IncomingMail.objects.kept().by(address).filter(municipality=municipality).order_by("received_at")
    return [
        Piece(
            _("Incoming mail"),
            [
                (_("Subject"), row.subject),
                (_("Came in"), stamp(row.received_at)),
                (_("Words"), row.text),
            ],
        )
        for row in rows
    ]


def _erase(address: str, municipality: Municipality, by: By, at: datetime) -> int:
    return blank(IncomingMail.objects.kept().by(address).filter(municipality=municipality), at=at)


register(Holder("incoming", _find, _erase))
