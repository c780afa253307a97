"""Plain tables of places; imports nothing of ours."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

#: Official key of a German state (first two digits of the AGS) → (ISO 3166-2 subdivision, name).
#: The subdivision is what `holidays` wants.
STATES: Final[dict[str, tuple[str, str]]] = {
    "01": ("SH", "Schleswig-Holstein"),
    "02": ("HH", "Hamburg"),
    "03": ("NI", "Niedersachsen"),
    "04": ("HB", "Bremen"),
    "05": ("NW", "Nordrhein-Westfalen"),
    "06": ("HE", "Hessen"),
    "07": ("RP", "Rheinland-Pfalz"),
    "08": ("BW", "Baden-Württemberg"),
    "09": ("BY", "Bayern"),
    "10": ("SL", "Saarland"),
    "11": ("BE", "Berlin"),
    "12": ("BB", "Brandenburg"),
    "13": ("MV", "Mecklenburg-Vorpommern"),
    "14": ("SN", "Sachsen"),
    "15": ("ST", "Sachsen-Anhalt"),
    "16": ("TH", "Thüringen"),
}

#: Kinds of gazetteer entries, in the order a search prefers them.
KIND_STREET: Final = "street"
KIND_ADDRESS: Final = "address"
KIND_POI: Final = "poi"
KIND_DISTRICT: Final = "district"
KINDS: Final = [
    (KIND_STREET, _("Street")),
    (KIND_ADDRESS, _("Address")),
    (KIND_POI, _("Point of interest")),
    (KIND_DISTRICT, _("District")),
]

#: Monday to Friday, as `datetime.date.weekday()` counts.
WORKING_DAYS: Final = [0, 1, 2, 3, 4]

#: What must not lie for ever → working days until a reminder, and until the complaint management hears of it; 0: never.
#: Municipalities set their own (`Municipality.patience`).
PATIENCE: Final[dict[str, tuple[int, int]]] = {
    "accept": (2, 4),
    "answer": (3, 6),
    "release": (2, 4),
    "reason": (1, 3),
    "question": (10, 0),
    "forward": (10, 20),
}
PATIENCE_MAX: Final = 120

IDEA_DAYS = 90
"""Days an idea has to find its supporters, where a municipality names only how many it needs."""
