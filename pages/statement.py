"""The statement on accessibility after the model of Implementing Decision (EU) 2018/1523.

What the model demands stands in the template; what only the municipality can say is a row, and as long as there is
none, a sound default that claims no more than what is tested here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from geo.localized import localized
from geo.models import Municipality
from pages.authorities import AUTHORITIES, Authority
from pages.markdown import html
from pages.models import Statement
from pages.policy import Conformance, Method

ASSESSED: Final = date(2026, 11, 22)
"""When the pages of this version were last assessed as a whole."""
FIELDS: Final = ("conformance", "failing", "burden", "outside", "method", "prepared_on", "reviewed_on")


@dataclass(frozen=True)
class Shown:
    """Everything the page says; the three lists are HTML, "" for nothing."""

    conformance: Conformance
    failing: SafeString
    burden: SafeString
    outside: SafeString
    method: Method
    prepared_on: date
    reviewed_on: date
    authority: Authority


def statement_of(municipality: Municipality) -> Statement | None:
    """The nearest statement that somebody wrote, None for the default one."""
    rows = {row.municipality_id: row for row in Statement.objects.filter(municipality__in=municipality.chain())}
    return next((rows[one.pk] for one in municipality.chain() if one.pk in rows), None)


def begun(municipality: Municipality) -> Statement:
    """The statement to begin with, not stored: what we know of these pages ourselves."""
    opened = municipality.created_at.date() if municipality.created_at else ASSESSED
    return Statement(
        municipality=municipality,
        conformance=Conformance.PARTIAL.value,
        failing={
            "de": "- Fotos, die Bürgerinnen und Bürger schicken, haben keine Beschreibung ihres Inhalts (WCAG 1.1.1). "
            "Was zu sehen ist, steht meist im Text der Meldung. Auf Wunsch beschreiben wir ein Foto.\n"
            "- Ein Video in Deutscher Gebärdensprache fehlt, solange auf der Seite „Gebärdensprache“ keines steht.",
            "en": "- Photos that citizens send have no description of what they show (WCAG 1.1.1). Mostly the text of "
            "the report says it. If you ask us, we describe a photo.\n"
            "- There is no video in German Sign Language as long as the page “Sign language” shows none.",
        },
        outside={
            "de": "- Die Karte als solche. Alles, was sie zeigt, steht daneben als Liste, und ein Ort lässt sich auch "
            "in Worten angeben.",
            "en": "- The map as such. All it shows stands beside it as a list, and a place can be given in words.",
        },
        prepared_on=max(opened, ASSESSED),
        reviewed_on=max(opened, ASSESSED),
    )


def shown(municipality: Municipality) -> Shown:
    """The statement of a municipality in the active language."""
    row = statement_of(municipality) or begun(municipality)
    return Shown(
        conformance=Conformance(row.conformance),
        failing=html(localized(row.failing)),
        burden=html(localized(row.burden)),
        outside=html(localized(row.outside)),
        method=Method(row.method),
        prepared_on=row.prepared_on,
        reviewed_on=row.reviewed_on,
        authority=AUTHORITIES[municipality.state_key],
    )


@transaction.atomic
def write_statement(*, municipality: Municipality, by: User | None, **facts: Any) -> Statement:
    """Set what the municipality says of its pages; `facts` are FIELDS. Raises ValidationError per field.

    Whoever says "fully" may name nothing that fails, and whoever says less must name it.
    """
    row = Statement.objects.filter(municipality=municipality).first() or begun(municipality)
    for name in FIELDS:
        if name in facts:
            setattr(row, name, facts[name])
    row.changed_by = by
    named = localized(row.failing) or localized(row.burden)
    if row.conformance == Conformance.FULL and named:
        raise ValidationError({"conformance": [_("You name things that are not accessible, so it is not fully.")]})
    if row.conformance != Conformance.FULL and not named:
        raise ValidationError({"failing": [_("Please name what is not accessible.")]})
    if row.reviewed_on < row.prepared_on:
        raise ValidationError({"reviewed_on": [_("The review cannot be earlier than the statement.")]})
    row.full_clean()
    row.save()
    return row
