"""`/statistik/`: figures of public reports that can be counted after, and what is not in them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.change import Act, By
from cases.models import Case
from cases.policy import State
from cases.services import move
from reports.statistics import figures, periods


@pytest.fixture
def history(town, make_report, release):
    """Six settled after 1 to 5 and 30 days, one rejected, one open for 12 days, one taken up again, and others."""
    now = timezone.now()
    by = By.staff(town.manager)

    def done(case, days, to=State.DONE, text="Erledigt."):
        move(case=case, to=to, by=by, text=text, act=Act(at=case.submitted_at + timedelta(days=days)))

    for days in (1, 2, 3, 4, 5, 30):
        done(release(at=now - timedelta(days=40)), days)
    done(release(at=now - timedelta(days=40)), 2, State.REJECTED, "Das ist Sache des Kreises.")
    release(at=now - timedelta(days=12))
    again = release(at=now - timedelta(days=20))
    done(again, 1)
    done(again, 3, State.OPEN, "Doch nicht.")
    make_report("GEHEIM", at=now - timedelta(days=3))
    release("Danke!", category=town.praise, at=now - timedelta(days=3))
    make_report("Kritik", category=town.complaint, at=now)
    return now


def test_everything_received_is_somewhere(town, history):
    found = figures(town.municipality, periods(town.municipality, history)[0], history)
    whole = found.all
    assert (whole.received, whole.settled, whole.without_action, whole.open) == (9, 6, 1, 2)
    assert (whole.median_days, whole.most_days) == (3.5, 30)
    assert whole.median_waiting == pytest.approx(16, abs=0.01)
    assert (found.reopened, found.reviewing, found.unpublished) == (1, 1, 0)
    assert sum(tally.received for _month, tally in found.months) == 9
    assert len(found.months) == 12
    assert [(row.name, row.received) for row in found.categories] == [("Schlagloch", 9)]


def test_too_few_have_no_median(town, release):
    case = release(at=timezone.now() - timedelta(days=9))
    move(case=case, to=State.DONE, by=By.staff(town.manager), text="Erledigt.")
    now = timezone.now()
    assert figures(town.municipality, periods(town.municipality, now)[0], now).all.median_days is None


def test_the_page_says_it_in_words(client, town, history):
    text = client.get("/statistik/").content.decode()
    for words in ("nach höchstens 4 Tagen", "neun von zehn nach höchstens 30 Tagen", "2 Meldungen sind noch offen"):
        assert words in text
    assert "Eine wurde nach dem Abschluss wieder aufgenommen." in text
    assert "GEHEIM" not in text
    assert "/karte/?kategorie=schlagloch" in text


def test_a_year_is_counted_by_itself_and_nonsense_is_told(client, town, history):
    year = timezone.localtime(history).year
    assert f'zeitraum={year}" aria-current="page"' in client.get(f"/statistik/?zeitraum={year}").content.decode()
    answer = client.get("/statistik/?zeitraum=<b>gestern")
    assert "Für „&lt;b&gt;gestern“ gibt es keine Zahlen" in answer.content.decode()
    assert answer.status_code == 200


def test_an_empty_town_says_so(client, town):
    assert "Noch keine Zahlen" in client.get("/statistik/").content.decode()


def test_another_town_has_its_own(client, town, neighbour, release):
    release(at=timezone.now())
    answer = client.get("/statistik/", headers={"host": neighbour.municipality.host})
    assert "Noch keine Zahlen" in answer.content.decode()
    assert not Case.objects.filter(municipality=neighbour.municipality).exists()


def test_the_number_of_queries_does_not_grow(town, history, django_assert_max_num_queries):
    now = history
    period = periods(town.municipality, now)[0]
    with django_assert_max_num_queries(7):
        figures(town.municipality, period, now)
