"""Keys for programs in the set-up: shown once, in the list, revoked; only by administrators of this town."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey, Membership, RuleChange
from accounts.policy import Scope


def typed(**facts):
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"name": "Bauhof-Software", "scopes": ["submit", "triage"], "unit": "", "expires_on": day, **facts}


def test_a_key_is_shown_once_and_works(login, town):
    admin = login(town.admin)
    page = admin.post(reverse("setup_keys"), typed(unit=town.yard.pk))
    secret = page.context["secret"]
    assert secret.startswith(keys.MARK)
    assert secret in page.content.decode()
    assert secret not in admin.get(reverse("setup_keys")).content.decode()
    key = keys.known(secret, at=timezone.now())
    assert key is not None
    assert (key.unit, key.scopes) == (town.yard, ["submit", "triage"])
    assert [(row.unit, row.role) for row in key.user.memberships.all()] == [(town.yard, "clerk")]
    assert "Bauhof-Software" not in admin.get(reverse("setup_people")).content.decode()


def test_a_revoked_key_is_none_and_the_log_tells_it(login, town):
    admin = login(town.admin)
    secret = admin.post(reverse("setup_keys"), typed()).context["secret"]
    key = ApiKey.objects.get()
    admin.post(reverse("setup_key_revoke", args=[key.pk]))
    assert keys.known(secret, at=timezone.now()) is None
    key.refresh_from_db()
    assert not key.user.is_active
    assert [row.after for row in RuleChange.objects.filter(subject="api_key").order_by("pk")][1] == {"active": False}
    assert "Bauhof-Software" in admin.get(reverse("setup_log")).content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
    ],
)
def test_what_is_missing_is_told(change, field, login, town):
    page = login(town.admin).post(reverse("setup_keys"), typed(**change))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not ApiKey.objects.exists()


def test_administration_is_for_the_whole_house_only(login, town):
    page = login(town.admin).post(reverse("setup_keys"), typed(scopes=["admin"], unit=town.yard.pk))
    assert "unit" in page.context["form"].errors


def test_nobody_else_makes_or_revokes_keys(login, town, neighbour):
    manager = login(town.manager)
    assert manager.get(reverse("setup_keys")).status_code == 403
    key, _secret = keys.make(
        municipality=neighbour.municipality,
        name="Heek",
        scopes=[Scope.SUBMIT],
        expires_at=timezone.now() + timedelta(days=1),
        by=neighbour.admin,
        at=timezone.now(),
    )
    assert key.user is None
    assert login(town.admin).post(reverse("setup_key_revoke", args=[key.pk])).status_code == 404
    assert keys.known(_secret, at=timezone.now()) is not None
    assert not Membership.objects.filter(user__name="Heek").exists()


def test_a_town_says_whether_a_key_is_needed(login, town):
    admin = login(town.admin)
    admin.post(reverse("setup_keys_need"), {"keys_only": "on"})
    town.municipality.refresh_from_db()
    assert town.municipality.keys_only
    admin.post(reverse("setup_keys_need"), {})
    town.municipality.refresh_from_db()
    assert not town.municipality.keys_only
    assert RuleChange.objects.filter(subject="api_key").count() == 2
