"""Titles of what happened to cases together or in other hands."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Entry
from cases.policy import Deed


def title(entry: Entry) -> str:
    """The title of an entry of this subject, "" for others and for what their data do not tell."""
    data = entry.data
    number = data.get("number")
    match Deed(entry.deed):
        case Deed.MERGED if number:
            return (_("Duplicate of %(number)s") if "original" in data else _("%(number)s merged into this case")) % {
                "number": number
            }
        case Deed.UNMERGED if number:
            return _("No longer merged with %(number)s") % {"number": number}
    return ""
