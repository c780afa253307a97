"""The backup of every night: made once, read back, old ones go by rule, failures are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.backup import nightly
from portal.backup.nightly import Status, due, name_of, run, status, superfluous
from portal.backup.reading import verify
from tests.conftest import make_municipality
from tests.portal.backing_up import PASSPHRASE

NIGHT = datetime(2026, 3, 2, 1, 41, tzinfo=UTC)
"""2:41 in Berlin."""


@pytest.fixture
def folder(settings, tmp_path, db):
    make_municipality("heek", "Heek", "HEK", lon=7.1, lat=52.11)
    settings.BACKUP_DIR = str(tmp_path / "backups")
    return tmp_path / "backups"


def test_it_is_off_without_a_folder(settings):
    settings.BACKUP_DIR = ""
    assert not due(NIGHT)
    assert status().word == "off"
    assert not status().late(NIGHT)


def test_once_a_night_and_read_back(folder, settings, client, monkeypatch):
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    monkeypatch.setattr("portal.backup.sealing.COST", 10)
    assert status().word == "none"
    assert run(NIGHT - timedelta(hours=1)) is None, "not before two"
    told = run(NIGHT)
    assert told.sealed
    assert verify(folder / told.file, passphrase=PASSPHRASE).rows == told.rows
    assert run(NIGHT + timedelta(hours=1)) is None
    assert run(NIGHT + timedelta(days=1)).file != told.file
    assert status().kept == 2
    assert client.get("/readyz").json()["backup"] == "2026-03-03T01:41:00+00:00"
    assert status().late(NIGHT + timedelta(days=3))


def test_a_failure_is_told_and_tried_again(folder, monkeypatch):
    good = run(NIGHT)

    def full(*_args: object, **_how: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nightly, "backup", full)
    later = NIGHT + timedelta(days=1)
    told = run(later)
    assert (told.file, told.error) == (good.file, "[Errno 28] No space left on device")
    assert (folder / good.file).exists()
    monkeypatch.undo()
    assert run(later + timedelta(hours=1)).error == ""


def test_what_is_kept():
    nights = [NIGHT - timedelta(days=days) for days in range(800)]
    names = {name_of(at, sealed=True): at for at in nights}
    gone = superfluous([*names, "before-upgrade-20200101T000000Z.backup", "notes.txt"], daily=7, weekly=4, monthly=12)
    kept = [names[name] for name in names if name not in gone]
    assert kept[:7] == nights[:7]
    assert len(kept) == 7 + 2 + 10, "the newest of two weeks and of two months are among the days"
    assert set(gone) <= set(names)
    assert superfluous([name_of(NIGHT, sealed=False)], daily=0, weekly=0, monthly=0) == []


def test_many_of_one_day_count_once():
    names = [name_of(NIGHT + timedelta(minutes=minutes), sealed=False) for minutes in range(5)]
    assert len(superfluous(names, daily=7, weekly=4, monthly=12)) == 4


def test_an_unreadable_note_is_no_error(folder):
    folder.mkdir()
    (folder / "last.json").write_text("{")
    assert status() == Status(on=True)
