"""The settings in a backup: what a platform needs to come back as it was, beside its data.

Names are those of docs/production.env.example. What belongs to a machine (folders, ports, servers) stays out. Secrets
come along when the backup is sealed or when the operator asks for it; everything unknown counts as secret.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from net.sealed import Unreadable
from portal.settings import env

OF_THE_MACHINE = {
    "DATA_DIR", "DATABASE_URL", "REDIS_URL", "BIND", "PORT", "DEBUG", "SPATIALITE_LIBRARY_PATH",
    "WEB_WORKERS", "WEB_THREADS", "WORKER_THREADS", "TILE_CACHE_MB",
    "BACKUP_DIR", "BACKUP_PASSPHRASE", "BACKUP_PASSPHRASE_FILE", "MAINTENANCE",
}  # fmt: skip
OPEN = {
    "DEMO", "HTTPS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "PUBLIC_PORT", "TRUSTED_PROXIES", "TRUSTED_ADDRESSES",
    "SENDER_ADDRESS", "STAFF_TOTP", "TILE_ATTRIBUTION", "TILE_ZOOMS", "TILE_EVERYWHERE", "NET_ALLOWED",
    "BACKUP_KEEP_DAILY", "BACKUP_KEEP_WEEKLY", "BACKUP_KEEP_MONTHLY",
    "OPERATOR_EMAIL", "ALERT_QUEUE_MINUTES", "ALERT_SILENCE_MINUTES", "ALERT_DISK_GB", "SLOW_QUERY_MS",
}  # fmt: skip
KEY = "SECRET_KEY"


def carried(*, secrets: bool) -> dict[str, str]:
    """The settings that were made (not the defaults), without those of the machine."""
    found = {}
    for name in sorted(env.dump()):
        value = os.environ.get(name, "")
        if value and name not in OF_THE_MACHINE and (secrets or name in OPEN):
            found[name] = value
    if secrets:
        found[KEY] = settings.SECRET_KEY
    return found


def as_lines(values: dict[str, str]) -> bytes:
    """`NAME=value` lines, the value being the rest of the line."""
    return "".join(f"{name}={value}\n" for name, value in values.items() if "\n" not in value).encode()


def from_lines(content: bytes) -> dict[str, str]:
    """What `as_lines` wrote."""
    pairs = (line.partition("=") for line in content.decode("utf-8", "replace").splitlines())
    return {name: value for name, equals, value in pairs if equals and name.isidentifier()}


def key_mark(key: str | None = None) -> str:
    """Tells whether two platforms have the same SECRET_KEY, and nothing else about it."""
    return hmac.digest((key or settings.SECRET_KEY).encode(), b"anliegen backup", hashlib.sha256).hex()[:32]


def has_own_key() -> bool:
    """Whether the environment names the SECRET_KEY; else it is a file that a restore may replace."""
    return bool(env.str(KEY, ""))


@contextmanager
def key_of(values: dict[str, str]) -> Iterator[None]:
    """While rows of the backup are migrated: what was encrypted with its SECRET_KEY can be read.

    A platform whose key is a file takes the backup's key over; it stays in force unless the block fails.
    """
    key, old = values.get(KEY, ""), (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS)
    if key and not has_own_key():
        settings.SECRET_KEY = key
    former = [*([key] if key else []), *filter(None, values.get("SECRET_KEY_FALLBACKS", "").split(","))]
    settings.SECRET_KEY_FALLBACKS = [*former, *old[1]]
    try:
        yield
    except BaseException:
        settings.SECRET_KEY = old[0]
        raise
    finally:
        settings.SECRET_KEY_FALLBACKS = old[1]


def encrypt_anew(mark: str) -> bool:
    """Bring stored passwords under the key in force, if theirs is another; False where one of them cannot be read."""
    if mark == key_mark():
        return True
    try:
        call_command("reseal", stdout=StringIO())
    except Unreadable:
        return False
    return True


def take_over(values: dict[str, str], mark: str, *, readable: bool) -> list[str]:
    """Bring the settings of a backup back as far as a command can; returns what the operator must do or know.

    `mark` is the `key_mark` of the platform that made the backup, `readable` what `encrypt_anew` said. What differs
    from this environment goes to `restored.env` in DATA_DIR, readable by the owner only.
    """
    told = []
    folder = Path(settings.DATA_DIR)
    others = {name: value for name, value in values.items() if os.environ.get(name, "") != value}
    key = others.pop(KEY, "")
    if key and not has_own_key():
        _write(folder / "secret_key", key.encode())
    elif mark != key_mark():
        told.append("SECRET_KEY is another one than that of the backup: links to reset a password are void.")
    if not readable:
        if key:
            others[KEY] = key
        told.append(
            "Passwords of mail relays were encrypted with the former SECRET_KEY: put it into SECRET_KEY_FALLBACKS and"
            " run manage.py reseal, or enter them anew."
        )
    if others:
        _write(folder / "restored.env", as_lines(others))
        told.append(
            f"These settings of the backup differ; they stand in {folder / 'restored.env'}: {', '.join(others)}."
        )
    return told


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.replace(path)
