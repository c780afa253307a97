"""What one writes first: a section of the map as GeoJSON by the serializer of djangorestframework-gis, row by row.

The rival of `map-mid`, served by gunicorn out of this module alone, without any middleware of ours.
"""

from __future__ import annotations

import os
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()
settings.ROOT_URLCONF = "bench.naive"
settings.MIDDLEWARE = []

from django.contrib.gis.geos import Polygon  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_gis.serializers import GeoFeatureModelSerializer  # noqa: E402

from cases.models import Case  # noqa: E402


class Naive(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A report as the serializer makes it."""

    class Meta:
        model = Case
        geo_field = "point"
        fields = ("number", "state", "topic", "submitted_at")


class Section(APIView):
    """All public reports of a section, `most` of them at most."""

    def get(self, request: Request) -> Response:
        """The section as GeoJSON."""
        frame = Polygon.from_bbox([float(one) for one in request.GET["bbox"].split(",")])
        frame.srid = 4326
        rows = Case.objects.public().filter(point__within=frame)[: int(request.GET["most"])]
        return Response(Naive(rows, many=True).data)


urlpatterns = [path("", Section.as_view())]


def application() -> Any:
    """What gunicorn serves."""
    return get_wsgi_application()
