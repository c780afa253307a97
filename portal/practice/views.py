"""`/verwaltung/uebung/`: the tasks of practising, what is done of them, and beginning anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.desk import staff, staff_only
from cases.errors import Denied, Invalid
from geo.throttle import allowed
from portal.practice.services import begin, clear, progress

BEGINNINGS = 20
"""So often an hour somebody may begin anew: each makes seven cases."""


@require_safe
@staff_only
def show(request: HttpRequest) -> HttpResponse:
    """The list, with ticks."""
    tasks = progress(user=staff(request), municipality=request.municipality)  # type: ignore[attr-defined]
    done = sum(one.done for one in tasks)
    following = next((one for one in tasks if not one.done), None)
    context = {"tasks": tasks, "done": done, "count": len(tasks), "following": following}
    return render(request, "portal/practice/show.html", context)


@require_POST
@staff_only
def start(request: HttpRequest) -> HttpResponse:
    """Begin, or begin anew."""
    user = staff(request)
    if not allowed("practice", str(user.pk), limit=BEGINNINGS, seconds=3600):
        messages.error(request, _("That was often within a short time. Please try again in an hour."))
        return redirect("practice")
    try:
        begin(user=user, municipality=request.municipality, at=timezone.now())  # type: ignore[attr-defined]
    except Denied:
        messages.error(request, _("You do not have the right to do this."))
    except Invalid:
        messages.error(request, _("Practising needs at least one category for defects."))
    return redirect("practice")


@require_POST
@staff_only
def end(request: HttpRequest) -> HttpResponse:
    """Clean up."""
    clear(user=staff(request))
    messages.success(request, _("Your practice cases are deleted."))
    return redirect("practice")
