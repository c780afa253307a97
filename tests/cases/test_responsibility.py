"""The table of responsibility: what may stand in it, why a row wins, where it has holes."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import RuleChange, Unit
from cases import responsibility as verbs
from cases import routing
from cases.errors import Denied
from cases.models import Responsibility
from tests.conftest import make_municipality, square


def save(town, by=None, row=None, **facts):
    values = {"topic": None, "unit": town.yard, "area": None, "area_name": "", "text": {}, **facts}
    return verbs.save_responsibility(municipality=town.municipality, by=by or town.admin, row=row, **values)


def test_saved_changed_removed_and_noted(town):
    made = save(town, area=square(8.23, 51.96, 0.01), area_name="Am  Bach", text={"de": "Der Bauhof"})
    assert made.area_name == "Am Bach"
    save(town, row=made, unit=town.greens)
    assert Responsibility.objects.get(pk=made.pk).area is None
    verbs.remove_responsibility(by=town.admin, row=made)
    logged = list(RuleChange.objects.filter(subject="responsibility").order_by("pk"))
    assert [bool(one.before) for one in logged] == [False, True, True]
    assert logged[1].after["unit"] == "Grünflächen"
    with pytest.raises(Denied):
        save(town, by=town.manager)


def test_what_is_refused(town, neighbour):
    inside = square(8.23, 51.96, 0.01)
    for field, facts in (
        ("area_name", {"area": inside}),
        ("area", {"area": square(9.9, 50.1, 0.01), "area_name": "Fulda"}),
        ("topic", {"topic": neighbour.pothole.topic}),
        ("topic", {"topic": town.complaint.topic}),
        ("topic", {"topic": town.pothole.topic.parent}),  # stands there already, everywhere
        ("unit", {"unit": neighbour.yard}),
    ):
        with pytest.raises(ValidationError) as refused:
            save(town, **facts)
        assert field in refused.value.message_dict, facts
    theirs = Responsibility.objects.get(municipality=neighbour.municipality)
    with pytest.raises(Denied):
        save(town, row=theirs)


def test_why_the_others_lose(town):
    county = make_municipality("kreis", "Kreis", "KR", lon=8.23, lat=51.96)
    town.municipality.parent = county
    town.municipality.save()
    office = Unit.objects.create(municipality=county, slug="amt", name="Amt")
    idle = Unit.objects.create(municipality=town.municipality, slug="alt", name="Alt", active=False)
    lamp = town.lamp.topic
    rows = {
        "wins": save(town, topic=lamp, area=square(8.23, 51.96, 0.01), area_name="klein"),
        "size": save(town, topic=lamp, area=square(8.23, 51.96, 0.02), area_name="groß"),
        "everywhere": save(town, topic=lamp),
        "misses": save(town, topic=lamp, area=square(8.26, 51.98, 0.001), area_name="anderswo"),
        "county": Responsibility.objects.create(municipality=county, topic=lamp, unit=office),
        "idle": Responsibility.objects.create(municipality=town.municipality, topic=lamp, unit=idle),
    }
    where = {"municipality": town.municipality, "topic": lamp}
    found = routing.judged(routing.responsibilities(town.municipality), point=town.middle, **where)
    judged = {one.row.pk: (one.fits, one.lost_by) for one in found}
    assert judged[rows["wins"].pk] == (True, "")
    assert judged[rows["size"].pk] == (True, "size")
    assert judged[rows["everywhere"].pk] == judged[rows["county"].pk] == (True, "everywhere")
    assert judged[rows["misses"].pk] == judged[rows["idle"].pk] == (False, "")
    assert routing.responsibility_for(point=town.middle, **where) == rows["wins"] == found[0].row
    nowhere = routing.judged(routing.responsibilities(town.municipality, lamp), point=None, **where)
    assert nowhere[0].row == rows["everywhere"]
    assert {one.row.pk: one.lost_by for one in nowhere if one.fits}[rows["county"].pk] == "distance"
    general = Responsibility.objects.get(topic=lamp.parent)
    assert {one.row.pk: one.lost_by for one in nowhere if one.fits}[general.pk] == "generality"


def test_holes_and_overlaps(town, neighbour):
    rows = routing.responsibilities(town.municipality)
    topics = [one.topic for one in (town.lamp, town.complaint)]
    assert verbs.gaps(rows, topics, town.municipality) == []
    Responsibility.objects.filter(municipality=town.municipality).delete()
    save(town, topic=town.lamp.topic, area=square(8.22, 51.96, 0.01), area_name="West")
    save(town, topic=town.lamp.topic, unit=town.greens, area=square(8.235, 51.96, 0.008), area_name="Ost")
    save(town, unit=town.greens, area=square(8.22, 51.96, 0.004), area_name="mitten in West")
    save(town, topic=town.pothole.topic, unit=town.greens, area=square(8.225, 51.96, 0.01), area_name="anderes Thema")
    rows = routing.responsibilities(town.municipality)
    gaps = verbs.gaps(rows, [town.lamp.topic, town.complaint.topic], town.municipality)
    assert [(gap.topic, gap.somewhere) for gap in gaps] == [(town.lamp.topic, True)]
    found = verbs.overlaps(rows, town.municipality)
    assert [(one.wins.area_name, one.loses.area_name) for one in found] == [("Ost", "West")]
    assert 0.1 < found[0].share < 0.4
