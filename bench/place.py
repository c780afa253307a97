"""A database and a data folder of our own, gone when the measurement ends. Nothing of Django is imported here.

On PostGIS the database is named after that of DATABASE_URL (`anliegen` → `anliegen_bench`) and made beside it; without
DATABASE_URL it is a SpatiaLite file in the folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
SUFFIX = "_bench"
BROKEN = -2
"""How PostgreSQL marks a database that was not dropped to the end."""


class Unusable(Exception):
    """The database cannot be made; the words say why."""


@dataclass(frozen=True)
class Place:
    """Where the measured platform lives. `url` is "" on SpatiaLite."""

    folder: Path
    url: str
    debug: bool = False
    """Static files as they lie, so that none need be collected; for trials only."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes: settings of production without HTTPS, so that this machine is trusted and
        no throttle stands in the way (see TRUSTED_ADDRESSES), and no demo."""
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        own = {
            "DATA_DIR": str(self.folder),
            "DEMO": "0",
            "DEBUG": str(int(self.debug)),
            "HTTPS": "0",
            "BIND": "127.0.0.1",
        }
        if self.url:
            own["DATABASE_URL"] = self.url
        return {**kept, **own, "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1"}

    def manage(self, *words: str) -> None:
        """Run manage.py. Raises Unusable with what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            start_new_session=True,
        )
        if done.returncode:
            raise Unusable(f"manage.py {' '.join(words)} failed:\n{(done.stderr or done.stdout)[-2000:]}")


@contextmanager
def made(*, keep: bool, say: str = "") -> Iterator[Place]:
    """The database, migrated, with static files collected. With `keep` one that is there is used, and it stays."""
    given = os.environ.get("DATABASE_URL", "")
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    data.mkdir(parents=True, exist_ok=True)
    folder = data / "bench" if keep else Path(tempfile.mkdtemp(prefix="bench-", dir=data))
    folder.mkdir(exist_ok=True)
    place = Place(folder, _beside(given) if given else "")
    created = False
    try:
        created = _create(given, place.url, keep) if given else True
        if say:
            print(say, flush=True)
        place.manage("migrate", "--noinput", "--verbosity", "0")
        place.manage("collectstatic", "--noinput", "--verbosity", "0")
        yield place
    finally:
        if not keep:
            if given and created:
                _drop(given, place.url)
            shutil.rmtree(folder, ignore_errors=True)


def _beside(url: str) -> str:
    parts = urlsplit(url)
    if not parts.path.strip("/"):
        raise Unusable("DATABASE_URL names no database.")
    return urlunsplit(parts._replace(path=parts.path + SUFFIX))


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    parts = urlsplit(url)
    plain = urlunsplit(parts._replace(scheme="postgresql"))
    elsewhere = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    try:
        return psycopg.connect(elsewhere, autocommit=True)
    except psycopg.OperationalError:
        try:
            return psycopg.connect(plain, autocommit=True)
        except psycopg.OperationalError as error:
            raise Unusable(f"The database of DATABASE_URL does not answer: {error}") from error


def _create(given: str, url: str, keep: bool) -> bool:
    name = urlsplit(url).path.strip("/")
    with _connect(given) as connection:
        there = connection.execute("SELECT datconnlimit FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there and keep and there[0] != BROKEN:
            return True
        try:
            if there:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.Error as error:
            raise Unusable(f"The database {name} cannot be made (does another run use it?): {error}") from error
    return True


def _drop(given: str, url: str) -> None:
    name = urlsplit(url).path.strip("/")
    with _connect(given) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
