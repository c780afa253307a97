"""The doors of the report flow: the start, each step, the upload of a photo.

None of them asks for a CSRF token: a draft is reached only with its secret in the address and in the session of the
browser that began it, so another site has nothing to aim at. In return a page that was open for days, or that the
browser sends by itself when the connection is back, is never refused.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.gis.geos import Point
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.errors import Invalid
from cases.models import Draft
from geo.folding import one_line
from geo.localized import localized
from geo.models import Municipality
from geo.services import locate
from geo.spatial import make_point
from outbox.kept import looking
from reports import flow, flow_last, flow_photos, flow_steps, throttle
from reports.categories import category_of, offered, offered_category, why_not
from reports.flow_forms import coordinates
from reports.flow_pages import address_of, client, gone, here, private, remember
from reports.policy import ADDRESS_MAX, ASSET_MAX

STEPS: dict[str, Callable[[HttpRequest, Draft], HttpResponse]] = {
    flow.PLACE: flow_steps.place,
    flow.WHAT: flow_steps.what,
    flow.MORE: flow_steps.more,
    flow.SIMILAR: flow_last.similar,
    flow.SAME: flow_last.same,
    flow.CONTACT: flow_last.contact,
    flow.CHECK: flow_last.check,
}


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """`/melden/`: what is not for us, drafts to go on with, and the start.

    A link may bring `?lat=&lon=` (or `?adresse=`), `?kategorie=` and `?objekt=`, the name of the thing it is about.
    """
    municipality = here(request)
    query = request.POST if request.method == "POST" else request.GET
    pair = coordinates(query.get("lon", ""), query.get("lat", ""))
    point = make_point(*pair) if pair else None
    address = one_line(query.get("adresse", ""), ADDRESS_MAX)
    category = query.get("kategorie", "")[:80]
    asset = one_line(query.get("objekt", ""), ASSET_MAX)
    if request.method == "POST":
        if not throttle.may_start(address=client(request)):
            return render(request, "reports/flow/wait.html", status=429)
        return _started(request, municipality, point, address, category, asset)
    at, secrets = timezone.now(), request.session.get("secrets", [])
    drafts = [
        {"url": address_of(draft, flow.first_gap(draft) or flow.CHECK), "at": draft.changed_at, **_named(draft)}
        for draft in flow.unfinished(municipality=municipality, secrets=secrets, at=at)
    ]
    elsewhere = [
        {"name": localized(one.topic.name), "text": localized(one.redirect_text), "icon": one.icon}
        for group in offered(municipality, timezone.localdate(at))
        for one in group.categories
        if localized(one.redirect_text)
    ]
    chosen = category_of(municipality, category) if category else None
    not_now = why_not(chosen, timezone.localdate(at), municipality) if chosen is not None else ""
    if not_now:
        chosen, category = None, ""
    response = render(
        request,
        "reports/flow/start.html",
        {
            "drafts": drafts[:3],
            "sent": [
                {
                    "url": reverse("report_receipt", args=[case.secret]),
                    "number": case.number,
                    "name": localized(case.topic.name),
                    "place": case.report.address,
                    "at": case.submitted_at,
                }
                for case in flow.just_sent(
                    municipality=municipality, secrets=secrets, seen=request.session.get("receipts", []), at=at
                )
            ],
            "elsewhere": elsewhere,
            "prefill": {"lat": query.get("lat", "") if point else "", "lon": query.get("lon", "") if point else ""},
            "address": address or (locate(point).text if point else ""),
            "category": category,
            "asset": asset,
            "not_now": not_now,
            "category_name": localized(chosen.topic.name) if chosen else "",
        },
    )
    response["X-Robots-Tag"] = "all"  # whoever searches for it finds the way in
    return response


def _named(draft: Draft) -> dict[str, str]:
    typed = flow.read(draft)
    chosen = flow.category(draft, typed)
    return {"name": localized(chosen.topic.name) if chosen else "", "place": typed.address}


def _started(
    request: HttpRequest, municipality: Municipality, point: Point | None, address: str, category: str, asset: str
) -> HttpResponse:
    if point is not None and not address:
        address = locate(point).text
    known = category if category and offered_category(municipality, category, timezone.localdate()) else ""
    draft = flow.start(municipality=municipality, point=point, address=address, category=known, asset=asset)
    remember(request, draft.secret)
    return redirect(address_of(draft, flow.PLACE))


def _own_draft(request: HttpRequest, secret: str) -> Draft | None:
    """The draft of this secret, if this browser began it: a link that somebody passes on opens nothing."""
    if secret not in request.session.get("secrets", []):
        return None
    return flow.find(municipality=here(request), secret=secret, at=timezone.now())


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
@looking()
def step(request: HttpRequest, secret: str, step: str) -> HttpResponse:
    """One step of a draft. A draft that was sent leads to its receipt, whatever is asked of it."""
    if step not in STEPS:
        raise Http404
    draft = _own_draft(request, secret)
    if draft is None:
        return gone(request)
    if draft.case is not None:
        return flow_last.sent(request, draft.case)
    try:
        return STEPS[step](request, draft)
    except Draft.DoesNotExist:  # discarded by another tab at this moment
        return gone(request)


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, secret: str) -> HttpResponse:
    """Upload (`photo`) or removal (`remove`) of one photo by script; JSON with all photos and a proposed place."""
    draft = _own_draft(request, secret)
    if draft is None or draft.case is not None:
        return JsonResponse({"errors": {"photos": []}}, status=410)
    if request.method != "POST":
        return _photos_as_json(draft)
    if key := request.POST.get("remove", ""):
        flow_photos.remove(draft=draft, key=key)
        return _photos_as_json(draft)
    upload = request.FILES.get("photo")
    if upload is None:
        return JsonResponse({"errors": {"photos": []}}, status=400)
    if not throttle.may_upload(address=client(request)):
        return JsonResponse({"errors": {"photos": []}}, status=429)
    try:
        position = coordinates(request.POST.get("lon", ""), request.POST.get("lat", ""))
        file = flow_photos.add(draft=draft, upload=upload, at=timezone.now(), position=position)
    except Invalid as invalid:
        return JsonResponse({"errors": invalid.errors}, status=422)
    except Draft.DoesNotExist:
        return JsonResponse({"errors": {"photos": []}}, status=410)
    return _photos_as_json(draft, key=file.key)


def _photos_as_json(draft: Draft, key: str = "") -> JsonResponse:
    typed = flow.read(draft)
    proposal = None
    if typed.photo_place:
        lon, lat = typed.photo_place
        proposal = {"lon": lon, "lat": lat, "text": locate(make_point(lon, lat)).text}
    return JsonResponse({"key": key, "photos": flow_photos.all_shown(draft), "place": proposal})
