"""Addresses of the work list beside the list itself."""

from django.urls import path

from moderation import saved_views, views

urlpatterns = [
    path("stand.json", views.live, name="desk_live"),
    path("ansichten/", saved_views.manage, name="desk_views"),
    path("ansichten/speichern/", saved_views.save, name="desk_view_save"),
]
