"""The spatial index lives through migrations on SpatiaLite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, models, transaction

from geo.models import Address, Municipality
from geo.spatial import within_box
from geo.spatial_index import columns, is_sound, repair, unsound
from tests.geo.conftest import at

pytestmark = pytest.mark.django_db(transaction=True)
BOX = (8.15, 51.92, 8.22, 51.96)


def change_label(length: int) -> None:
    """A migration that rebuilds the whole table on SQLite."""
    old = Address._meta.get_field("label")
    new = models.CharField(max_length=length)
    new.set_attributes_from_name("label")
    new.model = Address
    with connection.schema_editor() as editor:
        editor.alter_field(Address, old, new)


@pytest.fixture
def rebuilt(transactional_db: None) -> Iterator[Municipality]:
    """A table with data, rebuilt after the first row; afterwards it is as before."""
    town = Municipality.objects.create(slug="t", name="T", state_key="05", host="t", prefix="TT")
    Address.objects.create(municipality=town, label="before", folded="x", point=at(8.2, 51.95))
    change_label(260)
    yield town
    change_label(250)
    repair()


def labels() -> list[str]:
    return sorted(within_box(Address.objects.all(), "point", BOX).values_list("label", flat=True))


def sound() -> bool:
    with connection.cursor() as cursor:
        return all(is_sound(cursor, table, column) for table, column, _field in columns())


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the trap is SpatiaLite's")
def test_a_rebuild_alone_loses_later_rows(rebuilt: Municipality) -> None:
    """The trap itself: should this fail one day, the repair has become unnecessary."""
    assert not sound()
    Address.objects.create(municipality=rebuilt, label="after", folded="x", point=at(8.2, 51.95))
    assert labels() == ["before"]


def test_migrate_keeps_the_index_of_a_rebuilt_table(rebuilt: Municipality) -> None:
    Address.objects.create(municipality=rebuilt, label="between", folded="x", point=at(8.2, 51.95))
    call_command("migrate", verbosity=0)
    after = Address.objects.create(municipality=rebuilt, label="after", folded="x", point=at(8.2, 51.95))
    assert labels() == ["after", "before", "between"]
    after.point = at(9, 52)
    after.save()
    Address.objects.filter(label="before").delete()
    assert labels() == ["between"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the trap is SpatiaLite's")
@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE idx_geo_address_point",
        "DROP TRIGGER gii_geo_address_point",
        "UPDATE geometry_columns SET spatial_index_enabled = 0 WHERE f_table_name = 'geo_address'",
        "DELETE FROM geometry_columns WHERE f_table_name = 'geo_address'",
        "DELETE FROM idx_geo_address_point",
    ],
)
def test_migrate_repairs(damage: str, transactional_db: None) -> None:
    town = Municipality.objects.create(slug="t", name="T", state_key="05", host="t", prefix="TT")
    Address.objects.create(municipality=town, label="before", folded="x", point=at(8.2, 51.95))
    assert sound()
    with connection.cursor() as cursor:
        cursor.execute(damage)
    assert not sound()
    call_command("migrate", verbosity=0)
    assert sound()
    Address.objects.create(municipality=town, label="after", folded="x", point=at(8.2, 51.95))
    assert labels() == ["after", "before"]


def test_nothing_is_repaired_twice() -> None:
    repair()
    assert repair() == []


def test_what_is_not_in_order_is_named(transactional_db: None) -> None:
    assert unsound() == []
    with transaction.atomic(), connection.cursor() as cursor:
        name = "idx_geo_address_point"
        if connection.vendor != "sqlite":
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'geo_address' AND indexdef LIKE '%gist%point%'"
            )
            name = cursor.fetchone()[0]
        cursor.execute(f'DROP {"TABLE" if connection.vendor == "sqlite" else "INDEX"} "{name}"')
        assert unsound() == ["geo_address.point"]
        transaction.set_rollback(True)
    assert unsound() == []
