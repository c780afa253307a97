"""Which process holds a lease, and whether it is still alive.

A name is "<machine>:<pid>:<start time>". The machine includes the boot and the pid namespace, because two
containers may share a host name but not process ids; the start time tells a process from a later one with the
same id. Where the system has no /proc, only the process id is compared, and a lease may last until its
time-out.
"""

import os
import platform
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


@lru_cache(maxsize=1)
def machine() -> str:
    """Name of this host, boot and pid namespace: process ids are comparable only within it."""
    boot = _read(_PROC / "sys/kernel/random/boot_id").strip()[:8]
    try:
        namespace = os.readlink(_PROC / "self/ns/pid").strip("pid:[]")
    except OSError:
        namespace = ""
    return ".".join([platform.node().replace(":", "-").replace("/", "-")[:64], boot, namespace])


def _start_of(pid: int) -> str:
    """Start time in clock ticks since boot; "" if unknown; "dead" for a zombie."""
    stat = _read(_PROC / str(pid) / "stat")
    if not stat:
        return ""
    # The second field is the program's name in brackets and may itself hold brackets and spaces.
    fields = stat.rpartition(")")[2].split()
    return "dead" if fields[0] in "ZXx" else fields[19]


def name() -> str:
    """Name of the calling process. Not cached: a forked child must not carry its parent's name."""
    pid = os.getpid()
    return f"{machine()}:{pid}:{_start_of(pid)}"


def is_dead(owner: str) -> bool:
    """True if `owner` (see `name`) was a process of this machine that has ended. Others: False, they time
    out.
    """
    try:
        host, pid, start = owner.split(":")
        number = int(pid)
    except ValueError:
        return False
    if host != machine():
        return False
    now = _start_of(number)
    if now:
        return now != start
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
