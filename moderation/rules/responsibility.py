"""`/verwaltung/einrichtung/zustaendigkeit/`: category × area → unit, what is amiss, and who is responsible here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.units import in_order
from cases import responsibility as verbs
from cases import routing
from cases.models import Responsibility, Topic
from geo.models import District, Municipality
from geo.search import search
from geo.spatial import METRES_PER_DEGREE
from moderation.access import staff
from moderation.rules.areas import geometry_of
from moderation.rules.blocks import topic_choices
from moderation.rules.responsibility_forms import AskForm, ResponsibilityForm
from moderation.setup import steps
from moderation.setup.access import administrators_only
from reports.categories import tree
from reports.settling import units

WHY: Final[dict[str, Any]] = {
    "everywhere": gettext_lazy("holds everywhere; a row with an area goes before"),
    "size": gettext_lazy("has the larger area; the smaller one goes before"),
    "generality": gettext_lazy("holds for more categories; the closer one goes before"),
    "distance": gettext_lazy("comes from further up; your own row goes before"),
    "age": gettext_lazy("was made later; between equal rows the first one counts"),
}
"""By the field of `cases.routing.Weight` in which a row loses; a test sees that none is missing."""


@require_safe
@administrators_only
def table(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All rows by group of categories, and on top what nobody settles and where areas overlap."""
    rows = routing.responsibilities(town)
    topics, choices = topic_choices(town)
    asked = [category.topic for group in tree(town) for category in group.categories if not category.redirect_text]
    groups: list[dict[str, Any]] = [{"title": _("Every category"), "rows": [row for row in rows if row.topic is None]}]
    for title, pairs in choices:
        slugs = [slug for slug, _name in pairs]
        of_group = [row for row in rows if row.topic is not None and row.topic.slug in slugs]
        groups.append({"title": title, "rows": sorted(of_group, key=lambda row: _place(row, slugs))})
    others = [row for row in rows if row.topic is not None and row.topic.slug not in topics]
    groups.append({"title": _("Categories that are switched off"), "rows": others})
    chain = {one.pk: one for one in town.chain()}
    for group in groups:
        group["rows"] = [_shown(row, town, chain) for row in group["rows"]]
    context: dict[str, Any] = {
        "groups": [group for group in groups if group["rows"]],
        "gaps": verbs.gaps(rows, asked, town),
        "overlaps": [(one, round(one.share * 100) or 1) for one in verbs.overlaps(rows, town)],
    }
    return _page(request, town, "responsibility", **context)


def _place(row: Responsibility, slugs: Sequence[str]) -> tuple[int, bool, str, int]:
    return (slugs.index(row.topic.slug) if row.topic else 0, row.area is not None, row.area_name, row.pk)


def _shown(row: Responsibility, town: Municipality, chain: dict[int, Municipality]) -> dict[str, Any]:
    """A row with its size and where it comes from."""
    return {
        "row": row,
        "own": row.municipality_id == town.pk,
        "owner": chain[row.municipality_id],
        "size": _size(row),
        "whole": row.topic is not None and row.topic.parent_id is None,
    }


def _size(row: Responsibility) -> str:
    """The area in words, "" without one. Square degrees are turned into square kilometres at its latitude."""
    if row.area is None:
        return ""
    narrow = math.cos(math.radians(row.area.centroid.y))
    kilometres = row.area.area * (METRES_PER_DEGREE / 1000) ** 2 * narrow
    return _("%(n)s km²") % {"n": number_format(max(kilometres, 0.01), 0 if kilometres >= 10 else 2)}


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: HttpRequest, town: Municipality, pk: int | None = None) -> HttpResponse:
    """Make a row or change one; a new one may begin as another (`?wie=`), such as one of the county."""
    row = _row(town, pk) if pk is not None else _begun(request, town)
    topics, choices = topic_choices(town)
    form = ResponsibilityForm(
        request.POST if request.method == "POST" else None,
        row=row,
        topics=topics,
        choices=choices,
        units=in_order(units(town)),
        districts=District.objects.filter(municipality__in=town.family_ids(), boundary__isnull=False).order_by("name"),
    )
    if form.is_valid():
        try:
            saved = verbs.save_responsibility(
                municipality=town, by=staff(request), row=row if row.pk else None, **form.facts()
            )
        except ValidationError as error:
            form.tell(error)
        else:
            messages.success(request, _("Saved: %(row)s.") % {"row": _words(saved)})
            return redirect("setup_responsibility")
    return _page(request, town, "responsibility_row", form, row=row, words=_words(row) if row.pk else "")


def _row(town: Municipality, pk: int) -> Responsibility:
    return get_object_or_404(Responsibility.objects.select_related("topic", "unit"), pk=pk, municipality=town)


def _begun(request: HttpRequest, town: Municipality) -> Responsibility:
    """A new row; with the values of another one of the chain, or for a category."""
    begun = Responsibility(municipality=town)
    like, slug = request.GET.get("wie", ""), request.GET.get("kategorie", "")
    if like.isdecimal() and len(like) < 18:
        other = Responsibility.objects.filter(pk=int(like), municipality__in=town.chain()).first()
        if other is None:
            raise Http404
        begun.topic, begun.area, begun.area_name, begun.text = other.topic, other.area, other.area_name, other.text
        begun.unit_id = other.unit_id
    elif slug:
        begun.topic = next((one for one in routing.topics(town) if one.slug == slug), None)
    return begun


def _words(row: Responsibility) -> str:
    """A row in one line."""
    topic = str(row.topic) if row.topic is not None else _("every category")
    return f"{topic}, {row.area_name or _('everywhere')} → {row.unit}"


@require_POST
@administrators_only
def remove(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Delete a row of its own."""
    row = _row(town, pk)
    words = _words(row)
    verbs.remove_responsibility(by=staff(request), row=row)
    messages.success(request, _("Deleted: %(row)s.") % {"row": words})
    return redirect("setup_responsibility")


@require_safe
@administrators_only
def areas(request: HttpRequest, town: Municipality) -> JsonResponse:
    """The areas of all rows as GeoJSON, for the map; `id` is that of the row."""
    features = [
        {
            "type": "Feature",
            "id": row.pk,
            "properties": {"name": row.area_name, "unit": row.unit.name},
            "geometry": geometry_of(row.area),
        }
        for row in routing.responsibilities(town)
        if row.area is not None
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
@administrators_only
def who(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Which row wins for a category at a place, and why the others lose."""
    topics, choices = topic_choices(town)
    form = AskForm(request.GET if "kategorie" in request.GET else None, choices=choices)
    hits, answer = [], None
    if form.is_valid():
        point, words = form.point, form.cleaned_data["adresse"]
        if point is None and words:
            hits = search(town, words)
        else:
            answer = _answer(town, topics[form.cleaned_data["kategorie"]], point)
    context = {
        "hits": [(hit, _asking(request, hit.point, hit.label)) for hit in hits if hit.point is not None],
        "searched": form.is_bound and not form.errors and answer is None,
        "answer": answer,
    }
    return _page(request, town, "responsible_here", form, **context)


def _asking(request: HttpRequest, point: Point, label: str) -> str:
    """The address of the same question at another place."""
    query = QueryDict(mutable=True)
    query["kategorie"] = request.GET.get("kategorie", "")
    query["lat"], query["lon"], query["adresse"] = f"{point.y:.6f}", f"{point.x:.6f}", label
    return f"{reverse('setup_responsible_here')}?{query.urlencode()}"


def _answer(town: Municipality, topic: Topic, point: Point | None) -> dict[str, Any]:
    """Winner, losers with their reasons, and what does not fit; the rule is `cases.routing.judged`."""
    found = routing.judged(routing.responsibilities(town, topic), municipality=town, topic=topic, point=point)
    chain = {one.pk: one for one in town.chain()}
    wins = found[0] if found and found[0].fits else None
    inside = None
    if point is not None:
        boundary = Municipality.objects.values_list("boundary", flat=True).get(pk=town.pk)
        inside = boundary is None or boundary.covers(point)
    return {
        "topic": topic,
        "point": point,
        "outside": inside is False,
        "wins": _shown(wins.row, town, chain) if wins else None,
        "loses": [(_shown(one.row, town, chain), WHY[one.lost_by]) for one in found if one.fits and one.lost_by],
        "misses": [(_shown(one.row, town, chain), _miss(one, point)) for one in found if not one.fits],
    }


def _miss(one: routing.Judged, point: Point | None) -> str:
    if not one.row.unit.active:
        return _("its unit is out of use")
    return _("the place lies outside of its area") if point is not None else _("no place is given")


def _page(
    request: HttpRequest, town: Municipality, name: str, form: forms.Form | None = None, **more: Any
) -> HttpResponse:
    context = {**steps.context(town), "town": town, "form": form, **more}
    wrong = form is not None and form.is_bound and bool(form.errors)
    status = 409 if getattr(form, "stale", False) else 422 if wrong else 200
    return render(request, f"moderation/rules/{name}.html", context, status=status)
