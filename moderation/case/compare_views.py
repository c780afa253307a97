"""Two cases side by side, and merging them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import Permission
from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused
from cases.following import supporters
from cases.merging import OriginalChanged, merge
from cases.models import Case
from geo.localized import localized
from moderation.access import staff, staff_only
from moderation.case.mails import ShownMails, tried, why_none
from moderation.case.page import CasePage, ShownPhoto, case_for
from moderation.deeds.together import can_be_merged
from moderation.forms.together import CompareForm
from moderation.worklist.lists import Query
from moderation.worklist.rows import place_words
from reports.similar import similar


@dataclass(frozen=True)
class Side:
    """One of the two cases as it is compared."""

    case: Case
    title: str
    place: str
    photos: list[ShownPhoto]
    supporters: int
    followers: int
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Both as they stand; a POST merges them. What is refused is told with both as they are now."""
    if pk == other:
        raise Http404
    query = Query.read(request.GET, staff(request))
    sides = (_side(request, pk, query), _side(request, other, query))
    cases = (sides[0].case, sides[1].case)
    if request.method != "POST":
        older = min(cases, key=lambda case: (not can_be_merged(_other(cases, case)), case.submitted_at, case.pk))
        initial = {"stays": str(older.pk), "client_key": uuid.uuid4()}
        return _page(request, sides, CompareForm(cases=cases, initial=initial), query)
    form = CompareForm(request.POST, cases=cases)
    if "preview" in request.POST:
        return _preview(request, pk, other, form, query)
    if not form.is_valid():
        return _page(request, sides, form, query, 422)
    original = form.original()
    try:
        _merge(form, cases, By.staff(staff(request)))
    except Refused as refused:
        sides = (_side(request, pk, query), _side(request, other, query))
        return _refused(request, sides, form, query, refused)
    messages.success(request, _("Merged. Whoever it concerns hears of the other case from now on."))
    return redirect(reverse("desk_case", args=[original.pk]) + query.address() + "#case")


def _merge(form: CompareForm, cases: tuple[Case, Case], by: By) -> None:
    """What the form asks for, once it is valid."""
    original = form.original()
    duplicate = _other(cases, original)
    merge(
        duplicate=duplicate,
        original=original,
        by=by,
        text=form.cleaned_data["text"],
        original_version=form.version_of(original),
        act=Act(at=timezone.now(), client_key=form.cleaned_data["client_key"], version=form.version_of(duplicate)),
    )


def _preview(request: HttpRequest, pk: int, other: int, form: CompareForm, query: Query) -> HttpResponse:
    """The mails that merging would send: a piece of the page for the script, else the page with what was typed."""
    shown = None
    if form.is_valid():
        cases = (form.cases[str(pk)], form.cases[str(other)])
        duplicate = _other(cases, form.original())
        nobody = why_none(duplicate)
        shown = tried(case=duplicate, run=partial(_merge, form, cases, By.staff(staff(request))), nobody=nobody)
    if request.POST["preview"] == "alone":
        return render(request, "moderation/parts/mail_preview.html", {"mails_shown": shown})
    sides = (_side(request, pk, query), _side(request, other, query))
    fresh = CompareForm(request.POST, cases=(sides[0].case, sides[1].case))
    return _page(request, sides, fresh, query, shown=shown)


def _other(cases: tuple[Case, Case], case: Case) -> Case:
    return next(one for one in cases if one.pk != case.pk)


def _side(request: HttpRequest, pk: int, query: Query) -> Side:
    user = staff(request)
    case = case_for(user, pk)
    page = CasePage(user, case, query, timezone.now())
    if Permission.MOVE not in page.rights:
        raise Http404
    followers = case.follows.exclude(confirmed_at=None).count()
    return Side(
        case, localized(case.topic.name), place_words(case), page.photos, supporters(case), followers, page.url()
    )


def _refused(
    request: HttpRequest, sides: tuple[Side, Side], form: CompareForm, query: Query, refused: Refused
) -> HttpResponse:
    """What was typed stays; the versions are those of now, so that the next press counts."""
    words = {
        Conflict: _("One of the two was changed meanwhile. Please compare again."),
        OriginalChanged: _("One of the two was changed meanwhile. Please compare again."),
        NoSuchEdge: _("The case that is to be closed is settled or withdrawn already. Let that one stay."),
        Denied: _("You do not have the right to do this."),
        KeyReused: _("This form was sent before with other words. Please check both cases, then send it again."),
    }
    told = words.get(type(refused), "")
    if not told and isinstance(refused, Invalid):
        told = " ".join(message for messages in refused.errors.values() for message in messages)
    cases = (sides[0].case, sides[1].case)
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    for case in cases:
        data[f"version_{case.pk}"] = str(case.version)
    data["client_key"] = str(uuid.uuid4())
    again = CompareForm(data, cases=cases)
    again.is_valid()
    again.add_error(None, told)
    status = 422 if isinstance(refused, Invalid) and not isinstance(refused, OriginalChanged) else 409
    return _page(request, sides, again, query, 403 if isinstance(refused, Denied) else status)


def _page(
    request: HttpRequest,
    sides: tuple[Side, Side],
    form: CompareForm,
    query: Query,
    status: int = 200,
    shown: ShownMails | None = None,
) -> HttpResponse:
    first, second = sides
    found = similar(first.case, among=Case.objects.filter(pk=second.case.pk))
    context: dict[str, Any] = {
        "sides": sides,
        "form": form,
        "why": found[0].why if found else "",
        "back_url": first.url,
        "query_string": query.address(),
        "mails_shown": shown,
        "possible": can_be_merged(first.case) or can_be_merged(second.case),
    }
    return render(request, "moderation/compare.html", context, status=status)
