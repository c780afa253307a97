"""Numbers as people type them: "hsw 2026 123" is HSW-2026-000123, "123" too where it was made."""

from __future__ import annotations

import re

from django.db.models import Q

from cases.models import Case
from geo.models import Municipality

_TYPED = re.compile(r"(?P<prefix>[A-Za-z]{2,6})?[\s./_–-]*(?P<digits>\d[\d\s./_–-]*)")
_YEAR = re.compile(r"(?P<year>20\d\d)(?P<rest>\d+)")
#: The largest id a database has.
_LARGEST = 2**63 - 1


def condition(typed: str, municipality: Municipality) -> Q | None:
    """Condition for the cases a typed number may mean, None when it does not look like a number.

    Tolerates lower case, blanks instead of dashes, missing zeros, a missing prefix or year. A number of another
    system ("former number") is found as it was written.
    """
    text = " ".join(typed.split())[:60]
    if not text or not any(char.isdigit() for char in text):
        return None
    former = Q(former_number__in={text, text.upper(), text.lower()})
    match = _TYPED.fullmatch(text)
    if match is None:
        return former if " " not in text else None
    prefix = (match["prefix"] or municipality.prefix).upper()
    digits = re.sub(r"\D", "", match["digits"])
    found = former
    if match["prefix"] is None:
        found |= _of_id(digits, prefix)
    if year := _YEAR.fullmatch(digits):
        number = int(year["rest"])
        if number <= _LARGEST:
            found |= Q(number=f"{prefix}-{year['year']}-{number:06d}")
    elif match["prefix"] is not None:
        found |= _of_id(digits, prefix)
    return found


def _of_id(digits: str, prefix: str) -> Q:
    """The number of a case ends with its id."""
    number = int(digits)
    return Q(pk=number, number__startswith=f"{prefix}-") if number <= _LARGEST else Q(pk=None)


def looks_like(typed: str) -> bool:
    """Whether somebody surely typed a whole number of ours, so that searching words makes no sense."""
    match = _TYPED.fullmatch(" ".join(typed.split()))
    return match is not None and match["prefix"] is not None and len(re.sub(r"\D", "", match["digits"])) > 4


def find(typed: str, municipality: Municipality) -> Case | None:
    """The case that a typed number means, public or not; None when there is none, or more than one.

    Whoever shows it asks what may be shown (see reports.page).
    """
    wanted = condition(typed, municipality)
    if wanted is None:
        return None
    found = list(Case.objects.filter(wanted, kind="report").select_related("municipality", "stage")[:3])
    if len(found) > 1:
        found = [case for case in found if case.municipality_id in municipality.family_ids()]
    return found[0] if len(found) == 1 else None
