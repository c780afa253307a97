"""One person's page in the set-up: roles, second factor, open cases, closing the account; and office hours of units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import hours
from accounts.models import RuleChange, Unit, User
from accounts.policy import Role
from accounts.services import grant
from cases.models import Case
from notifications.models import Delivery
from tests.conftest import Town

Login = Callable[[User], Client]


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_closing_an_account_ends_its_sessions_at_once(login: Login, town: Town) -> None:
    clerk, admin = login(town.clerk), login(town.admin)
    assert clerk.get(reverse("desk")).status_code == 200
    there = reverse("setup_account_switch", args=[town.clerk.pk])
    admin.post(there, {"active": "0"})
    assert not fresh(town.clerk).is_active
    assert clerk.get(reverse("desk")).status_code == 302
    admin.post(there, {"active": "1"})
    assert fresh(town.clerk).is_active
    assert clerk.get(reverse("desk")).status_code == 302, "the old session is gone for good"
    assert [row.after for row in RuleChange.objects.filter(subject="person").order_by("pk")] == [
        {"active": False},
        {"active": True},
    ]


def test_nobody_closes_themselves_the_last_administrator_or_somebody_from_elsewhere(
    login: Login, town: Town, neighbour: Town
) -> None:
    admin = login(town.admin)
    admin.post(reverse("setup_account_switch", args=[town.admin.pk]), {"active": "0"})
    assert fresh(town.admin).is_active
    grant(user=town.editor, municipality=neighbour.municipality, role=Role.EDITOR)
    admin.post(reverse("setup_account_switch", args=[town.editor.pk]), {"active": "0"})
    assert fresh(town.editor).is_active, "works elsewhere too"
    assert admin.post(reverse("setup_account_switch", args=[neighbour.clerk.pk]), {"active": "0"}).status_code == 404
    assert login(town.manager).get(reverse("setup_account", args=[town.clerk.pk])).status_code == 403


def test_open_cases_are_named_and_given_away(login: Login, town: Town, make_report: Any) -> None:
    case = make_report()
    Case.objects.filter(pk=case.pk).update(unit=town.yard, assignee=town.clerk)
    admin = login(town.admin)
    page = admin.get(reverse("setup_account", args=[town.clerk.pk])).content.decode()
    assert case.number in page
    there = reverse("setup_account_give", args=[town.clerk.pk])
    admin.post(there, {"to": ""})
    assert Case.objects.get(pk=case.pk).assignee == town.clerk
    admin.post(there, {"to": str(town.manager.pk)})
    assert Case.objects.get(pk=case.pk).assignee == town.manager


def test_a_lost_second_factor_is_taken_away_and_told(login: Login, town: Town) -> None:
    Authenticator.objects.create(user=town.clerk, type=Authenticator.Type.TOTP, data={})
    admin, clerk = login(town.admin), login(town.clerk)
    page = admin.get(reverse("setup_people")).content.decode()
    assert "mit zweitem Faktor" in page
    admin.post(reverse("setup_account_factor", args=[town.clerk.pk]))
    assert not Authenticator.objects.filter(user=town.clerk).exists()
    assert clerk.get(reverse("desk")).status_code == 302
    assert Delivery.objects.filter(address=town.clerk.email).exists()


def test_somebody_has_several_roles_and_is_found_by_unit(login: Login, town: Town) -> None:
    admin = login(town.admin)
    there = reverse("setup_account", args=[town.clerk.pk])
    assert admin.post(there, {"role": "clerk", "unit": ""}).status_code == 422
    assert admin.post(there, {"role": "clerk", "unit": str(town.greens.pk)}).status_code == 302
    assert {row.unit for row in town.clerk.memberships.all()} == {town.yard, town.greens}
    found = admin.get(reverse("setup_people"), {"q": town.greens.name}).content.decode()
    assert town.clerk.email in found
    assert town.editor.email not in found


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("8–12.30, 14:00-16 Uhr", [["08:00", "12:30"], ["14:00", "16:00"]]),
        ("8 bis 12 und 14 bis 18", [["08:00", "12:00"], ["14:00", "18:00"]]),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, times: list[list[str]]) -> None:
    assert hours.read(typed) == times


@pytest.mark.parametrize("typed", ["morgens", "12-8", "8-12, 10-14", "25-26", "8-9,10-11,12-13,14-15"])
def test_hours_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        hours.read(typed)


def test_office_hours_stand_on_the_contact_page(login: Login, town: Town, client: Client) -> None:
    admin = login(town.admin)
    there = reverse("setup_unit", args=[town.yard.pk])
    typed = {"name": town.yard.name, "mail_rhythm": "at_once"}
    wrong = admin.post(there, {**typed, "hours-0": "vormittags"})
    assert wrong.status_code == 422
    assert "vormittags" in wrong.content.decode()
    admin.post(there, {**typed, **{f"hours-{day}": "8-12" for day in range(4)}, "hours-4": "8-11.30"})
    assert Unit.objects.get(pk=town.yard.pk).hours["4"] == [["08:00", "11:30"]]
    page = client.get(reverse("contact")).content.decode()
    assert "Montag bis Donnerstag" in page
    assert "08:00–12:00" in page
