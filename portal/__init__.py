"""The composition root: settings, urls, middleware, start page and demo. Nothing imports this package."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
