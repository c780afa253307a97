"""Addresses of the operations page."""

from django.urls import path

from portal.watch import page

urlpatterns = [
    path("", page.show, name="operations"),
    path("mails/", page.mails, name="operations_mails"),
    path("auftraege/", page.jobs, name="operations_jobs"),
]
