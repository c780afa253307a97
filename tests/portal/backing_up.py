"""What a backup must bring back: every row, every file, every page. And a backup of the smallest platform."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.db import connection

from portal.backup import schema, uploads, values
from portal.backup.dump import backup
from tests.conftest import make_municipality

PASSPHRASE = "vier-lange-worte-reichen"


def rows() -> dict[str, list[str]]:
    """Table → its rows in order, in a form that is the same on both databases."""
    found = {}
    for model in schema.tables(schema.apps_at(schema.applied(connection), connection)):
        fields = [field.attname for field in schema.columns(model)]
        lines = (values.line(row) for row in model._base_manager.order_by("pk").values_list(*fields))
        found[model._meta.db_table] = [json.dumps(json.loads(line), sort_keys=True) for line in lines]
    return found


def files() -> dict[str, str]:
    """Storage name → SHA-256."""
    top = uploads.location()
    return {name: hashlib.sha256((top / name).read_bytes()).hexdigest() for name in uploads.names()}


def small_backup(folder: Path, **how: Any) -> Path:
    """A backup of one municipality with one upload."""
    make_municipality("heek", "Heek", "HEK", lon=7.1, lat=52.11)
    (uploads.location() / "originals").mkdir(parents=True)
    (uploads.location() / "originals" / "abc").write_bytes(b"a picture, nearly" * 999)
    return backup(folder / "small.backup", **how).path
