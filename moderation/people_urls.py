"""Addresses of who works on what and when: the narrow view, watching, absence."""

from django.urls import path

from moderation import absence_views, narrow_views, watch_views

urlpatterns = [
    path("abwesenheit/", absence_views.away, name="desk_absence"),
    path("abwesenheit/<int:pk>/ende/", absence_views.back, name="desk_absence_end"),
    path("vorgang/<int:pk>/kurz/", narrow_views.show, name="desk_narrow"),
    path("vorgang/<int:pk>/beobachten/", watch_views.toggle, name="desk_watch"),
]
