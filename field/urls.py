"""Addresses of the field view, below `/aussendienst/`."""

from django.urls import path

from field import entry_views, views

urlpatterns = [
    path("", views.shell, name="field"),
    path("anmelden/", entry_views.sign_in, name="field_login"),
    path("telefon/<str:code>/", entry_views.enrol, name="field_enrol"),
    path("abmelden/", entry_views.sign_out, name="field_logout"),
]
