"""Places: municipalities, districts, streets and addresses, the grid, tiles."""

from __future__ import annotations

from importlib import import_module

# Before the first connection: SQLite loads SpatiaLite with its symbols for everybody, and shapely would then be tied to
# the system's GEOS instead of its own ("WKB output dimension must be 2 or 3").
import shapely  # noqa: F401
from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class GeoConfig(AppConfig):
    """App of places."""

    name = "geo"
    verbose_name = _("Places")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Look after connections, spatial indexes and what is kept in memory."""
        from geo import ground, middleware, names, patience, spatial_index, tile_area
        from geo.signals import gazetteer_changed

        import_module("geo.consumers")
        connection_created.connect(patience.restore)
        post_migrate.connect(spatial_index.repair_after_migrate, sender=self)
        post_migrate.connect(middleware.forget, sender=self, dispatch_uid="geo.middleware")
        for changed in (post_save, post_delete):
            changed.connect(middleware.forget, sender="geo.Municipality")
            changed.connect(ground.forget_of, sender="geo.Municipality")
            changed.connect(tile_area.forget, sender="geo.Municipality")
            changed.connect(names.entry_changed, sender="geo.Address")
            changed.connect(names.entry_changed, sender="geo.District")
        gazetteer_changed.connect(ground.forget_of)
