"""What one kind of database gave, the other one takes, and back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as real
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from geo.models import Municipality
from geo.spatial import within_box
from portal.backup.dump import backup
from portal.backup.load import restore
from tests.conftest import Town
from tests.portal.backing_up import files, rows
from tests.reports.conftest import photo_of, release

__all__ = ["photo_of", "release"]


MEANWHILE = {
    ("cases", "0017_entry_latest"),
    ("cases", "0018_indexes_of_the_work_list"),
    ("cases", "0019_pins_of_rare_reports"),
    ("cases", "0020_rare_entries"),
    ("reports", "0010_words_of_what_is_there"),
}
"""Make indexes while others write, and plainly within a transaction; the restores below run all of them in one."""


def test_every_migration_can_run_within_a_restore():
    """A restore is one transaction: a migration that must not be in one would break it on PostgreSQL."""
    graph = MigrationLoader(None).graph
    assert {node for node, migration in graph.nodes.items() if not migration.atomic} == MEANWHILE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_postgis_to_spatialite_and_back(town: Town, neighbour: Town, release, photo_of, settings, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("SpatiaLite is one half of it")
    settings.DATA_DIR = tmp_path
    photo_of(release("Laterne flackert — „seit Tagen“ 💡", email="erika@example.org"))
    release("In Heek", of=neighbour)
    before, uploaded = rows(), files()
    first = backup(tmp_path / "postgis.backup").path
    other = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "DATA_DIR": str(tmp_path / "other")}

    def manage(*command: str) -> None:
        subprocess.run([sys.executable, "manage.py", *command], cwd=real.BASE_DIR, env=other, check=True)

    manage("restore", str(first))
    manage("backup", str(tmp_path / "spatialite.backup"))
    Municipality.objects.update(boundary=None)
    restore(Path(tmp_path, "spatialite.backup"), replace=True)
    assert rows() == before
    assert files() == uploaded
    box = (8.2, 51.9, 8.3, 52.0)
    assert [one.slug for one in within_box(Municipality.objects.all(), "boundary", box)] == ["harsewinkel"]
