"""One at a time: threads of this process and all processes of this machine take turns at something with a name."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOTS = 256
"""Names share so many files: two different names seldom wait for each other."""
_PEEK_SECONDS = 0.02
_turns = [threading.Lock() for _ in range(SLOTS)]


@contextmanager
def alone(folder: Path, name: str, *, wait: float) -> Iterator[bool]:
    """Be the only one at `name` within the block; False if others were at it for `wait` seconds (0: do not wait).

    `folder` holds empty lock files and is made when missing. The kernel lets go of the lock of a process that dies.
    """
    slot = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % SLOTS
    end = time.monotonic() + wait
    # In this process they queue up; only their first looks again and again whether other processes are done.
    if not _turns[slot].acquire(timeout=wait):
        yield False
        return
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = os.open(folder / f"{slot:02x}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:  # a full disk: at least within this process
            yield True
            return
        try:
            yield _taken(file, end)
        finally:
            os.close(file)
    finally:
        _turns[slot].release()


def _taken(file: int, end: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_PEEK_SECONDS)
        else:
            return True
