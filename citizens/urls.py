"""Addresses of "Meine Meldungen"."""

from django.urls import path

from citizens import passkey_views, views

urlpatterns = [
    path("meine-meldungen/", views.show, name="my_reports"),
    path("meine-meldungen/oeffnen/<str:token>/", views.open_link, name="my_reports_open"),
    path("meine-meldungen/passkey/", passkey_views.open_page, name="my_reports_passkey"),
    path("meine-meldungen/passkey/neu/", passkey_views.add, name="my_reports_passkey_add"),
    path("meine-meldungen/beenden/", views.stop, name="my_reports_stop"),
    path("meine-meldungen/loeschen/", views.delete_all, name="my_reports_delete"),
    path("meine-meldungen/abmelden/", views.log_out, name="my_reports_close"),
]
