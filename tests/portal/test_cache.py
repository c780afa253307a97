"""A full disk: what only wanted to be remembered is forgotten."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from diskcache import DjangoCache

from portal.cache import DiskCache


def test_a_full_disk_fails_no_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    cache = DiskCache(str(tmp_path), {})
    cache.set("a", 1)
    assert (cache.get("a"), cache.incr("a")) == (1, 2)
    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(DjangoCache, name, full)
    assert cache.get("a", "nothing") == "nothing"
    assert not cache.set("a", 1)
    assert not cache.add("b", 1)
    with pytest.raises(ValueError, match="down"):
        cache.incr("a")
