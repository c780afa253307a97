"""The page of the field view: one for everybody, so that phones may keep it. Who somebody is, the interface says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=0)
def shell(request: HttpRequest) -> HttpResponse:
    """`/aussendienst/`: all screens as templates, without a word about anybody."""
    return render(request, "field/app.html")
