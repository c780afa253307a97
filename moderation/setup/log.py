"""`/verwaltung/einrichtung/protokoll/`: who changed which rule when, from what to what."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import RuleChange, User
from geo.models import Municipality
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.log_words import lines, title

PAGE: Final = 50
BY_NUMBER = frozenset({"person", "phone"})
"""Sorts whose label is the number of an account."""


@require_safe
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """The latest changes first; `thema` is the sort of rule, `seite` the page."""
    every = RuleChange.objects.filter(municipality=town)
    known = sorted(every.order_by("subject").values_list("subject", flat=True).distinct(), key=title)
    subject = request.GET.get("thema", "")
    rows = every.select_related("actor")
    if subject:
        rows = rows.filter(subject=subject)
    page = Paginator(rows, PAGE).get_page(request.GET.get("seite"))
    context = {
        **steps.context(town),
        "town": town,
        "subjects": [(one, title(one)) for one in known],
        "subject": subject,
        "page": page,
        "changes": _shown(list(page.object_list)),
    }
    return render(request, "moderation/setup/log.html", context)


def _shown(rows: list[RuleChange]) -> list[dict[str, Any]]:
    """With their words; people by the name they have now, in one query."""
    ids = {int(row.label) for row in rows if row.subject in BY_NUMBER and row.label.isdecimal()}
    names = {str(user.pk): user.name for user in User.objects.filter(pk__in=ids)} if ids else {}
    return [
        {
            "row": row,
            "title": title(row.subject),
            "label": names.get(row.label, "") if row.subject in BY_NUMBER else row.label,
            "made": not row.before,
            "gone": not row.after,
            "lines": lines(row),
        }
        for row in rows
    ]
