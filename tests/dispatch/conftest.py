"""A team with a list of the day."""

import pytest
from django.utils.timezone import localdate

from accounts.models import Unit
from cases.change import Act, By
from dispatch.services import plan
from tests.conftest import AT

MONDAY = localdate(AT)


@pytest.fixture
def team(town):
    return Unit.objects.create(municipality=town.municipality, name="Kolonne 1", slug="kolonne-1", parent=town.yard)


@pytest.fixture
def planned(town, team, make_report):
    """`planned(n)`: that many cases on the list of Monday."""

    def make(number=1, day=MONDAY):
        made = [make_report(text=f"Loch {n}") for n in range(number)]
        for case in made:
            plan(case=case, team=team, day=day, by=By.staff(town.manager), act=Act(at=AT))
        return made

    return make
