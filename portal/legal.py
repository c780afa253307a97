"""Imprint, privacy, accessibility, contact: the municipality's own words, else a sound beginning."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reports.asking import here

KEYS = ("imprint", "privacy", "accessibility", "contact")


def page(key: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of one legal page; `municipality.text(key)` holds its words, paragraphs by blank lines."""

    @require_safe
    @cache_control(public=True, max_age=300)
    def show(request: HttpRequest) -> HttpResponse:
        text = here(request).text(key)
        return render(request, f"portal/legal_{key}.html", {"text": text})

    return show
