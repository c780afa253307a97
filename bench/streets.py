"""Street names as German towns have them, as many as wanted and the same in every run."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from django.contrib.gis.geos import Point

from geo.rows import Row

KINDS = ("straße", "weg", "allee", "platz", "ring", "gasse", "pfad", "hof")
BEFORE = (
    ("Am", "berg"),
    ("An der", "wiese"),
    ("Auf dem", "feld"),
    ("Im", "winkel"),
    ("Zum", "grund"),
    ("Alte", "straße"),
)


def _words() -> dict[str, list[str]]:
    """The words of `streets.txt` by their group."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in (Path(__file__).parent / "streets.txt").read_text("utf-8").splitlines():
        group, _colon, words = line.partition(": ")
        found[group] += words.split()
    return found


def plain_words() -> list[str]:
    """Words of which names are made, as they begin a name ("Linden"), in the order of the list."""
    words = _words()
    return list(dict.fromkeys([*words["plain"], *words["nature"], *words["places"], *words["last"]]))


def names(count: int) -> list[str]:
    """So many names, the usual ones first, none twice; there are some 5,900."""
    words = _words()
    plain, nature = words["plain"], [*words["nature"], *words["plain"]]
    found: dict[str, None] = {}
    found.update(dict.fromkeys(f"{stem}{kind}" for stem, kind in product(nature, KINDS[:4])))
    found.update(dict.fromkeys(f"{last}{kind}" for last, kind in product(words["last"], KINDS[:3])))
    roads = ("Straße", "Weg", "Platz")
    found.update(dict.fromkeys(f"{place}er {kind}" for place, kind in product(words["places"], roads)))
    found.update(dict.fromkeys(f"{before} {stem}{kind}" for stem in plain for before, kind in BEFORE))
    found.update(dict.fromkeys(f"{first}-{last}-Straße" for last, first in product(words["last"], words["first"])))
    found.update(dict.fromkeys(f"{stem}{kind}" for stem, kind in product(nature, KINDS[4:])))
    return list(found)[:count]


def gazetteer(count: int, middle: Point) -> Iterator[Row]:
    """So many houses of streets that lie in a dense middle and ever looser around it."""
    chance = random.Random(6)
    streets = names(count)
    per_street = -(-count // len(streets))
    for at, street in enumerate(streets):
        lon, lat = chance.gauss(middle.x, 0.03), chance.gauss(middle.y, 0.02)
        code = f"{33400 + at % 20}"
        for number in range(1, min(per_street, count - at * per_street) + 1):
            place = Point(lon + number * 0.0002, lat + (number % 2) * 0.0001, srid=4326)
            yield Row(street=street, house_number=str(number), postcode=code, point=place)


def misspelt(name: str, chance: random.Random) -> str:
    """One letter left out, doubled, wrong or swapped."""
    at = chance.randrange(1, len(name) - 2)
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2:
        return name[:at] + chance.choice("aeinrst") + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
