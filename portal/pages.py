"""Addresses of the composition root."""

from django.urls import path

from portal import design, postbox, style

urlpatterns = [
    *style.urlpatterns,
    *postbox.urlpatterns,
    path("design/", design.page, name="design"),
]
