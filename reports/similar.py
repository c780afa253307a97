"""Which cases may tell of the same thing: near, of the same or a neighbouring category, about the same time, alike in
words. A hint with its reasons, never a decision.

One query for the candidates, whatever their number; words are compared here, for at most CANDIDATES of them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case, Topic
from cases.policy import State
from geo import grid
from geo.folding import fold, similarity
from geo.spatial import box_around, metres_between

METRES = 200
"""Farther away it is another thing."""
DAYS = 90
CANDIDATES = 50
SHOWN = 5
ENOUGH = 0.45
"""Candidates with a lower score are not shown."""
ALIKE = 0.3
"""From this likeness of the words on it is given as a reason."""
_FILLING = """
aber als am an auch auf aus bei bin bis bitte da damit dann das dass dem den der des die dies diese diesem diesen
dieser dieses dort durch ein eine einem einen einer eines er es etwas euch für gegen gibt guten hab habe haben
hallo hat hier ich ihr ihre im in ins ist ja jetzt kann kein keine können leider man mein mehr mit muss nach nicht
noch nun nur ob oder ohne schon sehr sehen seit sich sie sind so tag um und uns unser unter vom von vor war wäre was
wenn wer werden wie wieder wir wird wo wurde zu zum zur über danke vielen dank geehrte damen herren freundlichen
grüßen
"""
_STOP = frozenset(fold(word) for word in _FILLING.split())
_ENDING = re.compile(r"(?:ern|en|er|em|es|e|n|s)$")


@dataclass(frozen=True)
class Similar:
    """A case that may tell of the same thing, and why."""

    case: Case
    metres: int | None
    score: float
    """0 to 1."""
    reasons: list[str]

    @property
    def why(self) -> str:
        """The reasons as one line."""
        return ", ".join(self.reasons)


def similar(case: Case, *, among: QuerySet[Case], limit: int = SHOWN, days: int = DAYS) -> list[Similar]:
    """Of the cases `among` (those the reader may see) the most similar ones, best first. One query.

    The case is read with `topic.parent` and `report`. Merged, withdrawn and partial cases are no candidates.
    """
    rows = (
        among.filter(municipality=case.municipality_id, kind=case.kind, part_of=None, duplicate_of=None)
        .filter(practice_by=case.practice_by_id)
        .exclude(pk=case.pk)
        .exclude(state=State.WITHDRAWN.value)
        .filter(
            topic__in=_neighbours(case.topic),
            submitted_at__gte=case.submitted_at - timedelta(days=days),
            submitted_at__lte=case.submitted_at + timedelta(days=days),
        )
    )
    if case.point is not None:
        box = box_around(case.point.x, case.point.y, METRES)
        rows = rows.filter(grid.condition(box) | Q(point=None))
    rows = rows.select_related("topic__parent", "topic__category", "stage", "report", "district")
    found = [one for row in rows.order_by("-submitted_at", "-pk")[:CANDIDATES] if (one := _compared(case, row))]
    return sorted(found, key=lambda one: (-one.score, one.case.pk))[:limit]


def _neighbours(topic: Topic) -> QuerySet[Topic, Any]:
    """The same category and those of its group, also where a county's row was overridden by a town's."""
    same = Q(slug=topic.slug)
    return Topic.objects.filter(same | Q(parent__slug=topic.parent.slug) if topic.parent else same).values("pk")


def _compared(case: Case, other: Case) -> Similar | None:
    metres = None
    if case.point is not None and other.point is not None:
        metres = round(metres_between(case.point.x, case.point.y, other.point.x, other.point.y))
        if metres > METRES:
            return None
    same_topic = case.topic.slug == other.topic.slug
    alike = likeness(case.report.text, other.report.text)
    near = 0.0 if metres is None else 1 - metres / METRES
    score = 0.4 * near + (0.3 if same_topic else 0.12) + 0.3 * min(1.0, alike * 1.6)
    if score < ENOUGH:
        return None
    reasons = [_distance(metres)] if metres is not None else []
    reasons += [_("same category") if same_topic else _("neighbouring category"), _age(case, other.submitted_at)]
    if alike >= ALIKE:
        reasons.append(_("similar text"))
    return Similar(other, metres, round(score, 3), reasons)


def _distance(metres: int) -> str:
    return _("same place") if metres < 5 else _("%(n)d m away") % {"n": metres}


def _age(case: Case, at: datetime) -> str:
    days = (case.submitted_at.date() - at.date()).days
    if days == 0:
        return _("same day")
    if days > 0:
        return ngettext("%(n)d day older", "%(n)d days older", days) % {"n": days}
    return ngettext("%(n)d day newer", "%(n)d days newer", -days) % {"n": -days}


def likeness(one: str, other: str) -> float:
    """How alike two German texts are, 0 to 1: common words without endings, weighed with how alike the rest looks.

    "Laternen kaputt" and "die Laterne ist kaputt" are alike, "das Loch" and "das Licht" are not.
    """
    left, right = words_of(one), words_of(other)
    if not left or not right:
        return 0.0
    # A short text that is contained in a long one tells of the same: measured by the shorter, damped by the longer.
    overlap = len(left & right) / math.sqrt(len(left) * len(right))
    return 0.7 * overlap + 0.3 * similarity(" ".join(sorted(left)), " ".join(sorted(right)))


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """The telling words of a text: folded, without filling words and without endings."""
    words = (word for word in fold(text[:2000]).split() if word not in _STOP)
    return frozenset(_ENDING.sub("", word) if len(word) > 4 else word for word in words if len(word) > 1)
