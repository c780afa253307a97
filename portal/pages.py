"""Addresses of the composition root."""

urlpatterns: list = []
