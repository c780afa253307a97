"""What each operation is, in words: the source of the schema and of the page `/api/docs/`.

Each name here is a decorator for the method of a view that answers the operation.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, extend_schema

from api import serializers
from reports.search import SORTS, STATUS

PAGE_SIZE, PAGE_MAX = 50, 200
PROBLEMS: Final = {
    400: _("Something is missing or wrong; “errors” names the fields."),
    404: _("Nothing is here, or nothing that may be seen."),
    409: _("The key was used for another report before; “number” names it."),
    413: _("The request is too large."),
    415: _("The body is neither JSON nor multipart/form-data."),
    429: _(
        "Too many reports from this address, or many from everywhere: then “challenge” is to be solved. "
        "The header Retry-After says when to come back."
    ),
    503: _("Not now: maintenance, or nothing is set up yet; the header Retry-After says when to come back."),
}
"""What the status of an error means. 405 and 503 may come from every address."""


def problems(*codes: int) -> dict[int, OpenApiResponse]:
    """The errors of an operation."""
    return {code: OpenApiResponse(serializers.ProblemSerializer, description=PROBLEMS[code]) for code in codes}


def answers(shape: Any, words: Any) -> OpenApiResponse:
    """A good answer."""
    return OpenApiResponse(shape, description=words)


def _query(name: str, words: Any, kind: type = str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words)


_NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description=_("Number of the report."))
_MUNICIPALITY = _query("municipality", _("Short name of the municipality; without it that of the host name."))
_PHOTOS = {
    "type": "array",
    "items": {"type": "string", "format": "binary"},
    "maxItems": settings.PHOTO_MAX_COUNT,
    "description": format_lazy(
        _(
            "Photos as JPEG, PNG, WebP, AVIF or HEIC, at most {count} of {size} MB each. "
            "Place and other metadata are removed."
        ),
        count=settings.PHOTO_MAX_COUNT,
        size=settings.PHOTO_MAX_BYTES // 2**20,
    ),
}

list_categories = extend_schema(
    operation_id="categories_list",
    summary=_("What can be reported"),
    description=_("The categories of a municipality, in the order of its own form. May be kept for a minute."),
    parameters=[_MUNICIPALITY],
    responses={200: answers(serializers.CategorySerializer(many=True), _("All categories.")), **problems(400)},
)
list_reports = extend_schema(
    operation_id="reports_list",
    summary=_("Read reports"),
    description=_(
        "Public reports as GeoJSON, newest first, in pages. All filters may be combined. May be kept for half a minute."
    ),
    parameters=[
        _MUNICIPALITY,
        _query("bbox", _("Only inside this box: west,south,east,north in degrees.")),
        _query("category", _("Short names of categories, separated by commas.")),
        _query("status", format_lazy(_("{values}; several separated by commas."), values=", ".join(STATUS))),
        _query("kind", format_lazy(_("{values}; several separated by commas."), values=", ".join(SORTS))),
        _query("district", _("Short names of districts, separated by commas.")),
        _query("from", _("Handed in on this day or later, as 2026-01-31.")),
        _query("until", _("Handed in on this day or earlier.")),
        _query("q", _("Words of the text or the address, or a number.")),
        _query(
            "limit",
            format_lazy(_("Reports a page, {max} at most, {usual} without it."), max=PAGE_MAX, usual=PAGE_SIZE),
            int,
        ),
        _query("cursor", _("Where the page begins: out of “next”, never made by yourself.")),
    ],
    responses={200: answers(serializers.PageSerializer, _("A page of reports.")), **problems(400)},
)
create_report = extend_schema(
    operation_id="reports_create",
    summary=_("Hand in a report"),
    description=_(
        "As JSON, or as multipart/form-data with the same JSON in the field “report” and photos beside it. Make a key "
        "of your own for each report (a UUID): when no answer arrives, send the same once more, and nothing is "
        "doubled. "
        "While a municipality is flooded with reports the answer is 429 with a “challenge” (ALTCHA, version 1): find "
        "the whole number up to “maxNumber” whose SHA-256 behind “salt”, both as text, is “challenge” in hexadecimal; "
        "put it as “number” beside algorithm, challenge, salt and signature, and send the same report again with that "
        "JSON in Base64 as header Proof-Of-Work. "
        "It reaches the town hall at once and is public when it was released there."
    ),
    parameters=[
        OpenApiParameter(
            "Proof-Of-Work",
            str,
            OpenApiParameter.HEADER,
            description=_("The solution of the challenge out of an answer 429; good once, within 20 minutes."),
        )
    ],
    request={
        "application/json": serializers.NewReportSerializer,
        "multipart/form-data": {
            "type": "object",
            "properties": {
                "report": {"type": "string", "description": _("The JSON of the report.")},
                "photos": _PHOTOS,
            },
            "required": ["report"],
        },
    },
    responses={
        201: answers(serializers.ReceiptSerializer, _("Handed in.")),
        200: answers(serializers.ReceiptSerializer, _("It had been handed in with this key before.")),
        **problems(400, 409, 413, 415, 429),
    },
)
add_photos = extend_schema(
    operation_id="reports_add_photos",
    summary=_("Add photos to a report"),
    description=_("For photos that are sent after the report, one by one where reception is bad."),
    parameters=[_NUMBER],
    request={
        "multipart/form-data": {
            "type": "object",
            "properties": {
                "client_key": {
                    "type": "string",
                    "format": "uuid",
                    "description": _("The key the report was handed in with."),
                },
                "photo_key": {
                    "type": "string",
                    "format": "uuid",
                    "description": _("Your own key for the only photo of this call: sent again, it is kept once."),
                },
                "photos": _PHOTOS,
            },
            "required": ["client_key", "photos"],
        }
    },
    responses={200: answers(serializers.ReceiptSerializer, _("The photos are kept.")), **problems(400, 404, 413, 415)},
)
read_report = extend_schema(
    operation_id="reports_retrieve",
    summary=_("Read one report"),
    description=_(
        "What is public of it, with its steps. While nothing is released, only that it is being looked at, and since "
        "when."
    ),
    parameters=[_NUMBER],
    responses={
        200: answers(
            PolymorphicProxySerializer(
                component_name="ReportOrInReview",
                serializers=[serializers.DetailSerializer, serializers.InReviewSerializer],
                resource_type_field_name=None,
            ),
            _("The report, or that it is being looked at."),
        ),
        **problems(404),
    },
)
