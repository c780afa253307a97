"""Hints on a report for whoever reads it first: what to look at twice, and why. Never a decision.

Danger words and insults stand in `reports/standard/hints.yml`; personal data is found by `reports.privacy`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case
from geo.folding import fold
from reports.privacy import What, findings
from reports.services import outside
from reports.similar import Similar
from reports.standard.catalogue import data

SHOWN = 5
NAME = re.compile(
    r"\b(?:Herrn?|Frau|Familie|Hr\.|Fr\.|Dr\.)\s+(?:(?:Dr|Prof)\.\s+)*[A-ZÄÖÜ][a-zäöüß]{2,}(?:-[A-ZÄÖÜ][a-zäöüß]+)?"
)


class Kind(StrEnum):
    """What a hint is about, the most urgent first."""

    DANGER = "danger"
    OUTSIDE = "outside"
    DUPLICATE = "duplicate"
    PERSONAL = "personal"
    INSULT = "insult"


@dataclass(frozen=True)
class Hint:
    """One hint with its reason."""

    kind: Kind
    title: str
    reason: str


def hints(case: Case, *, similar: Sequence[Similar] = (), inside: bool = False) -> list[Hint]:
    """Hints on a report as it stands; `similar` are the likely duplicates, best first.

    One query for the place, none where it is known to lie `inside` the boundary.
    """
    report = case.report
    text = report.text
    found: list[Hint] = []
    category = getattr(case.topic, "category", None)
    words = matches("danger", text)
    if words:
        found.append(Hint(Kind.DANGER, _("Perhaps a danger"), _quoted(words)))
    elif category is not None and category.danger:
        found.append(Hint(Kind.DANGER, _("Perhaps a danger"), _("The category is one for the on-call service.")))
    if case.point is not None and not inside and (elsewhere := outside(case.municipality, case.point)):
        found.append(Hint(Kind.OUTSIDE, _("Outside of the area"), elsewhere))
    if similar:
        best = similar[0]
        more = len(similar) - 1
        reason = f"{best.case.number}: {best.why}" if best.why else str(best.case.number)
        if more:
            reason += " · " + ngettext("%(n)d further case", "%(n)d further cases", more) % {"n": more}
        found.append(Hint(Kind.DUPLICATE, _("Perhaps reported already"), reason))
    if personal := _personal(text):
        found.append(Hint(Kind.PERSONAL, _("Personal data in the text"), personal))
    if words := matches("insult", text):
        found.append(Hint(Kind.INSULT, _("Perhaps an insult"), _quoted(words)))
    return found


def _personal(text: str) -> str:
    words = {What.EMAIL: _("e-mail address"), What.PHONE: _("telephone number"), What.PLATE: _("number plate")}
    parts = [f"{words[one.kind]} {_quoted([one.excerpt])}" for one in findings(text)]
    parts += [_("name “%(name)s”") % {"name": name} for name in dict.fromkeys(NAME.findall(text))]
    return ", ".join(parts[:SHOWN])


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(_("“%(word)s”") % {"word": word} for word in words[:SHOWN])


def matches(group: str, text: str) -> list[str]:
    """The words of a text that stand in a group of the list, as they were written, each once."""
    written = re.findall(r"[^\W_]+", text)
    folded = [fold(word) for word in written]
    found: list[str] = []
    for at in range(len(written)):
        for pattern in _patterns(group):
            part = folded[at : at + len(pattern)]
            if len(part) == len(pattern) and all(_fits(word, one) for word, one in zip(part, pattern, strict=True)):
                found.append(" ".join(written[at : at + len(pattern)]))
                break
    return list(dict.fromkeys(found))


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@lru_cache
def _patterns(group: str) -> tuple[tuple[str, ...], ...]:
    """The list, folded, longest first."""
    rows = []
    for line in data("hints")[group]:
        rows.append(tuple(fold(word) + ("*" if word.endswith("*") else "") for word in str(line).split()))
    return tuple(sorted(rows, key=len, reverse=True))
