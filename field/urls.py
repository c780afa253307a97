"""Addresses of the field view, below `/aussendienst/`."""

from django.urls import path

from field import views

urlpatterns = [
    path("", views.shell, name="field"),
]
