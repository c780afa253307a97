"""The link by which the sender of a mail finishes the report that was begun with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reports import flow
from reports.asking import gone, here, private, remember
from reports.flow_pages import address_of


@private
@require_http_methods(["GET", "HEAD", "POST"])
def open_draft(request: HttpRequest, secret: str) -> HttpResponse:
    """A GET shows one button, since programs that look for bad links follow them; the button opens the draft."""
    draft = flow.find(municipality=here(request), secret=secret, at=timezone.now())
    if draft is None or (draft.case is None and flow.read(draft).source != flow.BY_MAIL):
        return gone(request)
    if request.method == "POST":
        remember(request, draft.secret)
        return redirect(address_of(draft, flow.first_gap(draft) or flow.CHECK))
    return render(request, "intake/open.html", {"photos": draft.files.count(), "sent": draft.case is not None})
