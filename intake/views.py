"""The link by which the sender of a mail finishes the report that was begun with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.models import Draft
from intake.models import IncomingMail
from reports import flow
from reports.asking import gone, here, private, remember
from reports.flow_pages import address_of


def _prove(draft: Draft) -> None:
    """Whoever comes by the link read the mail it stands in, which went to the sender alone."""
    linked = IncomingMail.objects.filter(draft=draft, linked_at__isnull=False).first()
    if draft.case_id is None and linked is not None and linked.sender:
        with flow.editing(draft) as typed:
            typed.proved = linked.sender


@private
@require_http_methods(["GET", "HEAD", "POST"])
def open_draft(request: HttpRequest, secret: str) -> HttpResponse:
    """A GET shows one button, since programs that look for bad links follow them; the button opens the draft."""
    draft = flow.find(municipality=here(request), secret=secret, at=timezone.now())
    if draft is None or (draft.case is None and flow.read(draft).source != flow.BY_MAIL):
        return gone(request)
    if request.method == "POST":
        remember(request, draft.secret)
        _prove(draft)
        return redirect(address_of(draft, flow.first_gap(draft) or flow.CHECK))
    return render(request, "intake/open.html", {"photos": draft.files.count(), "sent": draft.case is not None})
