"""What the doctor looks at on the machine itself: settings, keys, files and who may read them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, run_checks

from portal.watch.judging import Finding
from portal.watch.policy import Level

KEY_LENGTH = 50
OTHERS = stat.S_IROTH | stat.S_IXOTH
EXAMPLE = "example-only"
"""How the key in docs/production.env.example begins."""


def settings_findings() -> Iterator[Finding]:
    """Settings that a start does not refuse, but a town should not have."""
    yield from _django()
    yield _secret_key()
    if settings.HTTPS:
        yield from _in_public()
    title = "Mails to the operator"
    if settings.OPERATOR_EMAIL:
        yield Finding("operator", Level.OK, title, ", ".join(settings.OPERATOR_EMAIL))
    elif not settings.DEMO:
        yield Finding("operator", Level.WARNING, title, "nobody is told of troubles", "Set OPERATOR_EMAIL.")


def _django() -> Iterator[Finding]:
    """Django's own checks, those for production too where the platform is public."""
    title = "Settings"
    found = run_checks(include_deployment_checks=settings.HTTPS)
    for message in found:
        level = Level.FAILURE if isinstance(message, Error) or message.is_serious() else Level.WARNING
        yield Finding(f"settings.{message.id}", level, title, f"{message.msg} ({message.id})", message.hint or "")
    if not found:
        yield Finding("settings", Level.OK, title, "no objections")


def _secret_key() -> Finding:
    title, key = "SECRET_KEY", str(settings.SECRET_KEY)
    advice = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'; then manage.py reseal."
    if key.startswith((EXAMPLE, "django-insecure-")):
        return Finding("secret_key", Level.FAILURE, title, "is the one of an example, which everybody knows", advice)
    if len(key) < KEY_LENGTH or len(set(key)) < 10:
        return Finding("secret_key", Level.FAILURE, title, "is too short or too simple", advice)
    return Finding("secret_key", Level.OK, title, "long enough")


def _in_public() -> Iterator[Finding]:
    title = "Operation in public"
    wrong = [
        (settings.DEBUG, Level.FAILURE, "DEBUG shows the inside of the program to everybody.", "DEBUG=0"),
        (settings.DEMO, Level.FAILURE, "DEMO shows logins and writes mails to files.", "DEMO=0"),
        (
            settings.STAFF_TOTP != "required",
            Level.WARNING,
            "Staff log in without a second factor.",
            "STAFF_TOTP=required",
        ),
        (
            not settings.TRUSTED_PROXIES,
            Level.WARNING,
            "Throttles count the proxy instead of its visitors.",
            "TRUSTED_PROXIES=1",
        ),
    ]
    for applies, level, text, fix in wrong:
        if applies:
            yield Finding(f"public.{fix.partition('=')[0]}", level, title, text, f"Set {fix}.")
    if not any(applies for applies, *_rest in wrong):
        yield Finding("public", Level.OK, title, "as it should be")


def file_findings() -> Iterator[Finding]:
    """Static files, and who may read what is confidential."""
    title = "Static files"
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Finding("static", Level.OK, title, "collected")
    else:
        advice = "Run manage.py collectstatic --noinput."
        yield Finding("static", Level.FAILURE, title, f"not collected in {settings.STATIC_ROOT}", advice)
    yield from _permissions()


def _permissions() -> Iterator[Finding]:
    """Nobody else may write anything, and nobody else may read keys, the database, uploads or backups."""
    data, title = Path(settings.DATA_DIR), "Permissions"
    confidential = [data, Path(settings.BACKUP_DIR or data), Path(settings.BACKUP_PASSPHRASE_FILE or data)]
    if _mode(data) & OTHERS:  # else nobody gets that far
        confidential += [data / "secret_key", data / "restored.env"]
    told = False
    for path in dict.fromkeys(confidential):
        mode = _mode(path)
        if mode & stat.S_IWOTH:
            told = True
            yield _open(path, Level.FAILURE, title, "write to")
        elif mode & OTHERS:
            told = True
            yield _open(path, Level.WARNING, title, "read")
    if not told:
        yield Finding("permissions", Level.OK, title, "nobody else may read or write what is confidential")


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _open(path: Path, level: Level, title: str, deed: str) -> Finding:
    text = f"everybody on this machine may {deed} {path}"
    return Finding(f"permissions.{path.name}", level, title, text, f"chmod o-rwx {path}")
