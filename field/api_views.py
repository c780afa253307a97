"""The interface of the field view: JSON below `/aussendienst/api/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.services import is_staff_of
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused
from dispatch import lists
from dispatch.services import AHEAD, arrange
from field import day, deeds, jobs, photos, reading, reporting
from field.access import answer, guarded, person, refusal
from geo.models import Municipality

View = Callable[[HttpRequest], HttpResponseBase]
ORDER = "reihenfolge"


def _town(request: HttpRequest) -> Municipality:
    town: Municipality = request.municipality  # type: ignore[attr-defined]
    return town


def refusing(view: View) -> View:
    """What a verb refuses, or nobody can read, in words of the interface."""

    @wraps(view)
    def told(request: HttpRequest) -> HttpResponseBase:
        try:
            return view(request)
        except Refused as refused:
            return _refusal(refused)
        except RequestDataTooBig:
            return refusal(413, "invalid", _("This is too much at once. Please shorten it."), errors={})
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
            return refusal(400, "invalid", _("It did not arrive as a whole. Please send it again."), errors={})

    return told


def _refusal(refused: Refused) -> JsonResponse:
    match refused:
        case Invalid(errors=errors):
            detail = " ".join(message for found in errors.values() for message in found)
            return refusal(400, "invalid", detail, errors=errors)
        case NoSuchEdge():
            return refusal(400, "invalid", _("The state of the case does not allow this any more."), errors={})
        case Denied():
            return refusal(403, "denied", _("You may not do this. Please ask your lead."))
        case deeds.Gone():
            return refusal(404, "gone", _("This case does not lie with you any more."))
        case deeds.NoPhotos():
            return refusal(400, "photos", _("A photo has not arrived yet."))
        case photos.Damaged():
            return refusal(400, "damaged", _("The photo was damaged on its way."))
        case Conflict():
            return refusal(409, "conflict", _("Somebody changed it meanwhile."))
        case KeyReused():
            return refusal(409, "key", _("This was sent before with other content."))
    raise refused


@require_safe
@guarded
@refusing
def today(request: HttpRequest) -> HttpResponseBase:
    """`tag/?team=&day=`: the day of a team; 304 where nothing has changed."""
    user, town, at = person(request), _town(request), timezone.now()
    team = reading.number(request.GET["team"], "team") if request.GET.get("team") else None
    chosen = day.choose(user=user, town=town, team=team, day=reading.day(request.GET.get("day"), "day"), at=at)
    if not chosen.teams and not is_staff_of(user, town):
        raise Denied
    body = day.read(user=user, town=town, chosen=chosen, at=at)
    day.saw(user=user, at=at, team=chosen.team)
    etag = day.etag_of(body)
    known = request.headers.get("If-None-Match", "").removeprefix("W/")
    response: HttpResponse = (
        HttpResponse(status=304) if known == etag else answer({"at": at.isoformat(), **body, "etag": etag})
    )
    response["ETag"], response["Cache-Control"] = etag, "private, no-store"
    return response


@require_POST
@guarded
@refusing
def photo(request: HttpRequest) -> HttpResponseBase:
    """`foto/`: one photo, before what names it."""
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid({"file": [_("The photo is missing.")]})
    said = request.POST
    of_report = said.get("report")
    shot = photos.receive(
        key=reading.key(said.get("key"), "key"),
        upload=upload,
        sha256=said.get("sha256", ""),
        role=said.get("role", ""),
        user=person(request),
        at=timezone.now(),
        case=None if of_report else reading.number(said.get("case"), "case"),
        report=reading.key(of_report, "report") if of_report else None,
    )
    return answer({"key": str(shot.key), "sha256": shot.file.sha256, "bytes": shot.file.bytes})


@require_POST
@guarded
@refusing
def entry(request: HttpRequest) -> HttpResponseBase:
    """`eintrag/`: something was done."""
    body, user, at = reading.body_of(request), person(request), timezone.now()
    if body.get("kind") == ORDER:
        return _order(request, body)
    sent = reading.deed(body)
    try:
        done = deeds.enter(sent=sent, user=user, at=at)
    except Conflict:
        return refusal(
            409,
            "conflict",
            _("Somebody changed it meanwhile."),
            job=jobs.one(sent.case, user=user, at=at),
            since=deeds.since(sent=sent, user=user),
        )
    job = jobs.one(sent.case, user=user, at=at)
    return answer({"client_key": str(sent.key), "entry": done.pk, "version": done.version, "job": job})


def _order(request: HttpRequest, body: dict[str, Any]) -> JsonResponse:
    """The order of a day; the last one counts, and jobs that it does not name stay behind."""
    user, at = person(request), timezone.now()
    key, order = reading.key(body.get("client_key"), "client_key"), reading.ids(body.get("order"), "order")
    number, on = reading.number(body.get("team"), "team"), reading.day(body.get("day"), "day")
    team = next((one for one in day.teams_for(user, _town(request)) if one.pk == number), None)
    if team is None or on is None or abs(on - localdate(at)) > AHEAD:
        raise Invalid({"team": [_("This list does not lie with you any more.")]})
    seen = [job.case_id for job in lists.of_day(team=team, day=on, at=at)]
    arrange(team=team, day=on, order=order, seen=seen, by=user, at=at)
    return answer({"client_key": str(key), "entry": None, "version": None, "job": None})


@require_POST
@guarded
@refusing
def report(request: HttpRequest) -> HttpResponseBase:
    """`meldung/`: a crew reports something itself."""
    body = reading.body_of(request)
    case = reporting.report(
        town=_town(request),
        user=person(request),
        key=reading.key(body.get("client_key"), "client_key"),
        done_at=reading.instant(body.get("at"), "at"),
        at=timezone.now(),
        category=reading.words(body, "category"),
        text=reading.words(body, "text"),
        point=reading.place(body.get("point"), "point"),
        address=reading.words(body, "address"),
        photos=reading.number(body.get("photos_follow") or 0, "photos_follow"),
    )
    return answer(reporting.told(case))


@require_safe
@guarded
@refusing
def around(request: HttpRequest) -> HttpResponseBase:
    """`umgebung/?lat=&lon=&r=`: open reports around."""
    try:
        lonlat = [float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))]
    except ValueError:
        raise Invalid({"point": [_("The position is missing.")]}) from None
    point = reading.place(lonlat, "point")
    assert point is not None
    metres = reading.number(request.GET.get("r") or reporting.AROUND_METRES, "r")
    return answer({"items": reporting.around(user=person(request), town=_town(request), point=point, metres=metres)})


@require_safe
@guarded
@refusing
def me(request: HttpRequest) -> HttpResponseBase:
    """`ich/`: who is logged in."""
    user = person(request)
    teams = [{"id": team.pk, "name": team.name} for team in day.teams_for(user, _town(request))]
    return answer({"user": {"id": user.pk, "name": str(user)}, "teams": teams})


@require_POST
@guarded
@refusing
def heartbeat(request: HttpRequest) -> HttpResponseBase:
    """`stand/`: what the phone still has to send."""
    body = reading.body_of(request)
    waiting = min(reading.number(body.get("waiting"), "waiting"), 1_000_000)
    needs = min(reading.number(body.get("needs_you"), "needs_you"), 1_000_000)
    day.saw(user=person(request), at=timezone.now(), waiting=waiting, needs=needs)
    return answer({})
