"""Addresses of the map's ground and of the search for places."""

from __future__ import annotations

from django.urls import path

from geo import views

app_name = "geo"
urlpatterns = [
    path("tiles/<int:z>/<int:x>/<int:y>.png", views.tile, name="tile"),
    path("karte/grund.json", views.base_layer, name="base_layer"),
    path("orte/", views.places, name="places"),
    path("orte/bei", views.place_at, name="place_at"),
]
