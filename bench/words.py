"""German texts of reports out of word lists: many words that nearly every report has, and some that hardly any has.

The words of `RARE` follow Zipf's law, so a search for one of them finds a tenth of all reports or one in a million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.streets import plain_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

THINGS = (
    "Das Schlagloch", "Die Laterne", "Der Gehweg", "Der Baum", "Der Müllhaufen", "Das Verkehrsschild", "Die Brücke",
    "Die Hecke", "Der Papierkorb", "Die Sitzbank", "Der Spielplatz", "Die Ampel", "Der Gully", "Der Radweg",
    "Das Geländer", "Die Bushaltestelle", "Der Altglascontainer", "Die Schaukel", "Der Poller", "Die Treppe",
    "Das Straßenschild", "Der Brunnen", "Die Mauer", "Das Fahrrad", "Der Bordstein", "Die Straße", "Der Zaun",
    "Die Wiese", "Der Graben", "Die Unterführung",
)  # fmt: skip
TROUBLES = (
    "ist seit einigen Tagen kaputt", "ist gefährlich geworden", "ist völlig verschmutzt", "wackelt stark",
    "ist zugewachsen", "leuchtet nicht mehr", "ist mit Farbe beschmiert", "wurde wohl umgefahren", "ist verstopft",
    "fehlt seit letzter Woche", "ist nach dem Regen überschwemmt", "hat einen tiefen Riss", "liegt voller Scherben",
    "ist kaum noch zu erkennen", "steht schief", "ist überfüllt",
)  # fmt: skip
WISHES = (
    "Bitte sehen Sie sich das einmal an.", "Für Kinder auf dem Weg zur Schule ist das gefährlich.",
    "Mit dem Rollstuhl kommt man hier nicht vorbei.", "Ich habe das schon vor Wochen telefonisch gemeldet.",
    "Vielen Dank für Ihre Mühe!", "Abends sieht man dort nichts.", "Meine Nachbarn ärgern sich auch darüber.",
    "Ein Foto habe ich beigefügt.", "Wann wird das gemacht?", "Es stinkt fürchterlich.",
    "Radfahrer müssen auf die Fahrbahn ausweichen.", "Gestern wäre fast jemand gestürzt.",
    "Das sieht wirklich nicht schön aus.", "Wer ist dafür zuständig?", "Bitte kurze Rückmeldung.", "Danke.",
)  # fmt: skip
BESIDE = (
    "neben", "gegenüber von", "vor", "hinter", "in der Nähe von", "an der Ecke bei", "kurz nach",
    "zwischen der Schule und",
)  # fmt: skip
ENDINGS = ("kasten", "haus", "tor", "mast", "stein", "rinne", "schacht", "zaun", "laden", "garten", "bude", "werk")


def rare_words() -> list[str]:
    """Some 3,000 compounds, the first ones the frequent ones."""
    return [f"{stem}{ending}" for ending in ENDINGS for stem in plain_words()]


def texts(chance: np.random.Generator, streets: NDArray[Any]) -> NDArray[Any]:
    """One text for each name of a street: what, where, beside what, and one or two wishes; 80 to 250 characters."""
    size = len(streets)

    def some(words: tuple[str, ...] | list[str], skew: float = 1.0) -> NDArray[Any]:
        at = (chance.random(size) ** skew * len(words)).astype(np.int64)
        return np.array(words, dtype=object)[at]

    rare = rare_words()
    at = np.minimum(chance.zipf(1.25, size) - 1, len(rare) - 1)
    beside = np.array(rare, dtype=object)[at]
    head = some(THINGS, 1.6) + " " + some(TROUBLES) + ". Es ist in der Straße " + streets + ", "
    tail = some(BESIDE) + " dem " + beside + ". " + some(WISHES)
    more = np.where(chance.random(size) < 0.6, " " + some(WISHES), "")
    return np.asarray(head + tail + more)
