"""The restore of a backup into a platform that is thrown away afterwards, in a process of its own.

That process knows neither the database nor the folders of the real platform, so nothing it does can reach them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings

from portal.backup.errors import BackupError


def rehearse(path: Path, *, passphrase: str = "") -> float:
    """Restore a backup into an empty SpatiaLite platform beside it; returns the seconds it took.

    It is migrated to this version and every foreign key is checked. Needs as much room as the database and the files
    take, in the folder of the backup. Raises BackupError with what the restore said.
    """
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".rehearsal.", dir=path.resolve().parent) as folder:
        spare = {"DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": "", "BACKUP_DIR": ""}
        opening = {"BACKUP_PASSPHRASE": passphrase, "BACKUP_PASSPHRASE_FILE": ""}
        run = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "manage.py", "restore", str(path.resolve())],
            cwd=settings.BASE_DIR,
            env={**os.environ, **spare, **opening, "SECRET_KEY": settings.SECRET_KEY},
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode:
        reason = run.stderr.strip().splitlines() or ["it ended without a word"]
        raise BackupError(f"The rehearsal failed: {reason[-1]}")
    return time.monotonic() - begun
