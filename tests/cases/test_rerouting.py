"""Districts and units of many cases after boundaries or areas changed."""

from __future__ import annotations

import random
from io import StringIO

import numpy as np
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Unit
from cases import routing
from cases.change import By
from cases.models import Case, Entry, Responsibility
from cases.policy import Deed, State
from cases.rerouting import reroute_all
from cases.routing_many import Routes
from cases.services import assign, move
from geo.gazetteer import import_rows
from geo.models import District
from geo.rows import Row
from outbox import run_all
from tests.conftest import square


def _unit(town, slug):
    return Unit.objects.create(municipality=town.municipality, slug=slug, name=slug.title())


def test_units_of_many_places_are_those_of_each(town):
    large, small, any_topic = (_unit(town, slug) for slug in ("gross", "klein", "alle"))
    here = town.middle
    Responsibility.objects.all().delete()
    Responsibility.objects.create(municipality=town.municipality, unit=any_topic)
    for unit, half, topic in ((large, 0.03, None), (small, 0.01, town.pothole.topic), (large, 0.02, town.lamp.topic)):
        area = square(here.x, here.y, half)
        Responsibility.objects.create(municipality=town.municipality, unit=unit, area=area, topic=topic, area_name="A")
    dice = random.Random(5)
    xs = [here.x + dice.choice((dice.uniform(-0.05, 0.05), 0.01, -0.03, 0.02)) for _ in range(1000)]
    ys = [here.y + dice.choice((dice.uniform(-0.05, 0.05), 0.01, -0.03, 0.02)) for _ in range(1000)]
    routes = Routes()
    for topic in (town.pothole.topic, town.lamp.topic):
        single = [
            routing.unit_for(municipality=town.municipality, topic=topic, point=Point(x, y, srid=4326))
            for x, y in zip(xs, ys, strict=True)
        ]
        found = routes.units(town.municipality, topic, np.array(xs), np.array(ys))
        assert found == [one.pk if one else None for one in single]
        assert len(set(found)) == 3 if topic == town.pothole.topic else 2
    nowhere = np.array([np.nan])
    assert routes.units(town.municipality, town.lamp.topic, nowhere, nowhere) == [any_topic.pk]


def test_open_cases_follow_the_table_and_what_somebody_chose_stays(town, make_report):
    now = timezone.now()
    new, chosen = _unit(town, "neu"), _unit(town, "gewaehlt")
    plain, by_hand, closed = (make_report(text=f"Loch {number}", category=town.pothole) for number in range(3))
    assign(case=by_hand, by=By.system(), unit=chosen)
    Entry.objects.filter(case=by_hand, deed=Deed.ASSIGNED.value).update(actor="staff")
    move(case=closed, to=State.DONE, by=By.system())
    before = plain.unit
    area = square(town.middle.x, town.middle.y, 0.02)
    Responsibility.objects.create(municipality=town.municipality, unit=new, area=area, area_name="Mitte")
    told = StringIO()
    call_command("reroute_cases", town.municipality.slug, dry_run=True, stdout=told, verbosity=0)
    assert "1 to another unit, 1 stay" in told.getvalue()
    assert Case.objects.filter(unit=new).count() == 0
    outcome = reroute_all(municipality=town.municipality, at=now)
    assert (outcome.looked_at, outcome.moved, outcome.kept, outcome.elsewhere) == (3, 1, 1, 0)
    plain.refresh_from_db()
    assert (plain.unit, plain.assigned_at) == (new, now)
    entry = plain.entries.get(deed=Deed.ASSIGNED.value)
    assert (entry.data["from"], entry.data["unit"], entry.version) == (before and before.pk, new.pk, plain.version)
    again = reroute_all(municipality=town.municipality, at=now)
    assert (again.moved, again.districts) == (0, 0)
    assert reroute_all(municipality=town.municipality, at=now, everything=True).moved == 1
    assert Case.objects.filter(unit=new).count() == 2


def test_cases_follow_districts_that_an_import_draws(town, make_report):
    case = make_report(category=town.pothole)
    drawn = square(town.middle.x, town.middle.y, 0.01)
    import_rows(municipality=town.municipality, rows=[Row(kind="district", name="Mitte", boundary=drawn)], source="a")
    run_all()
    case.refresh_from_db()
    assert case.district == District.objects.get(name="Mitte")
    town.municipality.boundary = square(town.middle.x + 1, town.middle.y)
    town.municipality.save()
    outcome = reroute_all(municipality=town.municipality, at=timezone.now())
    assert (outcome.elsewhere, outcome.examples) == (1, [case.number])
