"""Reports as a kind of case."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cases.kinds import Kind
from cases.models import Case
from geo.localized import localized
from reports.policy import KIND
from reports.showing import public_path


def _own_path(case: Case) -> str:
    return reverse("own_report", args=[case.secret])


def _title(case: Case) -> str:
    return localized(case.topic.name)


def _is_public(case: Case) -> bool:
    return Case.objects.public().filter(pk=case.pk).exists()


def _mail_context(case: Case) -> dict[str, Any]:
    """Category, responsible unit, and where anybody may say how it looks today: a mail carries no content of a case."""
    return {
        "category": localized(case.topic.name),
        "unit": case.unit.shown_name if case.unit else "",
        "feedback_path": reverse("report_feedback", args=[case.number]),
    }


REPORT = Kind(KIND, public_path, _own_path, _title, _is_public, _mail_context)
