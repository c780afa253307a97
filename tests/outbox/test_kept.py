"""What is kept of small tables is dropped by the change of a row, in whatever way it is changed."""

import pytest
from django.db import connection, transaction

from geo.models import Municipality
from outbox import kept
from outbox.models import Change


@pytest.fixture
def row(town):
    return town.municipality


def seen(row):
    """What a process knows that looks now, and whether it had to read it."""
    loads = []

    def load():
        loads.append(1)
        return Municipality.objects.get(pk=row.pk).name

    with kept.looking():
        return kept.kept(("test", row.pk), load), bool(loads)


def test_a_change_drops_what_is_kept_however_it_is_made(row):
    assert seen(row) == ("Harsewinkel", True)
    assert seen(row) == ("Harsewinkel", False)
    Municipality.objects.filter(pk=row.pk).update(name="Eins")
    assert seen(row) == ("Eins", True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE geo_municipality SET name = 'Zwei' WHERE id = %s", [row.pk])
    assert seen(row) == ("Zwei", True)
    assert seen(row) == ("Zwei", False)


def test_what_is_rolled_back_was_never_there(row):
    assert seen(row) == ("Harsewinkel", True)
    try:
        with transaction.atomic():
            Municipality.objects.filter(pk=row.pk).update(name="Eins")
            assert seen(row) == ("Eins", True)
            raise RuntimeError
    except RuntimeError:
        pass
    assert seen(row)[0] == "Harsewinkel"
    Municipality.objects.filter(pk=row.pk).update(name="Zwei")
    assert seen(row) == ("Zwei", True)


def test_without_a_look_nothing_is_kept(row):
    numbers = iter((1, 2))
    assert [kept.kept(("test", "none"), lambda: next(numbers)) for _turn in range(2)] == [1, 2]


def test_one_look_costs_one_query(row, django_assert_num_queries):
    seen(row)
    with django_assert_num_queries(1), kept.looking(), kept.looking():
        kept.kept(("test", row.pk), lambda: "never")


def test_many_numbers_become_one(row):
    for _ in range(kept.NUMBERS):
        Change.objects.create(value=1)
    seen(row)
    assert kept.prune()
    assert Change.objects.count() == 1
    assert seen(row) == ("Harsewinkel", True)
    assert not kept.prune()


def test_lost_triggers_come_back_with_the_next_migrate(row):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER rules_update_geo_municipality")
        else:
            cursor.execute("DROP TRIGGER rules_changed ON geo_municipality")
    assert seen(row)[0] == "Harsewinkel"
    kept.install_after_migrate(using="default")
    Municipality.objects.filter(pk=row.pk).update(name="Eins")
    assert seen(row) == ("Eins", True)


def test_without_their_table_no_trigger_is_left(row):
    kept.remove(connection)
    Change.objects.all().delete()
    Municipality.objects.filter(pk=row.pk).update(name="Eins")
    assert not Change.objects.exists()
