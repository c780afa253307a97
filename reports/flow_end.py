"""After the report flow: the receipt with number and secret link, and thanks for a "that is it"."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import routing
from cases.models import Case
from cases.policy import CONTACT_DAYS
from geo.localized import localized
from reports.flow_pages import here, private
from reports.policy import KIND
from reports.praise import is_praise
from reports.showing import public_report, readable

RECEIPTS = 20
"""So many receipts a browser is known to have shown."""


def _note_seen(request: HttpRequest, case: Case) -> None:
    """The browser that wrote the report has shown its receipt: its start page need not tell of it any more."""
    seen = request.session.get("receipts", [])
    if request.session.get("secrets") and case.pk not in seen:
        request.session["receipts"] = [*seen, case.pk][-RECEIPTS:]


def _case(request: HttpRequest, secret: str) -> Case:
    """The report of this secret in this municipality or below it; 404 otherwise."""
    case = (
        Case.objects.filter(secret=secret, kind=KIND, municipality_id__in=here(request).family_ids())
        .select_related("municipality__parent", "topic__category", "contact", "unit")
        .first()
    )
    if case is None:
        raise Http404
    return case


def own_link(case: Case) -> str:
    """The secret link, whole, as it is printed and scanned."""
    return case.municipality.base_url() + reverse("own_report", args=[case.secret])


@private
@require_safe
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """Number and secret link at once, so that nobody needs an e-mail to follow a report."""
    case = _case(request, secret)
    category = case.topic.category
    _note_seen(request, case)
    return render(
        request,
        "reports/flow/receipt.html",
        {
            "case": case,
            "own_path": reverse("own_report", args=[case.secret]),
            "link": own_link(case),
            "category_name": localized(case.topic.name),
            "danger": category.danger,
            "public": category.rules.public and not case.confidential,
            "disputable": category.rules.disputable,
            "praise": is_praise(case),
            "published": case.public_at is not None,
            "elsewhere": case.municipality if case.municipality_id != here(request).pk else None,
            **_mailed(case),
            **_dates(case),
        },
    )


def _mailed(case: Case) -> dict[str, Any]:
    """Whether an e-mail waits to be confirmed, and until when the address is kept without it."""
    contact = case.contact
    if contact is None or not contact.email:
        return {"confirm_until": None, "reachable": False}
    waiting = contact.confirmed_at is None
    until = timezone.localtime(contact.created_at + timedelta(days=CONTACT_DAYS)).date()
    return {"confirm_until": until if waiting else None, "reachable": True}


def _dates(case: Case) -> dict[str, date]:
    """When it came in and by when the first answer is promised (working days of this town hall)."""
    answer = routing.due(case.municipality, case.submitted_at, case.municipality.first_answer_days)
    return {
        "received_on": timezone.localtime(case.submitted_at).date(),
        "answer_by": timezone.localtime(answer).date(),
    }


@private
@require_safe
def receipt_qr(request: HttpRequest, secret: str) -> HttpResponse:
    """The secret link as a QR code (SVG, no styles in it)."""
    case = _case(request, secret)
    picture = BytesIO()
    segno.make(own_link(case), error="m").save(picture, kind="svg", border=2, svgclass=None, lineclass=None)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@private
@require_safe
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """Thanks for "that is it": the report is known, a mail waits to be confirmed where an address was left."""
    case = readable().filter(number=number, municipality_id__in=here(request).family_ids()).first()
    if case is None:
        raise Http404
    return render(request, "reports/flow/thanks.html", {"report": public_report(case), "mailed": "mail" in request.GET})
