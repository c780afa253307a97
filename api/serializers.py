"""The shapes of the interface, for reading and for the documentation."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField

from geo.spatial import make_point


class PictureSerializer(serializers.Serializer[Any]):
    """A released picture in three sizes (long edge 400, 960, 1600 px)."""

    small = serializers.CharField()
    medium = serializers.CharField()
    large = serializers.CharField()
    width = serializers.IntegerField(help_text="Pixels of the original.")
    height = serializers.IntegerField()
    by_staff = serializers.BooleanField()


class ReportSerializer(serializers.Serializer[Any]):
    """What is public of a report. `text` is empty while it is not released."""

    number = serializers.CharField()
    url = serializers.CharField(help_text="Public page.")
    municipality = serializers.CharField()
    category = serializers.CharField(source="category_slug")
    category_name = serializers.CharField(source="category")
    group = serializers.CharField()
    kind = serializers.CharField(source="sort")
    title = serializers.CharField()
    text = serializers.CharField()
    address = serializers.CharField()
    district = serializers.CharField()
    state = serializers.CharField(help_text="new, open, waiting, done, rejected or withdrawn.")
    state_label = serializers.CharField(source="label", help_text="The municipality's word for the state.")
    state_since = serializers.DateTimeField()
    closed = serializers.BooleanField()
    submitted_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    expected_on = serializers.DateField(allow_null=True)
    unit = serializers.CharField()
    reporter = serializers.CharField()
    supporters = serializers.IntegerField()
    former_number = serializers.CharField()
    photos = PictureSerializer(source="pictures", many=True)


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
    }
)
class GeoPoint(GeometryField):  # type: ignore[misc]
    """A GeoJSON point, [longitude, latitude]."""


class FeatureSerializer(serializers.Serializer[Any]):
    """A report as a GeoJSON feature (RFC 7946, WGS84)."""

    type = serializers.CharField(help_text="Feature.")
    id = serializers.CharField()
    geometry = GeoPoint(allow_null=True)
    properties = ReportSerializer()


class LinkSerializer(serializers.Serializer[Any]):
    """A link of a page."""

    rel = serializers.CharField()
    href = serializers.CharField()


class PageSerializer(serializers.Serializer[Any]):
    """One page of reports, newest first. Follow `next` until it is null."""

    type = serializers.CharField(help_text="FeatureCollection.")
    features = FeatureSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    links = LinkSerializer(many=True)


class MomentSerializer(serializers.Serializer[Any]):
    """One public step of a report."""

    at = serializers.DateTimeField()
    state_label = serializers.CharField(source="label")
    text = serializers.CharField()
    photos = PictureSerializer(source="pictures", many=True)


class DetailSerializer(FeatureSerializer):
    """A report with its public timeline."""

    timeline = MomentSerializer(many=True)


class InReviewSerializer(serializers.Serializer[Any]):
    """All that is said of a report of which nothing is released."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=["in_review"])
    since = serializers.DateTimeField()


class CategorySerializer(serializers.Serializer[Any]):
    """A category with its questions."""

    slug = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    kind = serializers.CharField()
    icon = serializers.CharField()
    place_required = serializers.BooleanField()
    danger = serializers.BooleanField()
    questions = serializers.ListField(child=serializers.DictField())


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
                _('Write a point as {"type": "Point", "coordinates": [longitude, latitude]}.')
            )


class ContactSerializer(serializers.Serializer[Any]):
    """Who reports. Everything is optional where the municipality takes anonymous reports."""

    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    public_name = serializers.BooleanField(required=False, default=False)


class KeyField(serializers.UUIDField):
    """A UUID as text: a number or `true` is nobody's own key."""

    def to_internal_value(self, data: Any) -> Any:
        """The UUID, or ValidationError."""
        if not isinstance(data, str | uuid.UUID):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class NewReportSerializer(serializers.Serializer[Any]):
    """A new report."""

    client_key = KeyField(help_text="Your own key: the same key again is the same report.")
    municipality = serializers.SlugField(required=False, help_text="Without it the municipality of the host.")
    category = serializers.SlugField(max_length=80)
    point = PointField(required=False, allow_null=True)
    address = serializers.CharField(required=False, allow_blank=True)
    text = serializers.CharField()
    contact = ContactSerializer(required=False, allow_null=True)
    answers = serializers.DictField(required=False, allow_null=True)


class ReceiptSerializer(serializers.Serializer[Any]):
    """What the sender gets: keep `own_url`, it opens the reporter's own page; `receipt_url` says what happens next."""

    number = serializers.CharField()
    state = serializers.CharField()
    url = serializers.CharField()
    own_url = serializers.CharField()
    receipt_url = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error. `number` comes with a 409: the report that the key made before."""

    status = serializers.IntegerField()
    detail = serializers.CharField()
    number = serializers.CharField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
