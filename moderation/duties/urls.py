"""Addresses of the duties."""

from django.urls import path

from moderation.duties import views

urlpatterns = [
    path("", views.overview, name="duties"),
    path("fristen/", views.terms, name="duties_terms"),
    path("fristen/<int:topic>/", views.terms, name="duties_terms_topic"),
    path("person/", views.person, name="duties_person"),
    path("person/loeschen/", views.forget, name="duties_forget"),
    path("verzeichnis/", views.record, name="duties_record"),
]
