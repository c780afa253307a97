"""A case on paper: print view and PDF, internal or for outside. Neither holds contact data."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo.localized import localized
from geo.picture import place_picture
from moderation.access import staff, staff_only
from moderation.case.page import CasePage, case_for
from moderation.worklist.lists import Query
from moderation.worklist.rows import place_words
from reports.paper import Happened, Sheet, pdf
from reports.privacy import findings

OUTSIDE = "aussen"


@require_safe
@staff_only
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The print view; `?fuer=aussen` without what is internal, `?als=pdf` as a file."""
    user = staff(request)
    page = CasePage(user, case_for(user, pk), Query.read(request.GET, user), timezone.now())
    outside = request.GET.get("fuer") == OUTSIDE
    sheet = sheet_of(page, outside=outside)
    if request.GET.get("als") == "pdf":
        answer = HttpResponse(pdf(sheet), content_type="application/pdf")
        name = f"{sheet.number}-{OUTSIDE if outside else 'intern'}.pdf"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    here = reverse("desk_paper", args=[pk])
    context: dict[str, Any] = {
        "sheet": sheet,
        "case": page.case,
        "outside": outside,
        "back": page.url(),
        "photos": [_inline(one, "jpeg") for one in sheet.photos],
        "map": _inline(sheet.map, "png") if sheet.map is not None else "",
        "internal_url": here,
        "outside_url": f"{here}?fuer={OUTSIDE}",
        "pdf_url": f"{here}?als=pdf" + (f"&fuer={OUTSIDE}" if outside else ""),
    }
    return render(request, "moderation/paper.html", context)


def sheet_of(page: CasePage, *, outside: bool) -> Sheet:
    """What stands on paper. Outside: the public wording or the text without what looks like personal data, released
    photos, public answers and steps; no unit's inner facts."""
    case = page.case
    photos = [one.photo for one in page.photos if one.photo.file.ready_at and (one.photo.released or not outside)]
    told = [one for one, entry in zip(page.told, reversed(page.entries), strict=True) if entry.public or not outside]
    return Sheet(
        town=case.municipality.title,
        kind=_("for outside") if outside else _("internal"),
        number=case.number or str(case.pk),
        title=", ".join(filter(None, [localized(case.topic.name), place_words(case)])),
        facts=_facts(page, outside),
        text=_text(page, outside),
        answers=[(one["label"], one["text"]) for one in page.answers if not (outside and one["private"])],
        history=[Happened(_when(one.at), one.title, "" if outside else one.who, one.text) for one in reversed(told)],
        map=place_picture(case.municipality, case.point) if case.point else None,
        map_source=str(settings.TILE_ATTRIBUTION or ""),
        photos=[found for photo in photos if (found := _jpeg(photo.file.key))],
    )


def _facts(page: CasePage, outside: bool) -> list[tuple[str, str]]:
    case = page.case
    found = [
        (_("State"), case.state_label),
        (_("Received"), _when(case.submitted_at)),
        (_("Unit"), (case.unit.shown_name if outside else case.unit.name) if case.unit else ""),
        (_("Coordinates"), f"{case.point.y:.5f}, {case.point.x:.5f}" if case.point else ""),
        (_("Object"), case.report.asset),
    ]
    if not outside:
        found += [
            (_("Person"), str(case.assignee or "")),
            (_("Due"), _when(case.due_at) if case.due_at and not case.facts.closed else ""),
            (_("File number"), case.file_number),
            (_("Contact data"), _("not on paper; they stand in the case")),
        ]
    return [(label, value) for label, value in found if value]


def _text(page: CasePage, outside: bool) -> str:
    report = page.case.report
    if not outside:
        return str(report.text)
    if report.text_released:
        return str(report.public_text)
    text = str(report.text)
    for one in findings(text):
        text = text.replace(one.excerpt, "[…]")
    return text


def _when(at: Any) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


def _jpeg(key: str) -> bytes:
    try:
        with default_storage.open(f"variants/{key}/medium.jpg") as stored:
            return bytes(stored.read())
    except FileNotFoundError:
        return b""


def _inline(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
