"""One municipality goes to an empty platform: all of its own, what it inherits, and nothing of anybody else's."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from accounts.policy import Role
from accounts.services import grant
from cases.change import By
from cases.models import Case, Contact, Entry, File, Stage, TextBlock, Topic
from cases.services import assign, note
from geo.arms import put_arms
from geo.models import Municipality
from outbox.models import Event
from portal.backup import scope
from portal.backup.archive import unpacked
from portal.backup.dump import backup
from portal.backup.load import restore
from reports.models import Category
from tests.conftest import Town, jpeg, make_municipality
from tests.portal.backing_up import files
from tests.reports.conftest import photo_of, release

__all__ = ["photo_of", "release"]


@pytest.fixture(autouse=True)
def _own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_every_table_of_a_municipality_has_a_place():
    """Whoever adds one says whether a county's rows mean anything to its towns."""
    place = scope.INHERITED | scope.OWN_ONLY | {"geo.Municipality"}
    named = {
        model._meta.label
        for model in apps.get_models()
        if any(field.is_relation and field.related_model is Municipality for field in model._meta.concrete_fields)
    }
    assert named - place == set(), "add the table to INHERITED or OWN_ONLY in portal/backup/scope.py"
    known = {model._meta.label for model in apps.get_models()}
    assert (scope.INHERITED | scope.OWN_ONLY | scope.FOLLOWED | set(scope.NAMED_BY)) <= known


def words_of(path: Path) -> bytes:
    """Everything readable in a backup."""
    found = b""
    with tarfile.open(path) as tar:
        for member in tar:
            content = (tar.extractfile(member) or io.BytesIO()).read()
            found += unpacked(content, member.name) if member.name.endswith(".gz") else content
    return found


@pytest.mark.django_db(transaction=True)
def test_a_town_moves_out(town: Town, neighbour: Town, release, photo_of, make_report, tmp_path, client):
    county = make_municipality("kreis", "Kreis", "KRS", lon=8.23, lat=51.96)
    Municipality.objects.filter(slug="harsewinkel").update(parent=county, smtp_relay="smtp://u:geheim@mail.example")
    TextBlock.objects.create(municipality=county, slug="dank", title="Danke", text={"de": "Danke!"})
    outsider = User.objects.create_superuser("operator@example.org", "geheim-geheim-2", name="Olga Outside")
    other_boss = User.objects.create_user("boss@kreis.example", "geheim-geheim-3", name="Boss")
    grant(user=other_boss, municipality=county, role=Role.MANAGER)

    case = release("Laterne flackert", email="erika@example.org")
    photo_of(case)
    Entry.objects.filter(case=case).update(user=outsider)
    foreign = release("Bank zerbrochen", of=neighbour, email="fritz@heek.example")
    photo_of(foreign, colour="green")
    foreign_file = File.objects.get(case=foreign).key
    Case.objects.filter(pk=case.pk).update(duplicate_of=foreign)
    put_arms(municipality=town.municipality, upload=jpeg("red"))
    put_arms(municipality=neighbour.municipality, upload=jpeg("green"))
    foreign_arms = Municipality.objects.get(slug="heek").coat_of_arms.removeprefix("upload/")
    uploaded = {name for name in files() if foreign_file not in name and foreign_arms not in name}
    events = Event.objects.filter(payload__case=case.pk).count()
    page = Client().get(f"/meldungen/{case.number}/", headers={"host": "localhost"})

    path = backup(tmp_path / "town.backup", municipality="harsewinkel").path
    told = words_of(path)
    for secret in (b"fritz@", b"heek.example", b"zerbrochen", b"boss@kreis", b"geheim", foreign_file.encode()):
        assert secret not in told, secret
    with pytest.raises(CommandError, match="harsewinkel, heek, kreis"):
        call_command("backup", str(tmp_path / "x"), municipality="nowhere")

    restore(path, replace=True)
    assert dict(Municipality.objects.values_list("slug", "active")) == {"harsewinkel": True, "kreis": False}
    moved = Case.objects.get()
    assert (moved.number, moved.secret, moved.duplicate_of) == (case.number, case.secret, None)
    assert Contact.objects.get().email == "erika@example.org"
    assert set(files()) == uploaded
    assert Event.objects.count() == events > 0
    assert TextBlock.objects.get().municipality.slug == "kreis"
    assert set(Topic.objects.values_list("municipality__slug", flat=True)) == {"harsewinkel"}
    assert set(Stage.objects.values_list("municipality__slug", flat=True)) == {"harsewinkel", "kreis"}
    assert Category.objects.count() == 5
    assert client.login(username=town.manager.email, password="geheim-geheim-1")
    weak = User.objects.get(pk=outsider.pk)
    assert (weak.name, weak.is_active, weak.is_superuser, weak.has_usable_password()) == (
        "Olga Outside",
        False,
        False,
        False,
    )
    assert not User.objects.filter(pk=other_boss.pk).exists()
    again = Client().get(f"/meldungen/{case.number}/", headers={"host": "localhost"})
    assert (page.status_code, again.status_code) == (200, 200)
    assert Client().get(f"/meine/{case.secret}/").status_code == 200
    note(case=moved, by=By.staff(town.manager), text="Work goes on")
    assign(case=moved, by=By.staff(town.manager), unit=town.greens)
