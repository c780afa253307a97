"""Steps 1 and 2 of the report flow: where is it, and what is it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Draft
from forms.services import build_form
from geo.folding import fold
from geo.localized import localized
from geo.models import Municipality
from geo.search import Hit, search
from geo.services import locate, owner_of
from geo.spatial import make_point
from reports import flow, flow_photos, privacy
from reports.categories import Group, offered
from reports.flow_forms import ASKED, PlaceForm, WhatForm, coordinates
from reports.flow_pages import address_of, go, language, page, wanted
from reports.models import Category
from reports.policy import PhotoRule, Sort
from reports.services import outside

MATCHES = 8
Pair = tuple[float, float]


# Step 1: the place --------------------------------------------------------------------------------------------------
def place(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A point by map, device, search or photo, or words alone; inside the boundary or told whose it is."""
    typed = flow.read(draft)
    if request.method != "POST":
        lon, lat = typed.point or ("", "")
        form = PlaceForm(initial={"address": typed.address, "lon": str(lon), "lat": str(lat)})
        return _place_page(request, draft, form)
    if "placeless" in request.POST:
        with flow.editing(draft) as changed:
            changed.placeless, changed.point, changed.address = True, None, ""
        return redirect(address_of(draft, flow.WHAT, wanted(request)))
    form = PlaceForm(request.POST)
    if "photo" in request.POST:
        return _place_by_photo(request, draft, form)
    if not form.is_valid():
        return _place_page(request, draft, form)
    hits: list[Hit] = []
    if "search" in request.POST:
        hits = search(draft.municipality, form.cleaned_data["address"], limit=MATCHES)
        return _place_page(request, draft, form, hits=hits, searched=True)
    point, address, hits = _chosen(draft, typed, form.cleaned_data)
    if hits:
        return _place_page(request, draft, form, hits=hits, searched=True)
    if point is None and not address:
        form.add_error("address", _("Where is it? Please choose a place on the map or write the address."))
        return _place_page(request, draft, form)
    if point is not None and (problem := outside(draft.municipality, make_point(*point))):
        form.add_error("address", problem)
        return _place_page(request, draft, form, owner=owner_of(make_point(*point)))
    with flow.editing(draft) as changed:
        changed.point, changed.address, changed.placeless = point, address, False
        changed.photo_place = None
    return go(request, draft, flow.WHAT)


def _chosen(draft: Draft, typed: flow.Typed, cleaned: dict[str, Any]) -> tuple[Pair | None, str, list[Hit]]:
    """(point, address, hits to choose from). A found address is never taken for sure where there are several."""
    address, point, hit = cleaned["address"], cleaned["point"], cleaned["hit"]
    if hit == "words":
        return None, address, []
    if hit:
        lon, _comma, lat = hit.partition(",")
        if chosen := coordinates(lon, lat):
            return chosen, _name_of(draft.municipality, address, chosen), []
    if point is not None and (cleaned["pinned"] or address in ("", typed.address)):
        return point, address or locate(make_point(*point)).text, []
    if not address:
        return None, "", []
    hits = [one for one in search(draft.municipality, address, limit=MATCHES) if one.point is not None]
    exact = [one for one in hits if fold(one.label) == fold(address)]
    if len(exact) == 1 and exact[0].point is not None:
        return (exact[0].point.x, exact[0].point.y), _name_of(draft.municipality, address, hit_pair(exact[0])), []
    return None, address, hits


def hit_pair(hit: Hit) -> Pair:
    """The point of a hit that has one."""
    assert hit.point is not None
    return hit.point.x, hit.point.y


def _name_of(municipality: Municipality, words: str, chosen: Pair) -> str:
    """The name of a found place as the gazetteer writes it; for a house with its district, as the map names it."""
    for hit in search(municipality, words, limit=MATCHES):
        if hit.point is not None and hit_pair(hit) == chosen:
            return locate(hit.point).text if hit.house_number else hit.label
    return locate(make_point(*chosen)).text


def _place_by_photo(request: HttpRequest, draft: Draft, form: PlaceForm) -> HttpResponse:
    """Take the place out of a photo; the photo stays with the draft."""
    form.is_valid()
    problems = flow_photos.add_all(draft=draft, uploads=request.FILES.getlist("place_photo"), at=timezone.now())
    typed = flow.read(draft)
    if typed.photo_place is not None:
        flow_photos.take_place(draft=draft)
        return redirect(address_of(draft, flow.PLACE, wanted(request)))
    nothing = _("This photo does not say where it was taken. Please choose the place yourself; the photo is kept.")
    for problem in problems or [nothing if request.FILES else _("Please choose a photo first.")]:
        form.add_error("address", problem)
    return _place_page(request, draft, form)


def _place_page(request: HttpRequest, draft: Draft, form: PlaceForm, **context: Any) -> HttpResponse:
    municipality = draft.municipality
    owner = context.pop("owner", None)
    typed = flow.read(draft)
    chosen = flow.category(draft, typed)
    return page(
        request,
        draft,
        flow.PLACE,
        _("Where is it?"),
        back=reverse("report_new"),
        form=form,
        owner=owner if owner is not None and owner.pk != municipality.pk else None,
        required=chosen is not None and chosen.rules.place_required and not (typed.point or typed.address),
        **{"hits": [], "searched": False, **context},
    )


# Step 2: what it is -------------------------------------------------------------------------------------------------
def what(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Photos, category and words. Photos and words are kept before anything is checked."""
    typed = flow.read(draft)
    groups = _offered(draft, typed)
    if request.method != "POST":
        form = WhatForm(initial={"category": typed.category, "text": typed.text}, groups=groups)
        return _what_page(request, draft, form, groups)
    form = WhatForm(request.POST, request.FILES, groups=groups)
    problems = flow_photos.add_all(draft=draft, uploads=request.FILES.getlist("photos"), at=timezone.now())
    form.is_valid()
    with flow.editing(draft) as changed:
        changed.text = request.POST.get("text", "").replace("\x00", "").replace("\r\n", "\n")[:20_000]
        if request.POST.get("category", "") in form.by_slug:
            changed.category = request.POST["category"]
    if key := request.POST.get("remove", ""):
        flow_photos.remove(draft=draft, key=key)
        return redirect(address_of(draft, flow.WHAT, wanted(request)) + "#photos")
    if "take_place" in request.POST:
        flow_photos.take_place(draft=draft)
        return redirect(address_of(draft, flow.WHAT, wanted(request)))
    for problem in problems:
        form.add_error("photos", problem)
    if "upload" in request.POST and not problems:
        return redirect(address_of(draft, flow.WHAT, wanted(request)) + "#photos")
    if form.is_valid() and (elsewhere := localized(form.by_slug[form.cleaned_data["category"]].redirect_text)):
        form.add_error("category", elsewhere)
    if form.is_valid() and (wrong := flow.photos_wrong(draft, form.by_slug[form.cleaned_data["category"]])):
        form.add_error("photos", wrong)
    if not form.is_valid():
        return _what_page(request, draft, form, groups)
    public = form.by_slug[form.cleaned_data["category"]].rules.public
    found = privacy.findings(form.cleaned_data["text"]) if public else []
    typed = flow.read(draft)
    told, placed = privacy.digest(found) in ("", typed.warned), "place_shown" in request.POST
    if not told or (typed.photo_place is not None and not placed):
        with flow.editing(draft) as changed:
            changed.warned = privacy.digest(found)
        return _what_page(request, draft, form, groups, findings=[] if told else found)
    with flow.editing(draft) as changed:
        changed.photo_place = None
        if changed.told != changed.category:
            changed.told, changed.answers = "", {}
    return go(request, draft, after_what(draft))


def after_what(draft: Draft) -> str:
    """The step after the category is known: what is missing, what is similar, or the contact."""
    gap = flow.first_gap(draft)
    if gap in (flow.PLACE, flow.WHAT, flow.MORE):
        return gap
    return flow.SIMILAR if flow.look_around(draft) else flow.CONTACT


def _offered(draft: Draft, typed: flow.Typed) -> list[Group]:
    """The tree; without a place only what needs none."""
    groups = offered(draft.municipality, timezone.localdate())
    if not typed.placeless:
        return groups
    kept = [Group(one.topic, [c for c in one.categories if not c.rules.place_required]) for one in groups]
    return [one for one in kept if one.categories]


def _choice(category: Category, chosen: str) -> dict[str, Any]:
    slug = category.topic.slug
    hint = localized(category.help)
    if not category.rules.public or category.topic.confidential:
        hint = hint or _("Never public. Only the complaint management reads it.")
    if category.photo_rule != PhotoRule.OPTIONAL:
        needed = category.photo_rule == PhotoRule.REQUIRED
        hint = f"{hint} {_('A photo is needed.') if needed else _('Without photos.')}".strip()
    return {
        "slug": slug,
        "name": localized(category.topic.name),
        "icon": category.icon,
        "hint": hint,
        "words": f"{localized(category.topic.name)} {category.keywords}",
        "danger": category.danger,
        "danger_text": localized(category.danger_text),
        "elsewhere": localized(category.redirect_text),
        "asked": ASKED[Sort(category.sort)],
        "checked": slug == chosen,
    }


def choices(groups: list[Group], chosen: str = "") -> dict[str, Any]:
    """The categories as the step shows them: `frequent` ones, the `rest` by group, and whether that is `rest_open`."""
    all_of_them = [one for group in groups for one in group.categories]
    frequent = [one for one in all_of_them if one.frequent][:6]
    if len(all_of_them) <= 8:
        frequent = all_of_them
    top = {one.topic.slug for one in frequent}
    rest = [
        {"name": localized(group.topic.name), "choices": rows}
        for group in groups
        if (rows := [_choice(one, chosen) for one in group.categories if one.topic.slug not in top])
    ]
    return {
        "frequent": [_choice(one, chosen) for one in frequent],
        "rest": rest,
        "rest_open": bool(chosen) and chosen not in top,
    }


def _what_page(request: HttpRequest, draft: Draft, form: WhatForm, groups: list[Group], **context: Any) -> HttpResponse:
    typed = flow.read(draft)
    proposal, picked = "", form.by_slug.get(str(form["category"].value() or ""))
    if typed.photo_place is not None:
        proposal = locate(make_point(*typed.photo_place)).text or _("the place in the photo")
    return page(
        request,
        draft,
        flow.WHAT,
        _("What is it about?"),
        back=address_of(draft, flow.PLACE),
        form=form,
        proposal=proposal,
        photo_needed=picked is not None and picked.photo_rule == PhotoRule.REQUIRED,
        **choices(groups, str(form["category"].value() or "")),
        **{"findings": [], **context},
    )


# Step 2, second page: danger and questions --------------------------------------------------------------------------
def more(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Whom to call where there is danger, then the questions of the category."""
    typed = flow.read(draft)
    chosen = flow.category(draft, typed)
    if chosen is None or flow.first_gap(draft) in (flow.PLACE, flow.WHAT):
        return redirect(address_of(draft, flow.first_gap(draft) or flow.WHAT, wanted(request)))
    version = flow.questions(chosen)
    if version is None and not chosen.danger:
        return redirect(address_of(draft, after_what(draft), wanted(request)))
    form = None
    if version is not None:
        data = request.POST if request.method == "POST" else None
        form = build_form(version.definition, data=data, answers=typed.answers, language=language(), prefix="q")
    if request.method == "POST" and (form is None or form.is_valid()):
        with flow.editing(draft) as changed:
            changed.told = changed.category
            changed.answers = dict(form.cleaned_data) if form is not None else {}
        return go(request, draft, after_what(draft))
    question = _("A few questions") if form is not None else _("Please call first")
    if form is not None and chosen.danger:
        question = _("Danger: please call first")
    return page(
        request,
        draft,
        flow.MORE,
        question,
        back=address_of(draft, flow.WHAT),
        form=form,
        chosen=localized(chosen.topic.name),
        danger=chosen.danger,
        danger_text=localized(chosen.danger_text),
    )
