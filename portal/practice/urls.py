"""Addresses of practising."""

from django.urls import path

from portal.practice import views

urlpatterns = [
    path("", views.show, name="practice"),
    path("anfangen/", views.start, name="practice_start"),
    path("aufraeumen/", views.end, name="practice_end"),
]
