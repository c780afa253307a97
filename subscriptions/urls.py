"""Addresses of subscriptions."""

from django.urls import path

from subscriptions import views

urlpatterns = [
    path("abo/", views.subscribe, name="subscribe"),
    path("abo/bestaetigen/<str:token>/", views.confirm, name="subscription_confirm"),
    path("abo/verwalten/<str:token>/", views.manage, name="subscriptions"),
    path("abo/ende/<str:token>/<str:rhythm>/", views.stop, name="subscription_stop"),
]
