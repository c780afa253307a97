"""Addresses of the administration of categories and their questions."""

from django.urls import path

from moderation.rules import categories, category, questions
from moderation.setup import people

urlpatterns = [
    path("einrichtung/kategorien/", categories.show, name="setup_categories"),
    path("einrichtung/kategorien/auf-einmal/", people.categories, name="setup_categories_quick"),
    path("einrichtung/kategorien/neu/", category.new, name="rules_category_new"),
    path("einrichtung/kategorien/gruppe/neu/", category.group, name="rules_group_new"),
    path("einrichtung/kategorien/gruppe/<slug:slug>/", category.group, name="rules_group"),
    path("einrichtung/kategorien/zeile/<slug:slug>/", category.edit, name="rules_category"),
    path("einrichtung/kategorien/zeile/<slug:slug>/zurueck/", category.back, name="rules_category_back"),
    path("einrichtung/kategorien/zeile/<slug:slug>/fragen/", questions.show, name="rules_questions"),
    path("einrichtung/kategorien/zeile/<slug:slug>/fragen/neu/", questions.edit, name="rules_question_new"),
    path("einrichtung/kategorien/zeile/<slug:slug>/fragen/<slug:name>/", questions.edit, name="rules_question"),
]
