"""Addresses of the rules as a file."""

from django.urls import path

from moderation.transfer import views

urlpatterns = [
    path("", views.show, name="setup_rules"),
    path("datei/", views.download, name="setup_rules_file"),
]
