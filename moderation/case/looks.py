"""The access log of a case in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cases.models import Case, Look
from cases.policy import LookedAt
from moderation.forms.redaction import LOOKS, LOOKS_AT_ORIGINALS

SHOWN = 50


@dataclass(frozen=True)
class ShownLook:
    """One row of the log."""

    who: str
    what: str
    purpose: str
    at: datetime


def looks_of(case: Case) -> list[ShownLook]:
    """Who looked at what is kept apart, newest first; one query."""
    purposes = {value: str(label) for value, label in [*LOOKS, *LOOKS_AT_ORIGINALS]}
    things = {LookedAt.CONTACT.value: _("contact data"), LookedAt.ORIGINAL.value: _("original of a photo")}
    rows = Look.objects.filter(case=case).select_related("user").order_by("-at", "-pk")[:SHOWN]
    return [
        ShownLook(
            str(row.user) if row.user else _("Staff"),
            things.get(row.what, row.what),
            purposes.get(row.purpose, row.purpose),
            row.at,
        )
        for row in rows
    ]
