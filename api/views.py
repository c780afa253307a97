"""Reports for programs: read what is public, hand in new ones. The same verbs and rules as the pages."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import described, serializers
from api.described import PAGE_MAX, PAGE_SIZE
from api.errors import ProofWanted, handle
from api.parsers import loads
from api.photos import check_photos, take_photos
from api.review import in_review
from cases.change import Act, By
from cases.errors import Invalid, KeyReused
from cases.models import Case
from forms.services import describe
from geo.localized import localized
from geo.models import Municipality
from geo.proof.asking import refused_program
from geo.proof.policy import Purpose
from outbox.kept import looking
from reports import search, showing
from reports.categories import category_of, offered
from reports.policy import KIND
from reports.services import Person, current_version, submit
from reports.showing import PublicReport
from reports.throttle import may_send

CONTACT_FIELDS = {field: f"contact.{field}" for field in ("email", "name", "phone")}


def municipality_of(request: Request, slug: str | None) -> Municipality:
    """The municipality a program means: by slug, else by host. ValidationError for an unknown slug."""
    of_host: Municipality = request._request.municipality  # type: ignore[attr-defined]
    if not slug or slug == of_host.slug:
        return of_host
    rows = Municipality.objects.active().select_related("parent__parent")
    found = rows.defer("boundary", "parent__boundary", "parent__parent__boundary").filter(slug=slug).first()
    if found is None:
        raise ValidationError({"municipality": [_("There is no municipality “%(slug)s”.") % {"slug": slug[:50]}]})
    return found


def feature(report: PublicReport) -> dict[str, Any]:
    """A public report as GeoJSON."""
    point = {"type": "Point", "coordinates": list(report.point)} if report.point else None
    return {
        "type": "Feature",
        "id": report.number,
        "geometry": point,
        "properties": serializers.ReportSerializer(report).data,
    }


class Reports(APIView):
    """All public reports; POST hands in a new one."""

    @described.list_reports
    def get(self, request: Request) -> Response:
        municipality = municipality_of(request, request.GET.get("municipality"))
        filters, problems = search.Filters.parse(request.GET, municipality)
        if problems:
            raise ValidationError({"query": problems})
        size = _limit(request.GET.get("limit"))
        ids, cursor = search.page_of(search.filtered(municipality, filters), request.GET.get("cursor", ""), size)
        following = None
        if cursor:
            query = request.GET.copy()
            query["cursor"] = cursor
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        links = [{"rel": "self", "href": request.build_absolute_uri()}]
        if following:
            links.append({"rel": "next", "href": following})
        response = Response(
            {
                "type": "FeatureCollection",
                "features": [feature(report) for report in search.shown(ids)],
                "next": following,
                "links": links,
            }
        )
        patch_cache_control(response, public=True, max_age=30)
        return response

    @described.create_report
    @looking()
    def post(self, request: Request) -> Response:
        asked = serializers.NewReportSerializer(data=_body(request))
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        municipality = municipality_of(request, wanted.get("municipality"))
        category = category_of(municipality, wanted["category"])
        if category is None:
            raise ValidationError(
                {"category": [_("There is no category “%(slug)s” here.") % {"slug": wanted["category"]}]}
            )
        contact = wanted.get("contact") or {}
        try:
            case, new = _submitted(
                municipality=municipality,
                category=category,
                text=wanted["text"],
                point=wanted.get("point"),
                address=wanted.get("address", ""),
                asset=wanted.get("asset", ""),
                person=Person(**contact),
                answers=wanted.get("answers") or {},
                by=By.citizen(),
                act=Act(client_key=wanted["client_key"]),
                source="api",
                language=(get_language() or "de")[:2],
                photos=len(request.FILES.getlist("photos")) + wanted.get("photos_follow", 0),
                gate=partial(_admit, request, municipality, contact.get("email", "")),
            )
        except KeyReused as reused:
            return _known(municipality, wanted["client_key"], reused)
        take_photos(case=case, uploads=request.FILES.getlist("photos"))
        return _receipt(case, status=201 if new else 200)


class Photos(APIView):
    """Photos for a report just handed in, in a second call."""

    @described.add_photos
    def post(self, request: Request, number: str) -> Response:
        key = _key(request, "client_key", _("Send the key the report was handed in with."))
        case = Case.objects.filter(kind=KIND, number=number, client_key=key).first()
        if case is None:
            raise Http404
        uploads = request.FILES.getlist("photos")
        if not uploads:
            raise ValidationError({"photos": [_("Send at least one photo.")]})
        photo_key = None
        if "photo_key" in request.POST:
            photo_key = _key(request, "photo_key", _("Send a UUID for one photo."))
            if len(uploads) > 1:
                raise ValidationError({"photo_key": [_("Send a UUID for one photo.")]})
        take_photos(case=case, uploads=uploads, photo_key=photo_key)
        return _receipt(case)


def _admit(request: Request, municipality: Municipality, email: str) -> None:
    """Refuse a new report without the proof that is asked for under attack, from an address that sends too many, or
    with unusable photos; a repetition never gets here."""
    if challenge := refused_program(request._request, Purpose.REPORT, municipality):
        raise ProofWanted(challenge)
    if not may_send(address=request.META.get("REMOTE_ADDR", ""), email=email):
        raise Throttled(wait=3600, detail=_("Too many reports from this address. Please try again in an hour."))
    check_photos(request.FILES.getlist("photos"))


def _submitted(**facts: Any) -> tuple[Case, bool]:
    """Hand in; what is wrong with the contact is named as the body names it."""
    try:
        return submit(**facts)
    except Invalid as invalid:
        raise Invalid({CONTACT_FIELDS.get(field, field): words for field, words in invalid.errors.items()})


def _known(municipality: Municipality, key: uuid.UUID, reused: KeyReused) -> Response:
    """409 with the number of the report that the key made: its sender learns that it arrived, and nothing secret."""
    answer = handle(reused, {})
    assert answer is not None
    family = municipality.family_ids()
    answer.data["number"] = (
        Case.objects.filter(municipality_id__in=family, kind=KIND, client_key=key)
        .order_by()
        .values_list("number", flat=True)
        .first()
    )
    return answer


def _key(request: Request, name: str, words: str) -> uuid.UUID:
    """A UUID of a multipart body; ValidationError with `words` for anything else."""
    sent: Any = request.data
    try:
        return uuid.UUID(str(sent.get(name, "")))
    except (ValueError, AttributeError):
        raise ValidationError({name: [words]})


def _body(request: Request) -> Any:
    """The JSON body, or the fields of a multipart one (whole as `report`, or one by one with JSON in them)."""
    sent: Any = request.data
    if not (request.content_type or "").startswith("multipart/"):
        return sent
    data: dict[str, Any] = {}
    for name in sent:
        if name == "photos":
            continue
        value = sent[name]
        if not isinstance(value, str):
            raise ValidationError({name: [_("Send this as text.")]})
        if name in {"report", "point", "contact", "answers"}:
            try:
                value = loads(value)
            except ValueError:
                raise ValidationError({name: [_("This is not valid JSON.")]})
        data[name] = value
    report = data.pop("report", None)
    if report is not None and not isinstance(report, dict):
        raise ValidationError({"report": [_("Send a JSON object.")]})
    return {**(report or {}), **data}


def _receipt(case: Case, status: int = 200) -> Response:
    base = case.municipality.base_url()
    body = {
        "number": str(case.number),
        "state": case.state,
        "url": base + showing.public_path(case),
        "own_url": base + reverse("own_report", args=[case.secret]),
        "receipt_url": base + reverse("report_receipt", args=[case.secret]),
    }
    return Response(body, status=status, headers={"Cache-Control": "no-store"})


def _limit(text: str | None) -> int:
    try:
        return max(1, min(PAGE_MAX, int(text or PAGE_SIZE)))
    except ValueError:
        raise ValidationError({"limit": [_("Write a whole number.")]})


class OneReport(APIView):
    """One report."""

    @described.read_report
    def get(self, request: Request, number: str) -> Response:
        case = showing.readable().filter(number=number).first()
        if case is None:
            # Its release must not wait for somebody's cache.
            return Response(_in_review(number), headers={"Cache-Control": "no-store"})
        body = feature(showing.public_report(case))
        body["timeline"] = serializers.MomentSerializer(showing.timeline(case), many=True).data
        response = Response(body)
        patch_cache_control(response, public=True, max_age=30)
        return response


def _in_review(number: str) -> dict[str, Any]:
    """Number and date of a report under review; 404 for one that is confidential, hidden, withdrawn or unknown."""
    case = in_review().filter(number=number).first()
    if case is None:
        raise Http404
    return {"number": str(case.number), "state": "in_review", "since": case.submitted_at}


class Categories(APIView):
    """The categories of a municipality with their questions."""

    @described.list_categories
    def get(self, request: Request) -> Response:
        municipality = municipality_of(request, request.GET.get("municipality"))
        language = (get_language() or "de")[:2]
        rows = []
        for group in offered(municipality, timezone.localdate()):
            for category in group.categories:
                if category.redirect_text:
                    continue
                version = current_version(category)
                rows.append(
                    {
                        "slug": category.topic.slug,
                        "name": localized(category.topic.name, language),
                        "group": localized(group.topic.name, language),
                        "kind": category.sort,
                        "icon": category.icon,
                        "place_required": category.rules.place_required,
                        "danger": category.danger,
                        "photos": category.photo_rule,
                        "questions": describe(version.definition, language) if version else [],
                    }
                )
        response = Response(rows)
        patch_cache_control(response, public=True, max_age=60)
        return response


class Nothing(APIView):
    """Every other address: a JSON 404."""

    schema = None

    def get(self, request: Request) -> Response:
        raise Http404

    post = put = patch = delete = get
