"""Addresses of the set-up and of the pages' texts."""

from django.urls import path

from moderation.setup import directory, embedding, ideas, mailbox, page_views, patience, people, posters, views

urlpatterns = [
    path("einrichtung/", views.overview, name="setup"),
    path("einrichtung/name/", views.name, name="setup_name"),
    path("einrichtung/aussehen/", views.look, name="setup_look"),
    path("einrichtung/mail/", views.mail, name="setup_mail"),
    path("einrichtung/stellen/", people.units, name="setup_units"),
    path("einrichtung/stellen/neu/", people.unit, name="setup_unit_new"),
    path("einrichtung/stellen/<int:pk>/", people.unit, name="setup_unit"),
    path("einrichtung/stellen/<int:pk>/nutzen/", people.switch, name="setup_unit_switch"),
    path("einrichtung/kategorien/", people.categories, name="setup_categories"),
    path("einrichtung/personen/", people.people, name="setup_people"),
    path("einrichtung/personen/neu/", people.person, name="setup_person_new"),
    path("einrichtung/personen/<int:pk>/erinnern/", people.remind, name="setup_person_remind"),
    path("einrichtung/personen/<int:pk>/entfernen/", people.leave, name="setup_person_leave"),
    path("einrichtung/einbetten/", embedding.show, name="setup_embed"),
    path("einrichtung/posteingang/", mailbox.show, name="setup_intake"),
    path("einrichtung/anmeldung/", directory.show, name="setup_directory"),
    path("einrichtung/anmeldung/<int:pk>/loesen/", directory.let_go, name="setup_directory_let_go"),
    path("einrichtung/ideen/", ideas.show, name="setup_ideas"),
    path("einrichtung/erinnerungen/", patience.show, name="setup_patience"),
    path("einrichtung/plakate/", posters.show, name="setup_posters"),
    path("einrichtung/weiter/<slug:step>/", views.skip, name="setup_on"),
    path("seiten/", page_views.pages, name="desk_pages"),
    path("seiten/barrierefreiheit/erklaerung/", page_views.statement, name="desk_statement"),
    path("seiten/gebaerdensprache/video/", page_views.video, name="desk_video"),
    path("seiten/<slug:slug>/", page_views.page, name="desk_page"),
]
