"""Addresses of the desk."""

from django.urls import include, path

from moderation import case_views, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("vorgang/<int:pk>/", case_views.show, name="desk_case"),
    path("", include("moderation.people_urls")),
    path("", include("moderation.case_urls")),
    path("vorgang/<int:pk>/<slug:name>/", case_views.do, name="desk_deed"),
    path("", include("moderation.worklist_urls")),
    path("datenschutz/", include("moderation.duties.urls")),
    path("", include("moderation.together_urls")),
    path("", include("moderation.setup_urls")),
]
