"""Ideas that need supporters: told when they have them, closed with the reason when they do not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases import services as cases
from cases.change import Act, By
from cases.following import email_hash
from cases.models import Entry, Support
from cases.policy import Deed, State
from geo.settling import settle
from notifications.models import Delivery
from outbox.work import run_all
from reports.ideas import goal_of, look
from reports.services import release_text
from tests.conftest import AT

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=10)


@pytest.fixture
def idea(town, make_report):
    """A public idea in a town where two supporters are needed within thirty days."""
    settle(municipality=town.municipality, idea_goal=2, idea_days=30)
    town.yard.email = "bauhof@harsewinkel.example"
    town.yard.save()
    case = make_report("Mehr Bänke", category=town.idea, email="erika@example.org")
    cases.confirm_contact(contact=case.contact, act=Act(at=AT))
    release_text(case=case, by=By.staff(town.manager), act=Act(at=AT))
    return case


def supported(case, number):
    for one in range(number):
        Support.objects.create(case=case, email_hash=email_hash(f"{one}@example.org"), confirmed_at=AT, created_at=AT)
    Support.objects.create(case=case, email_hash=email_hash("unbestaetigt@example.org"), created_at=AT)


def test_enough_supporters_are_told_once_and_the_clock_runs(idea, client):
    supported(idea, 2)
    assert look(at=LATER) == (1, 0)
    assert look(at=LATER) == (0, 0)
    idea.refresh_from_db()
    entry = Entry.objects.get(deed=Deed.GOAL_REACHED.value)
    assert entry.public
    assert "2 Menschen unterstützen diese Idee" in entry.text
    assert idea.due_at > LATER
    run_all()
    told = set(Delivery.objects.exclude(purpose="receipt").values_list("role", "purpose"))
    assert ("reporter", "update") in told
    assert any(purpose == "desk" for _role, purpose in told)
    page = client.get(reverse("report", args=[idea.number])).content.decode()
    assert "Das Rathaus schuldet eine Antwort." in page


def test_too_few_in_time_close_it_with_the_reason(idea):
    supported(idea, 1)
    assert look(at=AT + timedelta(days=29)) == (0, 0)
    assert look(at=AT + timedelta(days=31)) == (0, 1)
    idea.refresh_from_db()
    assert State(idea.state) is State.REJECTED
    assert "Eine Person unterstützt diese Idee" in idea.entries.filter(deed=Deed.MOVED.value).last().text


def test_an_idea_somebody_works_on_is_not_closed(idea, town):
    cases.move(case=idea, to=State.OPEN, by=By.staff(town.clerk), act=Act(at=AT))
    assert look(at=AT + timedelta(days=31)) == (0, 0)


def test_without_a_number_ideas_need_nothing(idea, town):
    settle(municipality=town.municipality, idea_goal=None)
    assert look(at=AT + timedelta(days=400)) == (0, 0)
    idea.refresh_from_db()
    idea.municipality.refresh_from_db()
    assert goal_of(idea) is None


def test_the_page_shows_how_it_stands(idea, client):
    supported(idea, 1)
    page = client.get(reverse("report", args=[idea.number])).content.decode()
    assert '<progress value="1" max="2"' in page
    assert "Das unterstütze ich" in page
