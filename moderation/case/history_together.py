"""Titles of what happened to cases together or in other hands."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Entry
from cases.policy import Deed


def title(entry: Entry) -> str:
    """The title of an entry of this subject, "" for others and for what their data do not tell."""
    data = entry.data
    number, name = data.get("number"), data.get("name")
    match Deed(entry.deed):
        case Deed.MERGED if number:
            return (_("Duplicate of %(number)s") if "original" in data else _("%(number)s merged into this case")) % {
                "number": number
            }
        case Deed.UNMERGED if number:
            return _("No longer merged with %(number)s") % {"number": number}
        case Deed.FORWARDED if name and data.get("reminder"):
            return _("Reminded: %(name)s") % {"name": name}
        case Deed.FORWARDED if name and data.get("again"):
            return _("New link sent to %(name)s") % {"name": name}
        case Deed.FORWARDED if name:
            return _("Forwarded to %(name)s") % {"name": name}
        case Deed.FORWARD_ANSWERED if data.get("accepted"):
            return _("The outside body takes care of it")
        case Deed.FORWARD_ENDED if data.get("handed_back"):
            return _("Handed back by the outside body")
        case Deed.FORWARD_ENDED if name:
            return _("Taken back from %(name)s") % {"name": name}
        case Deed.SPLIT if data.get("numbers"):
            return _("Split: %(numbers)s") % {"numbers": ", ".join(data["numbers"])}
        case Deed.SUBMITTED if data.get("part_of") and number:
            return _("Part of %(number)s") % {"number": number}
        case Deed.HANDED_OVER if data.get("town"):
            return _("Handed over: %(before)s → %(after)s") % {"before": data.get("town_before"), "after": data["town"]}
    return ""
