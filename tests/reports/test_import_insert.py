"""`reports.importing.inserting`: both ways of storing many rows store the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cases.models import Case, Entry
from reports.importing import inserting
from reports.importing.writing import reserve_ids
from tests.conftest import AT, Town

WAYS = ["_create"] + (["_copy"] if connection.vendor == "postgresql" else [])


def case(town: Town, pk: int, key: str, **facts: Any) -> inserting.Facts:
    return {
        "id": pk,
        "municipality_id": town.municipality.pk,
        "kind": "report",
        "topic_id": town.pothole.topic_id,
        "import_key": key,
        "submitted_at": AT,
        "changed_at": AT,
        "state_since": AT,
        **facts,
    }


@pytest.mark.parametrize("way", WAYS)
def test_values_arrive_as_they_are(town: Town, way: str) -> None:
    insert = getattr(inserting, way)
    with transaction.atomic():
        one, two = reserve_ids(2)
        rows = [case(town, one, "a", point=(8.23, 51.96), grid=5), case(town, two, "b\t\\N\n", point=None)]
        insert(Case, rows)
        data = {"label": {"de": "Größe „x“"}, "stage": None}
        insert(Entry, [{"case_id": one, "deed": "note", "at": AT, "actor": "staff", "version": 1, "data": data}])
    first, second = Case.objects.order_by("pk")
    assert first.point is not None
    assert (first.point.coords, first.point.srid, first.grid) == ((8.23, 51.96), 4326, 5)
    assert (second.point, second.import_key, second.number) == (None, "b\t\\N\n", None)
    assert (first.language, first.version, first.submitted_at) == ("de", 1, AT)
    assert first.secret != second.secret
    assert Entry.objects.get().data == data


@pytest.mark.parametrize("way", WAYS)
def test_a_key_that_exists_is_an_integrity_error(town: Town, way: str) -> None:
    insert = getattr(inserting, way)
    with transaction.atomic():
        insert(Case, [case(town, reserve_ids(1)[0], "a")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Case, [case(town, reserve_ids(1)[0], "a")])


def test_reserved_ids_are_not_given_again(town: Town) -> None:
    with transaction.atomic():
        ids = reserve_ids(3)
        inserting.insert(Case, [case(town, pk, str(pk)) for pk in ids])
    later = Case.objects.create(
        municipality=town.municipality, topic=town.pothole.topic, submitted_at=AT, changed_at=AT, state_since=AT
    )
    assert ids == list(range(ids[0], ids[0] + 3))
    assert later.pk > ids[-1]


def test_nothing_to_insert() -> None:
    inserting.insert(Case, [])
