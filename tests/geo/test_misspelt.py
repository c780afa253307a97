"""Two hundred misspelt street names among thousands: the right street is among the first five for 95 of 100."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.streets import names
from geo.folding import fold
from geo.models import Address, Municipality
from geo.names import Names
from geo.search import search
from tests.geo.conftest import at

QUERIES = [line.split("|") for line in (Path(__file__).parent / "misspelt.txt").read_text("utf-8").splitlines()]
SHARE = 0.95


def test_the_right_street_is_among_the_first_five(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    streets = dict.fromkeys([*(meant for _typed, meant in QUERIES), *names(4000)])
    Address.objects.bulk_create(
        Address(municipality=town, kind="street", label=name, folded=fold(name), point=at(8.2, 51.95))
        for name in streets
    )
    # Within a transaction, as tests are, nothing is kept: all names would be read again for every query.
    kept = Names([town.pk])
    monkeypatch.setattr("geo.search.names_of", lambda _municipality: kept)
    missed = [
        f"{typed} → {meant}"
        for typed, meant in QUERIES
        if meant not in [hit.label for hit in search(town, typed, limit=5)]
    ]
    assert len(QUERIES) >= 200
    assert len(missed) <= (1 - SHARE) * len(QUERIES), missed
