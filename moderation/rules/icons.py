"""The icons a category can have (symbols of static/icons/sprite.svg) and what they show, in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ICONS: Final[dict[str, Any]] = {
    "pin": _("Pin"),
    "trash": _("Rubbish"),
    "rubble": _("Rubble"),
    "container": _("Recycling container"),
    "broom": _("Broom"),
    "dog": _("Dog"),
    "bike": _("Bicycle"),
    "car-wreck": _("Car wreck"),
    "animal": _("Animal"),
    "road": _("Road"),
    "pothole": _("Pothole"),
    "pavement": _("Pavement"),
    "bollard": _("Bollard"),
    "marking": _("Road marking"),
    "bridge": _("Bridge"),
    "construction": _("Building site"),
    "lamp": _("Street lamp"),
    "traffic-light": _("Traffic light"),
    "sign": _("Road sign"),
    "parking": _("Parking"),
    "drain": _("Drain"),
    "water": _("Water"),
    "flood": _("Flood"),
    "tree": _("Tree"),
    "hedge": _("Hedge"),
    "caterpillar": _("Caterpillar"),
    "playground": _("Playground"),
    "sport": _("Sport"),
    "bench": _("Bench"),
    "fountain": _("Fountain"),
    "toilet": _("Toilet"),
    "cemetery": _("Cemetery"),
    "bus": _("Bus stop"),
    "graffiti": _("Graffiti"),
    "vandalism": _("Vandalism"),
    "snow": _("Snow"),
    "sun": pgettext_lazy("weather", "Sun"),
    "order": _("Public order"),
    "noise": _("Noise"),
    "home": _("House"),
    "accessibility": _("Accessibility"),
    "idea": _("Idea"),
    "praise": _("Praise"),
    "complaint": _("Complaint"),
    "question": _("Question"),
    "flag": _("Flag"),
    "other": _("Something else"),
}
