"""Addresses of the desk."""

from django.urls import include, path

from moderation import absence, entry, handbook

urlpatterns = [
    path("", include("moderation.worklist.urls")),
    path("vorgang/<int:pk>/", include("moderation.case.urls")),
    path("neu/", entry.new, name="desk_new"),
    path("neu/nah/", entry.near, name="desk_near"),
    path("abwesenheit/", absence.away, name="desk_absence"),
    path("abwesenheit/<int:pk>/ende/", absence.back, name="desk_absence_end"),
    path("zahlen/", include("moderation.numbers.urls")),
    path("planung/", include("moderation.planning.urls")),
    path("handbuch/", handbook.show, name="handbook"),
    path("handbuch/bilder/<slug:name>.png", handbook.picture, name="handbook_picture"),
    path("handbuch/<slug:slug>/", handbook.show, name="handbook_page"),
    path("datenschutz/", include("moderation.duties.urls")),
    path("einrichtung/", include("moderation.rules.urls")),
    path("", include("moderation.rules.category_urls")),
    path("", include("moderation.setup.urls")),
]
