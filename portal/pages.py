"""Addresses of the composition root."""

from django.urls import path

from pages import urls as pages
from portal import crew, design, install, offline, postbox, start, style

translated = [path("", start.page, name="start"), *pages.urlpatterns]
"""Pages that exist once per language."""

plain = [
    *style.urlpatterns,
    *offline.urlpatterns,
    *crew.urlpatterns,
    *install.urlpatterns,
    *postbox.urlpatterns,
    path("design/", design.page, name="design"),
]
"""Files and pages with one address."""
