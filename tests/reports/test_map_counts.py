"""The map's kept counts are what the rows say, whatever was done to them and by whom."""

from io import StringIO

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from cases.change import By
from cases.merging import merge, unmerge
from cases.models import Case
from cases.policy import State
from cases.services import move
from geo import grid
from geo.models import Municipality
from reports.counts import triggers
from reports.counts.checking import differences, rebuild
from reports.counts.folding import fold
from reports.counts.reading import counts
from reports.models import MapCount, MapDelta
from reports.services import change_category, change_place, withdraw_text


def counted(town, level=10, topics=None, states=tuple(State)) -> int:
    return totalled([town.municipality.pk], level, topics, states)


def totalled(towns, level, topics, states) -> int:
    window = grid.Window(level, 0, 0, (1 << level) - 1, (1 << level) - 1)
    return counts(municipalities=towns, topics=topics, states=states, window=window, level=level).total


def test_a_release_is_counted_at_once_and_stays_so_after_folding(town, make_report, release):
    make_report()
    assert counted(town) == 0
    release()
    assert counted(town) == 1
    assert MapCount.objects.count() == 0
    assert fold() == 1
    assert MapDelta.objects.count() == 0
    for level in (3, 10, 20):
        assert counted(town, level) == 1
    assert differences() == []


def test_every_deed_that_changes_the_map_changes_the_counts(town, release):
    by = By.staff(town.manager)
    case, other = release(), release()
    fold()
    for deed in (
        lambda: move(case=case, to=State.OPEN, by=by),
        lambda: change_category(case=case, category=town.lamp, by=by),
        lambda: change_place(case=case, by=by, point=Point(8.25, 51.97, srid=4326)),
        lambda: merge(duplicate=case, original=other, by=by, text="Doppelt"),
        lambda: unmerge(duplicate=case, by=by),
        lambda: withdraw_text(case=case, by=by),
        lambda: move(case=other, to=State.DONE, by=by),
    ):
        deed()
        assert differences() == []
        fold()
        assert differences() == []
    assert counted(town) == 1
    assert counted(town, states=[State.DONE]) == 1
    assert counted(town, states=[State.OPEN]) == 0
    assert counted(town, topics=[town.pothole.topic_id]) == 1
    assert counted(town, topics=[town.lamp.topic_id]) == 0
    assert counted(town, topics=[]) == 0


def test_what_goes_round_the_verbs_is_counted_too(town, release):
    release(), release()
    Case.objects.update(topic=town.lamp.topic)
    assert counted(town, topics=[town.lamp.topic_id]) == 2
    Case.objects.update(confidential=True)
    assert counted(town) == 0
    fold()
    assert MapCount.objects.count() == 0
    assert differences() == []


def test_what_is_taken_back_was_never_counted(town, release):
    case = release()
    with transaction.atomic():
        move(case=case, to=State.OPEN, by=By.staff(town.manager))
        transaction.set_rollback(True)
    assert counted(town, states=[State.OPEN]) == 0
    assert counted(town, states=[State.NEW]) == 1


def test_a_deed_that_the_map_does_not_show_appends_nothing(town, release):
    case = release()
    fold()
    Case.objects.filter(pk=case.pk).update(priority=1, version=9)
    assert MapDelta.objects.count() == 0


def test_the_command_tells_what_differs_and_mends_it(town, release):
    release()
    release(category=town.lamp)
    fold()
    call_command("map_counts", stdout=StringIO())
    MapCount.objects.filter(topic_id=town.lamp.topic_id).update(n_done=3)
    told = StringIO()
    with pytest.raises(CommandError, match="differ"):
        call_command("map_counts", stdout=told)
    assert f"topic {town.lamp.topic_id}, level 20" in told.getvalue()
    assert "done +3" in told.getvalue()
    before = sorted(MapCount.objects.values_list("topic_id", "cell", "n_new"))
    call_command("map_counts", "--rebuild", stdout=StringIO())
    assert sorted(MapCount.objects.values_list("topic_id", "cell", "n_new")) == before
    assert differences() == []


def test_lost_triggers_are_found_and_made_anew(town, release):
    triggers.remove(connection)
    release()
    with pytest.raises(CommandError, match="triggers"):
        call_command("map_counts", stdout=StringIO())
    triggers.repair_after_migrate(using="default")
    assert triggers.present(connection)
    assert differences()
    rebuild()
    release()
    assert differences() == []
    assert counted(town) == 2


def test_towns_are_counted_apart(town, neighbour, release):
    release()
    release(of=neighbour)
    assert counted(town) == counted(neighbour) == 1
    both = Municipality.objects.values_list("pk", flat=True)
    assert totalled(both, 10, None, [State.NEW]) == 2
