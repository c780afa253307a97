"""Addresses of the report flow."""

urlpatterns: list = []
