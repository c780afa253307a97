"""The door to contact data: opened with a purpose, and each time noted."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import Permission
from cases.change import By
from cases.errors import Denied
from cases.looking import note_look
from cases.policy import LookedAt, LookFor
from moderation.access import staff, staff_only
from moderation.case.page import CasePage, case_for
from moderation.forms.redaction import LOOKS
from moderation.worklist.lists import Query


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the look, then show the page with the contact data unfolded; `part=1` answers with that piece alone.

    Whoever comes by a link or reloads as a GET sees the case with the data folded.
    """
    user = staff(request)
    page = CasePage(user, case_for(user, pk), Query.read(request.GET, user), timezone.now())
    purpose = request.POST.get("purpose", "")
    if request.method != "POST" or purpose not in {value for value, _label in LOOKS}:
        return redirect(page.url())
    try:
        note_look(
            case=page.case,
            by=By.staff(user),
            what=LookedAt.CONTACT,
            purpose=LookFor(purpose),
            permission=Permission.SEE_CONTACT,
            at=page.at,
        )
    except Denied as denied:
        raise PermissionDenied from denied
    setattr(page.case, "looked_at", True)  # noqa: B010  an annotation of case_for, true by now
    shown = {"contact_open": True}
    if request.POST.get("part"):
        part = {"view": page, "case": page.case, "sees_contact": True, "query_string": page.query.address()}
        return render(request, "moderation/parts/contact.html", part | shown)
    context = page.context() | {"deed": None, "form": None, "panel": False, "beside_panel": page.photos}
    return render(request, "moderation/case.html", context | shown)
