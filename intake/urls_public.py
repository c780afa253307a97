"""The address in the mail to somebody whose mail became a draft."""

from django.urls import path

from intake import views

urlpatterns = [path("mail/<str:secret>/", views.open_draft, name="intake_draft")]
