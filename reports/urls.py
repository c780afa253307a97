"""Addresses of reports for citizens."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls_flow")),
    path("", include("reports.urls_pages")),
]
