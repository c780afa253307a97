"""A platform comes back as it was: rows, files, pages, links, logins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from cases.models import Case, Follow
from geo.models import Municipality
from net.sealed import unseal_password
from portal.backup import schema
from portal.backup.dump import backup
from portal.backup.errors import BackupError
from portal.backup.load import rebuilding, restore
from portal.backup.uploads import Staged
from tests.conftest import AT, Town
from tests.portal.backing_up import PASSPHRASE, files, rows
from tests.reports.conftest import photo_of, release

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["photo_of", "release"]


@pytest.fixture(autouse=True)
def _own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def whole() -> Iterator[None]:
    """Whatever a test leaves of the tables, the next one finds them as the models are."""
    yield
    if schema.applied(connection) != schema.current(connection):
        with rebuilding(connection):
            schema.drop(connection)
            schema.migrate(connection, None)


def pages(case: Case) -> list[bytes]:
    """What everybody sees of a case, and what its reporter sees; without the tokens of the forms."""
    client = Client()
    public = client.get(f"/meldungen/{case.number}/")
    own = client.get(f"/meine/{case.secret}/")
    assert public.status_code == own.status_code == 200
    token = client.cookies["csrftoken"].value.encode()
    return [
        b"\n".join(
            line for line in answer.content.splitlines() if b"csrfmiddlewaretoken" not in line and token not in line
        )
        for answer in (public, own)
    ]


def test_everything_comes_back(whole, town: Town, neighbour: Town, release, photo_of, settings, tmp_path, client):
    settings.SECRET_KEY = "the key of the old machine, long enough for anybody"
    case = release("Laterne flackert — „seit Tagen“", email="erika@example.org")
    photo_of(case)
    release("In Heek", of=neighbour)
    Municipality.objects.filter(pk=town.municipality.pk).update(smtp_relay="smtp://melder:geheim@mail.example:25")
    follows = [Follow.objects.create(case=case, email=f"{name}@example.org", created_at=AT) for name in "abc"]
    highest = follows[-1].pk
    follows[-1].delete()
    before, uploaded, seen = rows(), files(), pages(case)
    assert uploaded

    made = backup(tmp_path / "all.sealed", passphrase=PASSPHRASE)
    assert (made.rows, made.files) == (sum(map(len, before.values())), len(uploaded))

    settings.SECRET_KEY = "the key of the new machine, where nothing is yet ..."
    Case.objects.filter(pk=case.pk).update(secret="lost")
    release("Was reported after the backup", of=neighbour)
    User.objects.all().delete()
    for name in uploaded:
        (tmp_path / "files" / name).unlink()
    (tmp_path / "files" / "originals" / "later").write_bytes(b"x")

    with pytest.raises(BackupError, match="not empty"):
        restore(made.path, passphrase=PASSPHRASE)
    assert Case.objects.filter(secret="lost").exists()

    restored = restore(made.path, passphrase=PASSPHRASE, replace=True)
    assert restored.removed == 1
    assert rows() == before
    assert files() == uploaded
    assert pages(case) == seen
    assert client.login(username=town.manager.email, password="geheim-geheim-1")
    assert Follow.objects.create(case=case, email="d@example.org", created_at=AT).pk > highest

    # The key came along, since the backup is sealed: what it encrypts can be read.
    assert (tmp_path / "secret_key").read_text().startswith("the key of the old machine")
    relay = Municipality.objects.get(pk=town.municipality.pk).smtp_relay
    assert unseal_password(relay) == "smtp://melder:geheim@mail.example:25"
    assert not list(tmp_path.glob("*restoring*"))


def test_a_damaged_backup_changes_nothing(town: Town, release, photo_of, tmp_path):
    photo_of(release())
    path = backup(tmp_path / "all.backup").path
    path.write_bytes(path.read_bytes()[:-40_000])
    before, uploaded = rows(), files()
    with pytest.raises(CommandError, match=r"Nothing was changed: .* cut off"):
        call_command("restore", str(path), "--replace")
    assert (rows(), files()) == (before, uploaded)


def test_what_fails_at_the_end_changes_nothing(town: Town, release, photo_of, tmp_path, monkeypatch):
    photo_of(release())
    path = backup(tmp_path / "all.backup").path
    gone = next(iter(files()))
    (tmp_path / "files" / "originals" / "later").write_bytes(b"x")
    (tmp_path / "files" / gone).unlink()
    Case.objects.update(priority=2)
    before, uploaded = rows(), files()

    placed = Staged.put

    def full(self: Staged) -> None:
        placed(self)
        assert gone in files()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Staged, "put", full)
    with pytest.raises(CommandError, match=r"Nothing was changed: .*No space left"):
        call_command("restore", str(path), "--replace")
    assert (rows(), files()) == (before, uploaded)


FIRST = ("accounts", "cases", "form_engine", "geo", "notifications", "outbox", "reports")
"""Our apps when the first version landed, each with one migration; there were these of others."""
OTHERS = ("account", "auth", "contenttypes", "mfa", "sessions")


def test_a_backup_of_the_first_version_is_migrated_and_can_be_given_back(whole, transactional_db, tmp_path):
    old = {app: schema.current(connection)[app] for app in OTHERS} | {app: ["0001_initial"] for app in FIRST}
    with rebuilding(connection):
        schema.drop(connection)
        schema.migrate(connection, old)
    places = schema.apps_at(old, connection).get_model("geo", "Municipality")
    places.objects.create(slug="heek", name="Heek", host="heek.localhost", prefix="HEK", state_key="05")
    made = backup(tmp_path / "before-upgrade.backup")

    call_command("migrate", verbosity=0)
    Municipality.objects.update(name="Heek since the upgrade")

    restore(made.path, replace=True, migrate=False)
    assert schema.applied(connection) == old
    assert places.objects.get().name == "Heek"

    restore(made.path, replace=True)
    assert schema.applied(connection) == schema.current(connection)
    assert Municipality.objects.get().name == "Heek"
