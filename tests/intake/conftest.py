"""The town reads mail; nothing reaches a broker."""

from __future__ import annotations

import pytest

from geo.models import Municipality
from tests.conftest import Town

ADDRESS = "melder@stadt.example"


@pytest.fixture
def mailtown(town: Town) -> Town:
    """Harsewinkel with an address for reports by mail."""
    Municipality.objects.filter(pk=town.municipality.pk).update(intake_address=ADDRESS)
    town.municipality.refresh_from_db()
    return town
