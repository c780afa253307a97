"""Reports as a kind of case."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.kinds import Kind
from cases.models import Case
from forms.services import present
from geo.localized import localized
from outbox.kept import watch
from reports.models import Report
from reports.policy import FEEDBACK, KIND
from reports.praise import is_praise
from reports.showing import public_path

watch(
    "geo_municipality",
    "geo_district",
    "accounts_unit",
    "cases_topic",
    "cases_stage",
    "cases_responsibility",
    "form_engine_form",
    "form_engine_formversion",
    "reports_category",
    "reports_emergency",
)
"""What says what becomes of a new report; it is kept in memory until one of these changes."""


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
        "praise": is_praise(case),
    }


def _feedback_path(case: Case, own: bool) -> str:
    """The reporter's own deed, or the page for everybody; nobody asks whether praise is settled."""
    rules = case.topic.category.rules
    if own:
        return reverse("own_deed", args=[case.secret, FEEDBACK]) if rules.disputable else ""
    return reverse("report_feedback", args=[case.number]) if rules.on_site else ""


def _erase(case: Case) -> None:
    """No words, no place, no answers; the photos go with their files."""
    Report.objects.filter(case=case).update(
        text="",
        public_text="",
        text_released=False,
        address="",
        address_by_citizen=False,
        asset="",
        answers={},
    )


def _words(case: Case) -> list[tuple[str, str]]:
    """What the reporter wrote: text, place, the thing, answers."""
    report = case.report
    found = [(_("Text"), report.text), (_("Place"), report.address), (_("Thing"), report.asset)]
    if report.form_version is not None:
        language = get_language() or "de"
        found += present(report.form_version.definition, report.answers, language, public=False)
    return [(str(label), words) for label, words in found if words]


REPORT = Kind(
    KIND, public_path, _own_path, _title, _is_public, _mail_context, _erase, _words, feedback_path=_feedback_path
)
