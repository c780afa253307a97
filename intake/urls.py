"""Addresses of the desk's incoming mails."""

from django.urls import path

from intake import desk

urlpatterns = [
    path("", desk.index, name="intake"),
    path("<int:pk>/", desk.show, name="intake_mail"),
    path("<int:pk>/bild/<str:key>/", desk.picture, name="intake_picture"),
    path("<int:pk>/quelltext/", desk.source, name="intake_source"),
    path("<int:pk>/uebernehmen/", desk.take_over, name="intake_take"),
    path("<int:pk>/antworten/", desk.answer, name="intake_answer"),
    path("<int:pk>/erledigt/", desk.close, name="intake_close"),
]
