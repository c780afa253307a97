"""Addresses of the open case: photos, contact data, who is here."""

from django.urls import path

from moderation import looks_views, paper_views, presence_views, redaction_views

urlpatterns = [
    path("vorgang/<int:pk>/foto/<int:photo>/schwaerzen/", redaction_views.redact, name="desk_redact"),
    path("vorgang/<int:pk>/foto/<int:photo>/original/", redaction_views.original, name="desk_original"),
    path("vorgang/<int:pk>/drucken/", paper_views.paper, name="desk_paper"),
    path("vorgang/<int:pk>/hier/", presence_views.beat, name="desk_presence"),
    path("vorgang/<int:pk>/kontakt/", looks_views.contact, name="desk_contact"),
]
