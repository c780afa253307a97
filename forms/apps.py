"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormsConfig(AppConfig):
    """The form engine. Its label differs from its package because `django.forms` owns "forms"."""

    name = "forms"
    label = "form_engine"
    verbose_name = _("Forms")
    default_auto_field = "django.db.models.BigAutoField"
