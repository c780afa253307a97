"""Addresses of cases together."""

from django.urls import path

from moderation import compare_views

urlpatterns = [
    path("vorgang/<int:pk>/vergleich/<int:other>/", compare_views.compare, name="desk_compare"),
]
