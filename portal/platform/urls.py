"""Addresses of the municipalities' page."""

from django.urls import path

from portal.platform import views

urlpatterns = [
    path("", views.overview, name="platform"),
    path("<slug:slug>/", views.town, name="platform_town"),
    path("<slug:slug>/verlassen/", views.leave, name="platform_leave"),
    path("<slug:slug>/bleiben/", views.stay, name="platform_stay"),
    path("<slug:slug>/offen/", views.switch, name="platform_switch"),
]
