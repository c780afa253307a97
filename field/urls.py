"""Addresses of the field view, below `/aussendienst/`."""

from django.urls import path

from field import api_views, entry_views, views

urlpatterns = [
    path("", views.shell, name="field"),
    path("anmelden/", entry_views.sign_in, name="field_login"),
    path("telefon/<str:code>/", entry_views.enrol, name="field_enrol"),
    path("abmelden/", entry_views.sign_out, name="field_logout"),
    path("api/tag/", api_views.today, name="field_day"),
    path("api/foto/", api_views.photo, name="field_photo"),
    path("api/eintrag/", api_views.entry, name="field_entry"),
    path("api/meldung/", api_views.report, name="field_report"),
    path("api/umgebung/", api_views.around, name="field_around"),
    path("api/ich/", api_views.me, name="field_me"),
    path("api/stand/", api_views.heartbeat, name="field_heartbeat"),
]
