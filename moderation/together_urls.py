"""Addresses of cases together, and of taking a report."""

from django.urls import path

from moderation import compare_views, entry_views

urlpatterns = [
    path("neu/", entry_views.new, name="desk_new"),
    path("neu/nah/", entry_views.near, name="desk_near"),
    path("vorgang/<int:pk>/vergleich/<int:other>/", compare_views.compare, name="desk_compare"),
]
