"""A file that is not what was written is known for it, whatever happened to it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.backup import archive, uploads
from portal.backup.archive import HASH, Writer
from portal.backup.dump import backup
from portal.backup.errors import BackupError, Damaged
from portal.backup.reading import opened, verify
from portal.backup.rehearsal import rehearse
from portal.backup.sealing import WrongPassphrase
from tests.portal.backing_up import PASSPHRASE, small_backup
from tests.reports.conftest import photo_of

pytestmark = pytest.mark.django_db
__all__ = ["photo_of"]


@pytest.fixture(autouse=True)
def _quick_key(monkeypatch):
    """A key that takes no half second: this is not about guessing passphrases."""
    monkeypatch.setattr("portal.backup.sealing.COST", 10)


def test_a_whole_backup_says_what_is_in_it(tmp_path, capsys):
    path = small_backup(tmp_path, note="before the fair")
    checked = verify(path)
    assert checked.by_table["geo_municipality"] == 1
    assert (checked.files, checked.sealed, checked.manifest.note) == (1, False, "before the fair")
    assert path.stat().st_mode & 0o777 == 0o600
    call_command("verify_backup", str(path))
    assert "is whole" in capsys.readouterr().out
    with tarfile.open(path) as tar:  # ordinary programs read it as well
        assert tar.getnames()[0] == "manifest.json"


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_a_file_that_was_cut_or_altered_is_refused(passphrase, tmp_path):
    path = small_backup(tmp_path, passphrase=passphrase)
    sound = path.read_bytes()
    for length in [0, 5, 100, 600, len(sound) // 2, len(sound) - 10_300]:
        path.write_bytes(sound[:length])
        with pytest.raises(Damaged):
            verify(path, passphrase=passphrase)
    unnoticed = 0
    for place in range(7, len(sound), 997 if passphrase else 331):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
        try:
            verify(path, passphrase=passphrase)
        except BackupError:
            continue
        unnoticed += 1
        assert not passphrase
        assert sound[place] == 0, "only what fills up a block may differ"
    assert unnoticed < 60


def test_members_cannot_be_left_out(tmp_path):
    path = small_backup(tmp_path)
    with tarfile.open(path) as old, tarfile.open(tmp_path / "less.backup", "w", format=tarfile.PAX_FORMAT) as new:
        for member in old:
            if member.name != "files/originals/abc":
                new.addfile(member, old.extractfile(member))
    with pytest.raises(Damaged, match="missing or in another order"):
        verify(tmp_path / "less.backup")


def test_foreign_files_are_refused(tmp_path):
    for content in [b"", b"PK\x03\x04" * 500, b"\xff\xd8\xff\xe0" * 900, b"SQLite format 3\0" + bytes(9000)]:
        (tmp_path / "foreign").write_bytes(content)
        with pytest.raises(Damaged):
            verify(tmp_path / "foreign")
    with tarfile.open(tmp_path / "foreign", "w") as tar:
        tar.addfile(tarfile.TarInfo("manifest.json"))
    with pytest.raises(Damaged):
        verify(tmp_path / "foreign")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_backup", str(tmp_path / "nowhere"))


def test_a_part_that_inflates_is_not_unpacked_to_its_end(monkeypatch):
    """Zip bomb: what is larger than any part of ours is damage."""
    monkeypatch.setattr(archive, "LARGEST_PART", 10_000)
    assert len(archive.unpacked(gzip.compress(bytes(10_000)), "tables/1")) == 10_000
    with pytest.raises(Damaged, match="cannot be unpacked"):
        archive.unpacked(gzip.compress(bytes(10_000_000)), "tables/1")


def test_a_passphrase_is_needed_and_must_be_right(tmp_path, settings):
    path = small_backup(tmp_path, passphrase=PASSPHRASE)
    assert b"Heek" not in path.read_bytes()
    with pytest.raises(BackupError, match="sealed"):
        verify(path)
    with pytest.raises(WrongPassphrase):
        verify(path, passphrase=PASSPHRASE + "!")
    with pytest.raises(BackupError, match="at least 12"):
        backup(tmp_path / "weak.backup", passphrase="kurz")
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    call_command("verify_backup", str(path), verbosity=0)


@pytest.mark.parametrize(
    "name", ["files/../../evil", "/files/evil", "files//evil", "files/./evil", "files\\evil", "files/e\nvil", "../evil"]
)
def test_no_name_leads_out_of_the_folder(name, tmp_path):
    path = tmp_path / "evil.backup"
    with path.open("wb") as file:
        writer = Writer(file, at=time.time())
        writer.add("manifest.json", json.dumps({"format": "anliegen-backup"}).encode())
        writer.add(name, b"x")
        writer.finish({})
    with opened(path) as reader, pytest.raises(Damaged, match="no backup of ours"):
        list(reader)


def test_links_and_devices_are_refused(tmp_path):
    path = tmp_path / "evil.backup"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        link = tarfile.TarInfo("files/evil")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        link.pax_headers = {HASH: hashlib.sha256(b"").hexdigest()}
        tar.addfile(link, io.BytesIO())
    with opened(path) as reader, pytest.raises(Damaged, match="no plain file"):
        list(reader)


def test_a_full_disk_leaves_no_half_backup(tmp_path, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.backup.dump.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        small_backup(tmp_path)
    assert not list(tmp_path.glob("small*"))


def test_no_backup_replaces_another_file(tmp_path):
    path = small_backup(tmp_path)
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(path))
    assert verify(path)


def test_a_file_that_rotted_on_the_disk_is_named(tmp_path, town, make_report, photo_of):
    photo = photo_of(make_report())
    (uploads.location() / "originals" / photo.file.key).write_bytes(b"rotten")
    path = backup(Path(tmp_path, "all.backup")).path
    assert verify(path).odd == [f"files/originals/{photo.file.key}"]


@pytest.mark.slow
def test_a_rehearsal_restores_it_elsewhere(tmp_path, town):
    path = backup(tmp_path / "all.sealed", passphrase=PASSPHRASE).path
    assert rehearse(path, passphrase=PASSPHRASE) > 0
    assert [one.name for one in tmp_path.iterdir() if "rehearsal" in one.name] == []
