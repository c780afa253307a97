"""A town's own version of a county's row, and back."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Unit
from cases import routing
from cases.models import Responsibility, Stage, TextBlock
from cases.overriding import drop_own, own_copy
from cases.policy import State
from tests.conftest import make_category, make_municipality


@pytest.fixture
def county(town):
    found = make_municipality("kreis", "Kreis", "KR", lon=9.5, lat=52.9)
    town.municipality.parent = found
    town.municipality.save()
    return found


def test_a_category_with_its_details_and_everything_that_names_it(town, county, make_report):
    snow = make_category(county, "schnee", "Schnee", keywords="Eis")
    block = TextBlock.objects.create(
        municipality=town.municipality, slug="s", title="S", text={"de": "S"}, topic=snow.topic
    )
    named = Responsibility.objects.create(municipality=town.municipality, topic=snow.topic, unit=town.yard)
    office = Unit.objects.create(municipality=county, slug="amt", name="Amt")
    theirs = Responsibility.objects.create(municipality=county, topic=snow.topic, unit=office)
    case = make_report(category=snow)
    own = own_copy(snow.topic, town.municipality)
    assert (own.slug, own.name, own.category.keywords) == ("schnee", {"de": "Schnee"}, "Eis")
    assert own.parent == town.pothole.topic.parent
    for row in (case, block, named, theirs):
        row.refresh_from_db()
    assert {case.topic, block.topic, named.topic} == {own}
    assert theirs.topic == snow.topic
    assert own_copy(snow.topic, town.municipality) == own
    assert drop_own(own) == snow.topic
    for row in (case, block, named):
        row.refresh_from_db()
        assert row.topic == snow.topic
    assert snow.topic in routing.topics(town.municipality)


def test_a_stage_and_back(town, county, make_report):
    case = make_report()
    theirs = Stage.objects.get(municipality=county, slug="eingeplant")
    Stage.objects.filter(municipality=town.municipality).exclude(pk=case.stage_id).delete()
    own = own_copy(theirs, town.municipality)
    assert own in routing.stages(town.municipality, State.OPEN)
    assert drop_own(own) == theirs
    assert routing.stages(town.municipality, State.OPEN)[-1] == theirs
    begun = case.stage
    Stage.objects.filter(municipality=county, slug=begun.slug).update(state=State.OPEN.value)
    with pytest.raises(ValidationError, match="1"):
        drop_own(begun)


def test_nothing_to_go_back_to_and_nothing_of_strangers(town, neighbour):
    with pytest.raises(ValidationError):
        drop_own(town.pothole.topic)
    with pytest.raises(ValueError, match="inherited"):
        own_copy(neighbour.pothole.topic, town.municipality)
