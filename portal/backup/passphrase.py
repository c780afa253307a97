"""Where the passphrase of a backup comes from: a file, the settings, or whoever sits at the terminal.

Never the command line, which every user of the machine can read.
"""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser

from portal.backup.errors import BackupError
from portal.backup.sealing import check_passphrase, is_sealed


def add_argument(parser: CommandParser) -> None:
    """`--passphrase-file FILE`."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="the passphrase is its first line; else BACKUP_PASSPHRASE, else it is asked for",
    )


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise BackupError(f"The passphrase cannot be read from {path}: {error.strerror}.") from None
    if not lines or not lines[0]:
        raise BackupError(f"There is no passphrase in {path}.")
    return lines[0]


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise BackupError("A passphrase is needed: --passphrase-file, or BACKUP_PASSPHRASE.")
    return getpass(question)


def configured() -> str:
    """The passphrase of the settings; "" when backups are not to be sealed."""
    if settings.BACKUP_PASSPHRASE_FILE:
        return check_passphrase(_first_line(Path(settings.BACKUP_PASSPHRASE_FILE)))
    return str(settings.BACKUP_PASSPHRASE)


def new_passphrase(wanted: bool, file: Path | None) -> str:
    """For a backup that is to be made; "" when it is not sealed. The settings' passphrase seals every backup."""
    if file is not None:
        return check_passphrase(_first_line(file))
    if given := configured():
        return check_passphrase(given)
    if not wanted:
        return ""
    passphrase = check_passphrase(_asked("Passphrase: "))
    if passphrase != _asked("Again: "):
        raise BackupError("The two passphrases differ.")
    return passphrase


def known_passphrase(path: Path, file: Path | None) -> str:
    """For a backup that is there; "" when it is not sealed."""
    try:
        with path.open("rb") as backup:
            sealed = is_sealed(backup)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from None
    if not sealed:
        return ""
    return _first_line(file) if file is not None else configured() or _asked("Passphrase: ")
