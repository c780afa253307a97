"""Columns that triggers of the database keep: a verb that saves a case leaves them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F

if TYPE_CHECKING:
    Number = models.IntegerField[int, int]
else:
    Number = models.IntegerField


class KeptField(Number):
    """A number that only the database's triggers change (see reports.attention); saving writes what is there."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """0 for a new row; for an old one what the row holds, which may be newer than what was read."""
        return 0 if add else F(self.attname)
