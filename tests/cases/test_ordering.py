"""Own rows stand between inherited ones without touching them."""

import pytest
from django.core.exceptions import ValidationError

from cases.models import Stage
from cases.ordering import arrange, last, moved


def row(pk, position, owner=1):
    return Stage(pk=pk, position=position, municipality_id=owner, slug=str(pk))


def test_a_row_moves_between_two_of_the_county():
    county = [row(1, 100, 9), row(2, 200, 9)]
    own = row(3, 300)
    wanted = moved([*county, own], own, to=county[1], after=False)
    assert arrange(wanted, municipality_id=1) == [own]
    assert own.position == 150
    assert last(wanted) == 300
    assert [one.position for one in county] == [100, 200]


def test_own_rows_alone_and_no_room():
    one, two, three = row(1, 100), row(2, 200), row(3, 300)
    wanted = moved([one, two, three], three, to=one, after=False)
    assert {changed.pk for changed in arrange(wanted, municipality_id=1)} <= {1, 2, 3}
    assert sorted([one, two, three], key=lambda found: found.position) == [three, one, two]
    assert arrange(wanted, municipality_id=1) == []
    with pytest.raises(ValidationError):
        arrange([row(4, 7, 9), row(5, 9), row(6, 8, 9)], municipality_id=1)
