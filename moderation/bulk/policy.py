"""Which deeds can be done to many cases at once, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class BulkDeed:
    """A deed of the desk that many cases can share."""

    name: str
    """Its name among the deeds of the desk."""
    label: Any
    fields: tuple[str, ...]
    """What is filled in once for all."""
    undo: bool = False
    """Whether it can be taken back while nothing was sent."""


DEEDS = (
    BulkDeed("zuweisen", _("Assign"), ("unit", "assignee"), undo=True),
    BulkDeed("status", _("Set state"), ("stage", "text", "expected_on")),
    BulkDeed("kategorie", _("Change the category"), ("category",), undo=True),
    BulkDeed("mitteilung", _("Write a public update"), ("text",)),
    BulkDeed("nachricht", _("Write to the reporters"), ("text",)),
    BulkDeed("freigeben", _("Release texts"), ()),
)
BY_NAME = {deed.name: deed for deed in DEEDS}
MOST = 300
"""So many cases at once at most: a preview tries each of them."""
