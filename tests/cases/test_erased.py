"""A case whose words were deleted: it can be counted, never be public again, and what is written later goes as well."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases import duties
from cases.change import Act, By
from cases.errors import NoSuchEdge
from cases.models import Case, Entry
from cases.policy import KEEP_DAYS, Part, State
from cases.services import move, note
from reports.services import release_text
from tests.conftest import AT

NIGHT = AT + timedelta(days=KEEP_DAYS[Part.CASE] + 1)


@pytest.fixture
def erased(make_report):
    case = make_report()
    move(case=case, to=State.DONE, by=By.system(), text="Fertig", act=Act(at=AT))
    assert duties.erase_due(at=NIGHT)[Part.CASE] == 1
    return Case.objects.get(pk=case.pk)


def test_it_is_not_released_again(erased, town, client, make_report):
    with pytest.raises(NoSuchEdge):
        release_text(case=erased, text="Frau Muster war es", by=By.staff(town.manager))
    client.force_login(town.manager)
    pages = [client.get(reverse("desk_case", args=[case.pk])).content.decode() for case in (make_report(), erased)]
    assert ["/freigeben/" in page or "tun=freigeben" in page for page in pages] == [True, False]


def test_words_that_came_later_go_the_next_night(erased, town):
    assert list(duties.due(at=NIGHT + timedelta(days=1))) == []
    note(case=erased, by=By.staff(town.manager), text="Frau Muster rief an", act=Act(at=NIGHT + timedelta(hours=8)))
    assert [one.part for one in duties.due(at=NIGHT + timedelta(days=1))] == [Part.CASE]
    duties.erase_due(at=NIGHT + timedelta(days=1))
    assert not Entry.objects.exclude(text="").exists()
    assert list(duties.due(at=NIGHT + timedelta(days=2))) == []
