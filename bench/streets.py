"""Street names as German towns have them, as many as wanted and the same in every run."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from pathlib import Path

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
