"""`/verwaltung/einrichtung/kategorien/`: the tree of groups and categories, with what is special about each."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geo.folding import fold
from geo.localized import localized
from geo.models import Municipality
from moderation.access import staff
from moderation.setup import steps
from moderation.setup.access import administrators_only
from reports.cataloguing import Group, Origin, Row, groups, rows_of, shift
from reports.categories import day_of_year

LONG: Final = 12
"""From so many categories on the list can be searched."""


def context(town: Municipality, **more: Any) -> dict[str, Any]:
    """What all pages of the categories need."""
    return {**steps.context(town, "categories"), "town": town, "parent": "categories", **more}


def row_or_404(town: Municipality, slug: str, *, group: bool = False) -> Row:
    """The group or category of this slug as it holds in the municipality."""
    row = rows_of(town).get(slug)
    if row is None or hasattr(row.topic, "category") is group:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality) -> HttpResponse:
    """The tree; `q` narrows it, POST `up` or `down` moves the row of this slug by one place."""
    if request.method == "POST":
        return _move(request, town)
    found = groups(town)
    count = sum(len(group.rows) for group in found)
    typed = request.GET.get("q", "").strip()[:80]
    shown = [_narrowed(group, fold(typed)) for group in found] if typed else found
    page = context(
        town,
        groups=[_group(town, group, movable=not typed) for group in shown if group.rows or not typed],
        q=typed,
        found=sum(len(group.rows) for group in shown),
        searchable=count > LONG or typed,
        moved=request.GET.get("bewegt", ""),
        upwards=request.GET.get("wohin") == "hoch",
    )
    return render(request, "moderation/rules/categories.html", page)


def _narrowed(group: Group, words: str) -> Group:
    if words in fold(localized(group.row.topic.name)):
        return group
    rows = [row for row in group.rows if words in fold(f"{' '.join(row.topic.name.values())} {row.category.keywords}")]
    return Group(group.row, rows)


def _move(request: HttpRequest, town: Municipality) -> HttpResponse:
    up = "up" in request.POST
    rows = rows_of(town)
    row = rows.get(request.POST.get("up" if up else "down", ""))
    if row is None:
        raise Http404
    for one in shift(municipality=town, topic=row.topic, up=up, by=staff(request)):
        messages.info(request, _("“%(name)s” is your own version now.") % {"name": one})
    query = {"bewegt": row.topic.slug, "wohin": "hoch" if up else "runter"}
    return redirect(reverse("setup_categories", query=query))


def _group(town: Municipality, group: Group, *, movable: bool) -> dict[str, Any]:
    rows = [
        {
            "row": row,
            "topic": row.topic,
            "category": row.category,
            "marks": marks(town, row),
            "first": index == 0,
            "last": index == len(group.rows) - 1,
        }
        for index, row in enumerate(group.rows)
    ]
    return {"topic": group.row.topic, "marks": _whose(town, group.row), "rows": rows, "movable": movable}


def _whose(town: Municipality, row: Row) -> list[str]:
    words = []
    if not row.topic.active:
        words.append(_("switched off"))
    if town.parent is not None:
        whose = {
            Origin.INHERITED: _("from %(county)s") % {"county": row.topic.municipality.name},
            Origin.OVERRIDDEN: _("own version"),
            Origin.OWN: _("only here"),
        }
        words.append(whose[row.origin])
    return words


def marks(town: Municipality, row: Row) -> list[str]:
    """What is special about a category, in few words."""
    one, words = row.category, _whose(town, row)
    if one.staff_only:
        words.append(_("staff only"))
    if one.season_from and one.season_until:
        words.append(f"{day_of_year(one.season_from)} – {day_of_year(one.season_until)}")
    if one.redirect_text:
        words.append(_("says whose matter it is"))
    if row.topic.confidential:
        words.append(_("never public"))
    elif one.release_at_once:
        words.append(_("public without review"))
    return words
