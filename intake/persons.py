"""Mails that came from a person, for information and erasure."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.change import By
from cases.persons import Holder, Piece, register
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
                (_("Came in"), date_format(timezone.localtime(row.received_at), "SHORT_DATETIME_FORMAT")),
                (_("Words"), row.text),
            ],
        )
        for row in rows
    ]


def _erase(address: str, municipality: Municipality, by: By, at: datetime) -> int:
    return blank(IncomingMail.objects.kept().by(address).filter(municipality=municipality), at=at)


register(Holder("incoming", _find, _erase))
