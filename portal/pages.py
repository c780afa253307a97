"""Addresses of the composition root."""

from django.urls import path

from pages import urls as pages
from portal import design, install, offline, postbox, start, style

urlpatterns = [
    path("", start.page, name="start"),
    *pages.urlpatterns,
    *style.urlpatterns,
    *offline.urlpatterns,
    *install.urlpatterns,
    *postbox.urlpatterns,
    path("design/", design.page, name="design"),
]
