"""What a prepared answer reads like: filled with a real case, or with an invented one where there is none yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Unit, User
from cases.models import Case, Contact, Topic
from geo.models import Municipality
from reports.models import Report
from reports.placeholders import fill, fill_name

NAME = "Erika Beispiel"


def case_for(town: Municipality, user: User, *, topic: Topic | None, number: str, at: datetime) -> Case | None:
    """The case with this number, else the latest one of the category, else the latest; None if nothing fits the number.

    Without any case in the town an invented one. Only cases the person may see, and no confidential ones; the name of
    the reporter is never taken from it, because nobody needs it to look at an answer.
    """
    seen = Case.objects.visible_to(user).real().filter(municipality=town, confidential=False, report__isnull=False)
    rows = seen.select_related("topic", "unit", "district", "report", "municipality").order_by("-submitted_at", "-pk")
    if number:
        found = rows.filter(number__iexact=number).first()
    else:
        found = (rows.filter(topic__slug=topic.slug).first() if topic is not None else None) or rows.first()
        found = found or _invented(town, topic, at)
    if found is not None:
        found.contact = Contact(name=NAME)
    return found


def _invented(town: Municipality, topic: Topic | None, at: datetime) -> Case:
    case = Case(
        municipality=town,
        topic=topic or Topic.objects.filter(municipality__in=town.chain(), parent__isnull=False).first() or Topic(),
        number=f"{town.prefix}-{at.year}-000123",
        unit=Unit.objects.filter(municipality=town, active=True).first(),
        submitted_at=at - timedelta(days=2),
        due_at=at + timedelta(days=12),
        expected_on=(at + timedelta(days=9)).date(),
    )
    case.report = Report(case=case, address="Marktplatz 1")
    return case


def as_read(text: str, case: Case, *, at: datetime, language: str) -> str:
    """The text as a reporter of this language would read it."""
    return fill_name(fill(text, case, at=at, language=language), case, language=language)
