"""The beat of an open case: who else is here, and whether it was changed meanwhile."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from moderation.access import seen_by, staff, staff_only
from moderation.case import presence
from moderation.worklist.lists import Query


@require_POST
@staff_only
def beat(request: HttpRequest, pk: int) -> HttpResponse:
    """`writing=1` while somebody types, `leave=1` when the page is closed, `version` as the page shows the case.

    Answers with a piece of the page; 404 for a case that is not (or no longer) on the desk. Two queries beside the
    login.
    """
    user = staff(request)
    case = get_object_or_404(seen_by(user).only("pk", "version"), pk=pk)
    if request.POST.get("leave"):
        presence.leave(case, user)
        return HttpResponse(status=204)
    others = presence.note(case, user, writing=request.POST.get("writing") == "1")
    version = request.POST.get("version", "")
    moved = version.isdecimal() and version.lstrip("0") != str(case.version)
    again = reverse("desk_case", args=[pk]) + Query.read(request.GET, user).address()
    return render(request, "moderation/parts/presence.html", {"others": others, "moved": moved, "again": again})
