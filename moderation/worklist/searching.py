"""Words of the work list: they stand in the case, its history, its category or district, or in the contact data.

Contact data are searched only where the person may read them.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.policy import Permission
from accounts.services import reach
from cases.models import Case, Topic
from geo.localized import localized
from reports.models import DeskWords
from reports.words.asking import Asked, words_of
from reports.words.finding import Words
from reports.words.flattening import flat


def _contact_readable(user: User) -> Exists | None:
    """`cases.change.permits(case, user, SEE_CONTACT)` as a condition on a row of words; None for nowhere."""
    found = reach(user, Permission.SEE_CONTACT)
    if not found:
        return None
    readable = (
        Q(municipality_id__in=found.municipalities)
        | Q(unit_id__in=found.units)
        | Q(unit__municipality_id__in=found.municipalities)
        | Q(assignee_id=user.pk)
    )
    return Exists(Case.objects.filter(readable, pk=OuterRef("case_id")))


def words(q: str, topics: list[Topic], user: User) -> Q:
    """Condition on a case: every word stands somewhere."""
    names = [(f"t{topic.pk}", flat(localized(topic.name))) for topic in topics]
    every = tuple(Asked(word, tuple(mark for mark, name in names if word.stands_in(name))) for word in words_of(q))
    return Words(DeskWords, every, contact=_contact_readable(user)).condition()
