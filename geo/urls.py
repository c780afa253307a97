"""Addresses of the map's ground and of the search for places."""

from __future__ import annotations

from django.urls import path

from geo import arms, views
from geo.proof import asking

app_name = "geo"
urlpatterns = [
    path("tiles/<int:z>/<int:x>/<int:y>.png", views.tile, name="tile"),
    path("karte/<slug:slug>.pmtiles", views.archive, name="archive"),
    path("karte/grund.json", views.base_layer, name="base_layer"),
    path("wappen/<str:name>.png", arms.show, name="arms"),
    path("schutz/<slug:purpose>/", asking.challenge, name="proof"),
    path("orte/", views.places, name="places"),
    path("orte/bei", views.place_at, name="place_at"),
]
