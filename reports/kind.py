"""Reports as a kind of case."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cases.kinds import Kind
from cases.models import Case
from geo.localized import localized
from reports.policy import FEEDBACK, KIND
from reports.showing import public_path


def _own_path(case: Case) -> str:
    return reverse("own_report", args=[case.secret])


def _title(case: Case) -> str:
    return localized(case.topic.name)


def _is_public(case: Case) -> bool:
    return Case.objects.public().filter(pk=case.pk).exists()


def _mail_context(case: Case) -> dict[str, Any]:
    """Category, responsible unit, whether it is a thing to look at: a mail carries no content of a case."""
    return {
        "category": localized(case.topic.name),
        "unit": case.unit.shown_name if case.unit else "",
        "on_site": case.topic.category.rules.on_site,
    }


def _feedback_path(case: Case, own: bool) -> str:
    """The reporter's own deed, or the page for everybody; nobody asks whether praise is settled."""
    rules = case.topic.category.rules
    if own:
        return reverse("own_deed", args=[case.secret, FEEDBACK]) if rules.disputable else ""
    return reverse("report_feedback", args=[case.number]) if rules.on_site else ""


REPORT = Kind(KIND, public_path, _own_path, _title, _is_public, _mail_context, _feedback_path)
