"""`/verwaltung/plattform/`: operator and county administrator look after municipalities, and see no case by that."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.invitations import dismiss, invite, roles_for
from accounts.models import Membership, RuleChange, User
from accounts.policy import Role
from accounts.services import grant
from cases.models import Case
from geo.models import Municipality
from tests.conftest import Town, make_municipality


@pytest.fixture
def operator(db: None) -> User:
    """Runs the platform."""
    return User.objects.create_superuser("betrieb@example.org", "x", name="Betrieb")


@pytest.fixture
def county(town: Town) -> Municipality:
    """The county above Harsewinkel."""
    row = make_municipality("kreis", "Gütersloh", "KGT", lon=8.3, lat=51.9, ags="05754")
    Municipality.objects.filter(pk=town.municipality.pk).update(parent=row)
    return row


@pytest.fixture
def head(county: Municipality) -> User:
    """The county's administrator."""
    user = User.objects.create_user("kreis@example.org", "x", name="Karin Kreis")
    grant(user=user, municipality=county, role=Role.COUNTY)
    return user


def at(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_operator_sees_states_and_no_case(operator: User, town: Town, neighbour: Town, make_report: Any) -> None:
    case = make_report()
    client = at(operator)
    page = client.get(reverse("platform")).content.decode()
    assert town.municipality.title in page
    assert neighbour.municipality.title in page
    assert case.number not in page
    assert not Case.objects.visible_to(operator).exists()
    assert client.get(reverse("desk_case", args=[case.pk])).status_code == 403
    assert client.get(reverse("setup")).status_code == 403, "rules are the municipality's"


def test_who_works_in_one_municipality_stays_there(town: Town) -> None:
    for user in (town.admin, town.manager, town.clerk):
        assert at(user).get(reverse("platform")).status_code == 403
    assert Client().get(reverse("platform")).status_code == 302


def test_the_county_sees_its_own_and_no_case(head: User, town: Town, neighbour: Town, make_report: Any) -> None:
    case = make_report()
    page = at(head).get(reverse("platform")).content.decode()
    assert town.municipality.title in page
    assert neighbour.municipality.title not in page
    assert at(head).get(reverse("platform_town", args=[neighbour.municipality.slug])).status_code == 404
    assert not Case.objects.visible_to(head).filter(pk=case.pk).exists()
    slug = town.municipality.slug
    assert at(head).post(reverse("platform_switch", args=[slug]), {"open": "0"}).status_code == 403
    assert Municipality.objects.get(slug=slug).active


def test_closing_shuts_the_public_pages_and_keeps_the_desk(operator: User, town: Town, neighbour: Town) -> None:
    there = neighbour.municipality
    at(operator).post(reverse("platform_switch", args=[there.slug]), {"open": "0"})
    host = Municipality.objects.get(pk=there.pk).host
    page = Client().get("/", headers={"host": host})
    assert page.status_code == 410
    assert there.title in page.content.decode()
    assert Client().get("/api/v1/", headers={"host": host}).status_code == 410
    staff = at(neighbour.manager)
    assert staff.get(reverse("desk"), headers={"host": host}).status_code == 200
    assert RuleChange.objects.get(subject="municipality").after == {"active": False}
    at(operator).post(reverse("platform_switch", args=[there.slug]), {"open": "1"})
    assert Client().get("/", headers={"host": host}).status_code == 200


def test_the_last_open_municipality_stays_open(operator: User, town: Town) -> None:
    at(operator).post(reverse("platform_switch", args=[town.municipality.slug]), {"open": "0"})
    assert Municipality.objects.get(pk=town.municipality.pk).active


def test_the_operator_appoints_only_the_first(operator: User, county: Municipality, town: Town) -> None:
    there, typed = reverse("platform_town", args=[county.slug]), {"name": "Karin", "email": "karin@example.org"}
    client = at(operator)
    assert client.post(there, typed).status_code == 302
    row = Membership.objects.get(user__email="karin@example.org")
    assert (row.municipality, row.role) == (county, "county")
    row.user.set_password("da")
    row.user.save()
    assert client.post(there, {"name": "Noch", "email": "noch@example.org"}).status_code == 403
    assert client.post(reverse("platform_town", args=[town.municipality.slug]), typed).status_code == 403
    assert RuleChange.objects.filter(municipality=county, actor=operator, subject="person").count() == 1


def test_the_county_appoints_administrators_of_its_towns(head: User, town: Town) -> None:
    there = reverse("platform_town", args=[town.municipality.slug])
    assert at(head).post(there, {"name": "Neue", "email": "neue@example.org"}).status_code == 302
    assert Membership.objects.get(user__email="neue@example.org").role == "admin"


def test_an_administrator_makes_nobody_more_than_they_are(town: Town, county: Municipality, head: User) -> None:
    house = User.objects.create_user("haus@example.org", "x", name="Haus")
    grant(user=house, municipality=county, role=Role.ADMIN)
    assert Role.COUNTY not in roles_for(house, county)
    assert Role.COUNTY in roles_for(head, county)
    assert roles_for(head, town.municipality.__class__.objects.get(pk=town.municipality.pk)) == [Role.ADMIN]
    assert roles_for(town.admin, county) == []
    with pytest.raises(ValidationError):
        invite(email="haus@example.org", name="", municipality=county, role=Role.COUNTY, by=house)
    with pytest.raises(ValidationError):
        dismiss(membership=head.memberships.get(), by=house)
    with pytest.raises(ValueError, match="role"):
        grant(user=house, municipality=town.municipality, role=Role.OPERATOR)
