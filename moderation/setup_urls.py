"""Addresses of the set-up and of the pages' texts."""

from django.urls import path

from moderation import embedding, mailbox, page_views, posters, setup_ideas, setup_patience, setup_people, setup_views

urlpatterns = [
    path("einrichtung/", setup_views.overview, name="setup"),
    path("einrichtung/name/", setup_views.name, name="setup_name"),
    path("einrichtung/aussehen/", setup_views.look, name="setup_look"),
    path("einrichtung/mail/", setup_views.mail, name="setup_mail"),
    path("einrichtung/stellen/", setup_people.units, name="setup_units"),
    path("einrichtung/stellen/neu/", setup_people.unit, name="setup_unit_new"),
    path("einrichtung/stellen/<int:pk>/", setup_people.unit, name="setup_unit"),
    path("einrichtung/stellen/<int:pk>/nutzen/", setup_people.switch, name="setup_unit_switch"),
    path("einrichtung/kategorien/", setup_people.categories, name="setup_categories"),
    path("einrichtung/personen/", setup_people.people, name="setup_people"),
    path("einrichtung/personen/neu/", setup_people.person, name="setup_person_new"),
    path("einrichtung/personen/<int:pk>/erinnern/", setup_people.remind, name="setup_person_remind"),
    path("einrichtung/personen/<int:pk>/entfernen/", setup_people.leave, name="setup_person_leave"),
    path("einrichtung/einbetten/", embedding.show, name="setup_embed"),
    path("einrichtung/posteingang/", mailbox.show, name="setup_intake"),
    path("einrichtung/ideen/", setup_ideas.show, name="setup_ideas"),
    path("einrichtung/erinnerungen/", setup_patience.show, name="setup_patience"),
    path("einrichtung/plakate/", posters.show, name="setup_posters"),
    path("einrichtung/weiter/<slug:step>/", setup_views.skip, name="setup_on"),
    path("seiten/", page_views.pages, name="desk_pages"),
    path("seiten/barrierefreiheit/erklaerung/", page_views.statement, name="desk_statement"),
    path("seiten/gebaerdensprache/video/", page_views.video, name="desk_video"),
    path("seiten/<slug:slug>/", page_views.page, name="desk_page"),
]
