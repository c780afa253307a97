"""The shapes of the interface: what is written and read, and in words what each field means.

The words are the source of the schema and of the page `/api/docs/`; a field without a meaning fails a test.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField

from cases.policy import State
from geo.spatial import make_point
from reports.policy import ADDRESS_MAX, ASSET_MAX, TEXT_MAX, PhotoRule, Sort

S = TypeVar("S", bound=type[serializers.Serializer[Any]])
STATES = [state.value for state in State]
KINDS = [sort.value for sort in Sort]


def means(words: str | Promise) -> Callable[[S], S]:
    """What a shape is, in the reader's language (a docstring would stay English)."""

    def note(shape: S) -> S:
        set_override(shape, "description", words)
        return shape

    return note


@means(_("A released photo in three sizes, as WebP. The same address ending in .jpg gives a JPEG."))
class PictureSerializer(serializers.Serializer[Any]):
    """A released picture."""

    small = serializers.CharField(help_text=_("Address of the picture, long edge 400 px."))
    medium = serializers.CharField(help_text=_("Long edge 960 px."))
    large = serializers.CharField(help_text=_("Long edge 1600 px."))
    width = serializers.IntegerField(help_text=_("Width of the original in pixels."))
    height = serializers.IntegerField(help_text=_("Height of the original in pixels."))
    by_staff = serializers.BooleanField(help_text=_("The municipality took it, for example when it was settled."))


@means(_("What is public of a report. What is not released is empty or missing."))
class ReportSerializer(serializers.Serializer[Any]):
    """What is public of a report. `text` is empty while it is not released."""

    number = serializers.CharField(help_text=_("Number for talking about it, never used twice."))
    url = serializers.CharField(help_text=_("The public page."))
    municipality = serializers.CharField(help_text=_("Short name of the municipality it belongs to."))
    category = serializers.CharField(source="category_slug", help_text=_("Short name of the category."))
    category_name = serializers.CharField(source="category", help_text=_("Name of the category."))
    group = serializers.CharField(help_text=_("Name of the group the category stands in."))
    kind = serializers.ChoiceField(
        KINDS, source="sort", help_text=_("Defect, idea or praise. A complaint is never public.")
    )
    title = serializers.CharField(help_text=_("Category and place in one line."))
    text = serializers.CharField(help_text=_("What was written; empty while the text is not released."))
    address = serializers.CharField(help_text=_("The place in words; empty where there is none."))
    district = serializers.CharField(help_text=_("Name of the district; empty where there is none."))
    state = serializers.ChoiceField(STATES, help_text=_("The state, the same for every municipality."))
    state_label = serializers.CharField(source="label", help_text=_("The municipality's own word for the state."))
    state_since = serializers.DateTimeField(help_text=_("Since when it is in this state."))
    closed = serializers.BooleanField(help_text=_("Nothing more is to be done."))
    submitted_at = serializers.DateTimeField(help_text=_("When it was handed in."))
    changed_at = serializers.DateTimeField(help_text=_("When it last changed."))
    closed_at = serializers.DateTimeField(allow_null=True, help_text=_("When it was closed."))
    expected_on = serializers.DateField(allow_null=True, help_text=_("The day the municipality expects to be done."))
    unit = serializers.CharField(help_text=_("The unit in charge; empty while nobody is."))
    reporter = serializers.CharField(help_text=_("Name of the reporter, if they want it public; else empty."))
    supporters = serializers.IntegerField(help_text=_("How many people noticed it, too."))
    former_number = serializers.CharField(help_text=_("Number in a former system; empty for most."))
    photos = PictureSerializer(source="pictures", many=True, help_text=_("The released photos."))


_POINT: dict[str, Any] = {
    "type": "object",
    "nullable": True,
    "properties": {
        "type": {"type": "string", "enum": ["Point"], "description": _("Always “Point”.")},
        "coordinates": {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
            "description": _("Longitude and latitude in degrees."),
        },
    },
}


@extend_schema_field({**_POINT, "description": _("Where it is (WGS84); null for a report without a place.")})
class GeoPoint(GeometryField):  # type: ignore[misc]
    """A GeoJSON point, [longitude, latitude]."""


@means(_("A report as a GeoJSON feature (RFC 7946)."))
class FeatureSerializer(serializers.Serializer[Any]):
    """A report as a GeoJSON feature (RFC 7946, WGS84)."""

    type = serializers.CharField(help_text=_("Always “Feature”."))
    id = serializers.CharField(help_text=_("The number of the report."))
    geometry = GeoPoint(allow_null=True)
    properties = ReportSerializer(help_text=_("What is public of it."))


@means(_("A link."))
class LinkSerializer(serializers.Serializer[Any]):
    """A link of a page."""

    rel = serializers.CharField(help_text=_("“self” or “next”."))
    href = serializers.CharField(help_text=_("The address."))


@means(_("A page of reports as a GeoJSON collection, newest first."))
class PageSerializer(serializers.Serializer[Any]):
    """One page of reports, newest first. Follow `next` until it is null."""

    type = serializers.CharField(help_text=_("Always “FeatureCollection”."))
    features = FeatureSerializer(many=True, help_text=_("The reports."))
    next = serializers.CharField(allow_null=True, help_text=_("Address of the next page; null on the last one."))
    links = LinkSerializer(many=True, help_text=_("The same as links."))


@means(_("A public step of a report."))
class MomentSerializer(serializers.Serializer[Any]):
    """One public step of a report."""

    at = serializers.DateTimeField(help_text=_("When it happened."))
    state_label = serializers.CharField(
        source="label", help_text=_("The word for the new state; empty where it did not change.")
    )
    text = serializers.CharField(help_text=_("What the municipality wrote."))
    photos = PictureSerializer(source="pictures", many=True, help_text=_("Photos of this step."))


@means(_("A report with what happened to it, oldest first."))
class DetailSerializer(FeatureSerializer):
    """A report with its public timeline."""

    timeline = MomentSerializer(many=True, help_text=_("The public steps."))


@means(_("All that is said of a report of which nothing is released yet."))
class InReviewSerializer(serializers.Serializer[Any]):
    """All that is said of a report of which nothing is released."""

    number = serializers.CharField(help_text=_("The number of the report."))
    state = serializers.ChoiceField(choices=["in_review"], help_text=_("Always “in_review”."))
    since = serializers.DateTimeField(help_text=_("When it was handed in."))


@means(_("What can be reported, with the questions that belong to it."))
class CategorySerializer(serializers.Serializer[Any]):
    """A category with its questions."""

    slug = serializers.CharField(help_text=_("Short name, sent with a new report."))
    name = serializers.CharField(help_text=_("Name for people."))
    group = serializers.CharField(help_text=_("Name of the group it stands in."))
    kind = serializers.ChoiceField(KINDS, help_text=_("Defect, idea, praise or complaint."))
    icon = serializers.CharField(help_text=_("Name of the icon on our pages."))
    place_required = serializers.BooleanField(help_text=_("A report needs a point or an address."))
    photos = serializers.ChoiceField(
        [one.value for one in PhotoRule], help_text=_("Whether a report comes with photos: none, optional or required.")
    )
    danger = serializers.BooleanField(
        help_text=_("May be dangerous: tell people to ring the on-call number before they write.")
    )
    questions = serializers.ListField(
        child=serializers.DictField(),
        help_text=_(
            "Questions in order: slug, type, label, required and private always; help, options (value, label), min, "
            "max, max_length, pattern and when (its condition) where they are set."
        ),
    )


@extend_schema_field(_POINT)
class PointField(serializers.JSONField):
    """A GeoJSON point, [longitude, latitude] in WGS84 degrees."""

    def to_internal_value(self, data: Any) -> Any:
        """The point, or ValidationError."""
        value: Any = super().to_internal_value(data)
        try:
            if value["type"] != "Point":
                raise ValueError
            lon, lat = value["coordinates"][:2]
            if isinstance(lon, bool | str) or isinstance(lat, bool | str):
                raise TypeError
            return make_point(float(lon), float(lat))
        except (TypeError, KeyError, ValueError, IndexError, OverflowError, DjangoValidationError):
            raise serializers.ValidationError(
                gettext('Write a point as {"type": "Point", "coordinates": [longitude, latitude]}.')
            )


@means(_("Who reports. Everything may be left out where the municipality takes anonymous reports."))
class ContactSerializer(serializers.Serializer[Any]):
    """Who reports. Everything is optional where the municipality takes anonymous reports."""

    email = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=254,
        help_text=_("Gets a mail to confirm; without confirming it is deleted after three days."),
    )
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text=_("Name; never public by itself.")
    )
    phone = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text=_("For questions; never public.")
    )
    public_name = serializers.BooleanField(
        required=False, default=False, help_text=_("Show the name on the public page, once the mail is confirmed.")
    )


class KeyField(serializers.UUIDField):
    """A UUID as text: a number or `true` is nobody's own key."""

    def to_internal_value(self, data: Any) -> Any:
        """The UUID, or ValidationError."""
        if not isinstance(data, str | uuid.UUID):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


@means(_("A new report."))
class NewReportSerializer(serializers.Serializer[Any]):
    """A new report."""

    client_key = KeyField(
        help_text=_("Your own key for this report: sent again with it, the same report answers and none is added.")
    )
    municipality = serializers.SlugField(
        required=False, help_text=_("Short name of the municipality; without it that of the host name.")
    )
    category = serializers.SlugField(max_length=80, help_text=_("Short name of the category."))
    point = PointField(
        required=False, allow_null=True, help_text=_("Where it is (GeoJSON, WGS84), inside the boundary.")
    )
    address = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text=format_lazy(
            _("The place in words, instead of a point or besides it; at most {max} characters."), max=ADDRESS_MAX
        ),
    )
    asset = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=ASSET_MAX,
        help_text=_("The thing it is about, as its label names it."),
    )
    text = serializers.CharField(
        help_text=format_lazy(
            _("What there is to tell, without names and number plates; at most {max} characters."), max=TEXT_MAX
        )
    )
    photos_follow = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=20,
        help_text=_("How many photos follow in calls of their own; needed where the category requires photos."),
    )
    contact = ContactSerializer(required=False, allow_null=True, help_text=_("Who reports."))
    answers = serializers.DictField(
        required=False, allow_null=True, help_text=_("Answers to the questions of the category, by their slug.")
    )


@means(_("What the sender gets."))
class ReceiptSerializer(serializers.Serializer[Any]):
    """What the sender gets: keep `own_url`, it opens the reporter's own page; `receipt_url` says what happens next."""

    number = serializers.CharField(help_text=_("Number for talking about it."))
    state = serializers.ChoiceField(STATES, help_text=_("The state, new at first."))
    url = serializers.CharField(help_text=_("The public page, once something is released."))
    own_url = serializers.CharField(help_text=_("The reporter's own page. Secret: hand it to the reporter alone."))
    receipt_url = serializers.CharField(
        help_text=_("The receipt: what happens next, printable. Secret like the own page.")
    )


@means(_("An error, in the language of the request."))
class ProblemSerializer(serializers.Serializer[Any]):
    """An error. `number` comes with a 409: the report that the key made before."""

    status = serializers.IntegerField(help_text=_("The status of the answer."))
    detail = serializers.CharField(help_text=_("What is wrong, for people."))
    number = serializers.CharField(
        required=False, help_text=_("With 409: number of the report that the key has made before.")
    )
    challenge = serializers.DictField(
        required=False, help_text=_("With 429: what to solve, as algorithm, challenge, maxNumber, salt and signature.")
    )
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("Messages by the name of the field (contact.email, answers.size …)."),
    )
