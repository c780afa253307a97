"""Addresses of the composition root."""

from django.urls import path

from portal import design, style

urlpatterns = [
    *style.urlpatterns,
    path("design/", design.page, name="design"),
]
