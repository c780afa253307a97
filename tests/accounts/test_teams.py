"""A team within a unit: the unit's people see and do what their teams may, not the other way round."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from accounts.policy import Role
from accounts.services import grant
from accounts.units import save_unit
from cases.change import By
from cases.handing import accept
from cases.models import Case
from cases.policy import State
from cases.services import assign, move


@pytest.fixture
def team(town):
    """Kolonne 1 of the building yard, with one worker of its own."""
    return save_unit(municipality=town.municipality, name="Kolonne 1", parent=town.yard)


@pytest.fixture
def worker(town, team):
    user = User.objects.create_user("kolonne@harsewinkel.example", "x", name="Kolonne")
    grant(user=user, municipality=town.municipality, role=Role.FIELD, unit=team)
    return user


def sees(user, case):
    return Case.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=case.pk).exists()


def test_the_unit_sees_its_teams_cases_and_the_team_its_own(make_report, town, team, worker):
    of_unit, of_team = make_report(), make_report()
    assign(case=of_team, by=By.staff(town.manager), unit=team)
    assert [sees(town.clerk, one) for one in (of_unit, of_team)] == [True, True]
    assert [sees(worker, one) for one in (of_unit, of_team)] == [False, True]
    assert not sees(town.other_clerk, of_team)
    accept(case=of_team, by=By.staff(User.objects.get(pk=town.clerk.pk)))
    move(case=of_team, to=State.OPEN, by=By.staff(worker))


def test_a_case_goes_to_a_team_and_a_person_of_it_or_to_a_person_alone(make_report, town, team, worker):
    case = make_report()
    assign(case=case, by=By.staff(town.manager), unit=team, assignee=worker)
    assert (case.unit, case.assignee) == (team, worker)
    assign(case=case, by=By.staff(town.manager), unit=None, assignee=town.other_clerk)
    assert sees(town.other_clerk, case)
    assert not sees(worker, case)


def test_a_team_has_no_teams_and_lies_in_a_unit_of_the_same_town(town, neighbour, team):
    for unit, parent in ((None, team), (town.yard, town.greens), (team, team), (None, neighbour.yard)):
        with pytest.raises(ValidationError) as refused:
            save_unit(
                municipality=town.municipality,
                unit=unit,
                name="Kolonne 2" if unit is None else unit.name,
                parent=parent,
            )
        assert list(refused.value.message_dict) == ["parent"]


def test_forms_offer_teams_indented_behind_their_unit(town, team, make_report, django_assert_max_num_queries):
    client = Client()
    client.force_login(town.manager)
    case = make_report()
    client.get(reverse("desk_case", args=[case.pk]), {"tun": "zuweisen"})
    with django_assert_max_num_queries(25):
        form = client.get(reverse("desk_case", args=[case.pk]), {"tun": "zuweisen"}).context["form"]
    assert [label for _value, label in form.fields["unit"].choices][1:] == ["Bauhof", "\u2003Kolonne 1", "Grünflächen"]


def test_the_set_up_makes_a_team_with_a_morning_mail(town):
    client = Client()
    client.force_login(town.admin)
    data = {"name": "Kolonne 2", "parent": town.yard.pk, "mail_rhythm": "digest"}
    assert client.post(reverse("setup_unit_new"), data).status_code == 302
    team = Unit.objects.get(name="Kolonne 2")
    assert (team.parent, team.mail_rhythm, team.digest_at is not None) == (town.yard, "digest", True)
    assert "Kolonne 2" in client.get(reverse("setup_units")).content.decode()
