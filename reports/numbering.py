"""Numbers as people type them: "hsw 2026 123" is HSW-2026-000123, "123" too where it was made."""

from __future__ import annotations

import re

from django.db.models import Q

from cases.models import Case
from geo.models import Municipality
from reports.policy import KIND

_TYPED = re.compile(r"(?P<prefix>[A-Za-z]{2,6})?[\s./_–-]*(?P<digits>\d[\d\s./_–-]*)")
_YEAR = re.compile(r"(?P<year>20\d\d)(?P<rest>\d+)")
#: The largest id a database has.
_LARGEST = 2**63 - 1
LONGEST = 60


def ids(typed: str, municipality: Municipality) -> list[int] | None:
    """Ids of the cases a typed number may mean, public or not; None when it does not look like a number.

    Tolerates lower case, blanks instead of dashes, missing zeros, a missing prefix or year. A number of another
    system ("former number") is found as it was written. Two queries by index, three at most.
    """
    text = " ".join(typed.split())[:LONGEST]
    if not any(char.isdigit() for char in text):
        return None
    match = _TYPED.fullmatch(text)
    if match is None and " " in text:
        return None
    reports = Case.objects.filter(kind=KIND)
    former = reports.filter(former_number__in={text, text.upper(), text.lower()}).exclude(former_number="")
    found = set(former.values_list("pk", flat=True)[:20])
    if match is not None and (wanted := _condition(match, municipality)):
        found |= set(reports.filter(wanted).values_list("pk", flat=True))
    return sorted(found)


def _condition(match: re.Match[str], municipality: Municipality) -> Q:
    prefix = (match["prefix"] or municipality.prefix).upper()
    digits = re.sub(r"\D", "", match["digits"])
    year = _YEAR.fullmatch(digits)
    found = Q()
    if year is not None and int(year["rest"]) <= _LARGEST:
        found |= Q(number=f"{prefix}-{year['year']}-{int(year['rest']):06d}")
    if (year is None or match["prefix"] is None) and int(digits) <= _LARGEST:
        # The number of a case ends with its id.
        found |= Q(pk=int(digits), number__startswith=f"{prefix}-")
    return found


def looks_like(typed: str) -> bool:
    """Whether somebody surely typed a whole number of ours, so that searching words makes no sense."""
    match = _TYPED.fullmatch(" ".join(typed.split()))
    return match is not None and match["prefix"] is not None and len(re.sub(r"\D", "", match["digits"])) > 4


def find(typed: str, municipality: Municipality) -> Case | None:
    """The case that a typed number means, public or not; None when there is none, or more than one.

    Whoever shows it asks what may be shown (see reports.page).
    """
    found = list(Case.objects.filter(pk__in=ids(typed, municipality) or []).select_related("stage")[:3])
    if len(found) > 1:
        family = municipality.family_ids()
        found = [case for case in found if case.municipality_id in family]
    return found[0] if len(found) == 1 else None
