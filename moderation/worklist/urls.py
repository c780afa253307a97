"""Addresses of the work list, of its saved views, and of what is done to many of its cases."""

from django.urls import path

from moderation.bulk import views as bulk_views
from moderation.exporting.views import export
from moderation.worklist import saved_views, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("stand.json", views.live, name="desk_live"),
    path("export/<slug:suffix>/", export, name="desk_export"),
    path("ansichten/", saved_views.manage, name="desk_views"),
    path("ansichten/speichern/", saved_views.save, name="desk_view_save"),
    path("sammeln/", bulk_views.choose, name="desk_bulk"),
    path("sammeln/<int:pk>/", bulk_views.progress, name="desk_bulk_progress"),
    path("sammeln/<int:pk>/angaben/", bulk_views.fill, name="desk_bulk_fill"),
    path("sammeln/<int:pk>/vorschau/", bulk_views.look, name="desk_bulk_look"),
    path("sammeln/<int:pk>/zurueck/", bulk_views.undo, name="desk_bulk_undo"),
]
