"""Watching a case: a button beside it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.watching import unwatch, watch
from moderation.access import seen_by, staff, staff_only
from moderation.worklist.lists import Query


@require_POST
@staff_only
def toggle(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch (`watch=1`) or watch no longer; then back to the case."""
    user = staff(request)
    case = get_object_or_404(seen_by(user), pk=pk)
    if request.POST.get("watch") == "1":
        watch(case=case, user=user, at=timezone.now())
        messages.success(request, _("You get a mail when something is said or done on this case."))
    else:
        unwatch(case=case, user=user)
        messages.success(request, _("You do not watch this case any more."))
    return redirect(reverse("desk_case", args=[pk]) + Query.read(request.GET, user).address() + "#facts-title")
