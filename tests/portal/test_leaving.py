"""A municipality leaves: closed at once, deleted after its time with all files, and nothing of anybody else's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.policy import Role
from accounts.services import grant
from cases.models import Case, Contact, File
from geo.arms import put_arms
from geo.models import Municipality
from portal.models import Departure
from portal.platform.leaving import WAIT, ask, cancel, carry_out, departure_of
from tests.conftest import Town, jpeg
from tests.portal.backing_up import files, rows
from tests.reports.conftest import photo_of, release

__all__ = ["photo_of", "release"]


@pytest.fixture(autouse=True)
def _own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def operator(db: None) -> User:
    """Runs the platform."""
    return User.objects.create_superuser("betrieb@example.org", "x", name="Betrieb")


def test_it_is_asked_for_by_name_and_can_be_taken_back(operator: User, town: Town, neighbour: Town) -> None:
    there, client = neighbour.municipality, Client()
    client.force_login(operator)
    leave, stay = (reverse(f"platform_{deed}", args=[there.slug]) for deed in ("leave", "stay"))
    client.post(leave, {"name": "irgendwas"})
    assert departure_of(there) is None
    client.post(leave, {"name": there.slug})
    assert not Municipality.objects.get(pk=there.pk).active
    client.post(reverse("platform_switch", args=[there.slug]), {"open": "1"})
    assert not Municipality.objects.get(pk=there.pk).active, "it is leaving"
    page = client.get(reverse("platform_town", args=[there.slug])).content.decode()
    assert "manage.py leave" in page
    client.post(stay)
    assert Municipality.objects.get(pk=there.pk).active
    assert Departure.objects.get().cancelled_by == "Betrieb"
    with pytest.raises(PermissionDenied):
        ask(town=there, confirmed=there.slug, by=neighbour.admin, at=timezone.now())
    with pytest.raises(PermissionDenied):
        cancel(town=there, by=neighbour.admin, at=timezone.now())


def test_nothing_is_deleted_before_its_time(operator: User, town: Town, neighbour: Town, tmp_path: Path) -> None:
    there, now = neighbour.municipality, timezone.now()
    with pytest.raises(ValidationError):
        carry_out(town=there, confirmed=there.slug, export=tmp_path / "x", at=now)
    ask(town=there, confirmed=there.slug, by=operator, at=now)
    for at, typed in ((now + WAIT - timedelta(hours=1), there.slug), (now + WAIT, "heek?")):
        with pytest.raises(ValidationError):
            carry_out(town=there, confirmed=typed, export=tmp_path / "x", at=at)
    with pytest.raises(CommandError):
        call_command("leave", there.slug, export=tmp_path / "x", confirm=there.slug)
    assert Municipality.objects.filter(pk=there.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_everything_of_it_goes_and_nothing_else(
    operator: User, town: Town, neighbour: Town, release: Any, photo_of: Any, tmp_path: Path
) -> None:
    both = User.objects.create_user("beide@example.org", "x", name="Beide")
    for one in (town, neighbour):
        grant(user=both, municipality=one.municipality, role=Role.MANAGER)
    stays = release("Laterne flackert", email="erika@example.org")
    photo_of(stays)
    before, kept = rows(), set(files())
    goes = release("Bank zerbrochen", of=neighbour, email="fritz@heek.example")
    photo_of(goes, colour="green")
    put_arms(municipality=neighbour.municipality, upload=jpeg("green"))
    Case.objects.filter(pk=stays.pk).update(duplicate_of=goes)
    assert set(files()) > kept
    there = neighbour.municipality
    long_ago = timezone.now() - WAIT - timedelta(days=1)
    ask(town=there, confirmed=there.slug, by=operator, at=long_ago)
    call_command("leave", there.slug, export=tmp_path / "heek.backup", confirm=there.slug)
    assert (tmp_path / "heek.backup").is_file()
    assert not Municipality.objects.filter(slug="heek").exists()
    assert set(files()) == kept
    assert File.objects.count() == 1
    assert Contact.objects.get().email == "erika@example.org"
    assert not User.objects.filter(pk=neighbour.clerk.pk).exists()
    assert list(both.memberships.values_list("municipality__slug", flat=True)) == ["harsewinkel"]
    assert Case.objects.get() == stays
    told = str(rows())
    assert "fritz@heek.example" not in told
    assert "zerbrochen" not in told
    after = rows()
    for table in ("cases_entry", "cases_topic", "reports_report", "accounts_unit", "cases_stage"):
        theirs = [line for line in before[table] if line not in after[table]]
        assert not [line for line in theirs if f'"{there.pk}"' in line and table == "cases_entry"]
        assert len(after[table]) <= len(before[table])
    row = Departure.objects.get()
    assert (row.name, row.asked_by, row.rows > 20, row.files > 2) == ("Stadt Heek", "Betrieb", True, True)
