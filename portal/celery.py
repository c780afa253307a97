"""The Celery application: a runner without memory. What is due stands in tables (see outbox)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("anliegen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
