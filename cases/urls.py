"""Addresses that belong to every kind of case: files."""

from django.urls import path

from cases import views

urlpatterns = [
    path("bild/<str:name>/<str:variant>.<str:suffix>", views.picture, name="picture"),
    path("datei/<str:key>/<str:variant>.<str:suffix>", views.internal_picture, name="internal_picture"),
]
