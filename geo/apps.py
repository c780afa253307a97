"""Places: municipalities, districts, streets and addresses, the grid, tiles."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GeoConfig(AppConfig):
    """App of places."""

    name = "geo"
    verbose_name = _("Places")
    default_auto_field = "django.db.models.BigAutoField"
