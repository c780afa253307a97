"""Addresses of the pages."""

from django.urls import path

from pages import views
from pages.policy import ABOUT

urlpatterns = [
    *(path(f"{about.path}/", views.page(key), name=key.value) for key, about in ABOUT.items()),
    path("gebaerdensprache/video/<str:name>", views.sign_video, name="sign_video"),
]
