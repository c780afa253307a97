"""Addresses of the composition root."""

from django.urls import path

from portal import design, legal, postbox, start, style

urlpatterns = [
    path("", start.page, name="start"),
    path("impressum/", legal.page("imprint"), name="imprint"),
    path("datenschutz/", legal.page("privacy"), name="privacy"),
    path("barrierefreiheit/", legal.page("accessibility"), name="accessibility"),
    path("kontakt/", legal.page("contact"), name="contact"),
    *style.urlpatterns,
    *postbox.urlpatterns,
    path("design/", design.page, name="design"),
]
