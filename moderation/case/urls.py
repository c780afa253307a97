"""Addresses of the open case: its page, photos, paper, contact data, who is here, and the narrow view."""

from django.urls import path

from moderation.case import (
    compare_views,
    looks_views,
    narrow_views,
    paper_views,
    presence_views,
    redaction_views,
    views,
    watch_views,
)

urlpatterns = [
    path("", views.show, name="desk_case"),
    path("foto/<int:photo>/schwaerzen/", redaction_views.redact, name="desk_redact"),
    path("foto/<int:photo>/original/", redaction_views.original, name="desk_original"),
    path("drucken/", paper_views.paper, name="desk_paper"),
    path("hier/", presence_views.beat, name="desk_presence"),
    path("kontakt/", looks_views.contact, name="desk_contact"),
    path("kurz/", narrow_views.show, name="desk_narrow"),
    path("beobachten/", watch_views.toggle, name="desk_watch"),
    path("vergleich/<int:other>/", compare_views.compare, name="desk_compare"),
    path("<slug:name>/", views.do, name="desk_deed"),
]
