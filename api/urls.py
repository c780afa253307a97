"""Addresses for programs."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from api import docs, views

urlpatterns = [
    path("v1/reports/", views.Reports.as_view(), name="api_reports"),
    path("v1/reports/<str:number>/", views.OneReport.as_view(), name="api_report"),
    path("v1/reports/<str:number>/photos/", views.Photos.as_view(), name="api_photos"),
    path("v1/categories/", views.Categories.as_view(), name="api_categories"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", docs.page, name="api_docs"),
    re_path(r"^.*$", views.Nothing.as_view()),
]
