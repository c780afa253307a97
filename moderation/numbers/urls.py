"""Addresses of the figures."""

from django.urls import path

from moderation.numbers import views

urlpatterns = [
    path("", views.show, name="numbers"),
    path("monatsbericht/", views.monthly, name="numbers_monthly"),
]
