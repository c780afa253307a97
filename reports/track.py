"""`/verfolgen/`: from a number, as somebody remembers it, to the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import Case
from reports import numbering
from reports.asking import here, too_often
from reports.page import in_review

TRIES_PER_HOUR = 120


@never_cache
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """The form; with `?nummer=` the page of that report, or what to do when there is none."""
    typed = request.GET.get("nummer", "").replace("\x00", "").strip()[:60]
    context = {"typed": typed, "missing": False, "busy": False}
    if typed:
        if too_often(request, "track", limit=TRIES_PER_HOUR):
            return render(request, "reports/track.html", {**context, "busy": True}, status=429)
        case = numbering.find(typed, here(request))
        if case is not None and (_is_public(case) or _may_be_told(case, typed)):
            return redirect("report", case.number)
        context["missing"] = True
    return render(request, "reports/track.html", context, status=404 if typed else 200)


def _is_public(case: Case) -> bool:
    return Case.objects.public().filter(pk=case.pk).exists()


def _may_be_told(case: Case, typed: str) -> bool:
    """In review: only by its own number; that of another system would say that both are the same."""
    return typed != case.former_number and case.number is not None and in_review(case.number) is not None
