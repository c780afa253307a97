"""Addresses of the planning page."""

from django.urls import path

from moderation.planning import paper, phones, views

urlpatterns = [
    path("", views.board, name="desk_planning"),
    path("einplanen/", views.do, name="desk_planning_do"),
    path("telefone/", phones.listed, name="desk_phones"),
    path("telefone/<int:pk>/", phones.deed, name="desk_phone"),
    path("telefone/<int:pk>/code/", phones.code, name="desk_phone_code"),
    path("<int:team>/reihenfolge/", views.order, name="desk_planning_order"),
    path("<int:team>/<slug:day>/", paper.day_list, name="desk_day_list"),
]
