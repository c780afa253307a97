"""The real platform under measurement: web, worker and scheduler as the Procfile starts them, on a free port."""

from __future__ import annotations

import ctypes
import os
import signal
import socket  # noqa: TID251
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.client import Connection, Request
from bench.place import ROOT, Place

_DEATH = 1
_LIBC = ctypes.CDLL(None)
_TICKS = os.sysconf("SC_CLK_TCK")
STOP_AFTER = 10.0


@dataclass
class Process:
    """One process of the Procfile with all it started."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def pids(self) -> list[int]:
        """Itself and its children, and theirs."""
        found, todo = [], [self.popen.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    todo += [int(one) for one in tasks.read_text().split()]
        return found

    def tail(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text("utf-8", "replace")[-1500:] if self.log.exists() else ""


def cpu(pids: list[int]) -> float:
    """Seconds of processor time that processes have used so far; 0 where the system does not tell."""
    total = 0
    for pid in pids:
        with suppress(OSError, IndexError, ValueError):
            # Behind the name, which may hold blanks: utime and stime are the 12th and 13th.
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(parts[11]) + int(parts[12])
    return total / _TICKS


def memory(pids: list[int]) -> float:
    """Megabytes that processes hold (VmRSS)."""
    total = 0
    for pid in pids:
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
    return total / 1024


@dataclass
class Platform:
    """What runs, and the port of its web server."""

    port: int
    processes: dict[str, Process]

    def pids(self, name: str = "web") -> list[int]:
        """All processes of one of the Procfile's."""
        return self.processes[name].pids()

    def check(self) -> None:
        """Raises RuntimeError if one of them is gone."""
        for one in self.processes.values():
            if one.popen.poll() is not None:
                raise RuntimeError(f"{one.name} ended with {one.popen.returncode}:\n{one.tail()}")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_us() -> None:
    _LIBC.prctl(_DEATH, signal.SIGTERM)


def start(name: str, command: list[str], environment: dict[str, str], folder: Path) -> Process:
    """Start a process in a group of its own, which ends with this one whatever happens."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=_die_with_us,
        )
    return Process(name, popen, log)


def stop(processes: list[Process]) -> None:
    """End them: ask, wait, then force."""
    for one in processes:
        with suppress(ProcessLookupError):
            os.killpg(one.popen.pid, signal.SIGTERM)
    ends = time.monotonic() + STOP_AFTER
    while time.monotonic() < ends and any(one.popen.poll() is None for one in processes):
        time.sleep(0.05)
    for one in processes:
        with suppress(ProcessLookupError):
            os.killpg(one.popen.pid, signal.SIGKILL)
        one.popen.wait()


@contextmanager
def platform(place: Place, names: tuple[str, ...] = ("web", "worker", "scheduler")) -> Iterator[Platform]:
    """The platform while it lasts. Raises RuntimeError if it does not answer within a minute."""
    port = free_port()
    environment = {**place.environment, "PORT": str(port)}
    found: dict[str, Process] = {}
    try:
        for name in names:
            found[name] = start(name, ["deploy/run", name], environment, place.folder)
        running = Platform(port, found)
        wait(running, "/readyz" if "worker" in names else "/healthz")
        yield running
    finally:
        stop(list(found.values()))


def wait(running: Platform, path: str) -> None:
    """Until it answers a request. Raises RuntimeError after a minute, or if a process is gone."""
    ends, status = time.monotonic() + 60, 0
    while time.monotonic() < ends:
        running.check()
        connection = Connection(running.port, 5)
        with suppress(OSError):
            status = connection.send(Request(path))[0]
        connection.close()
        if status == 200:
            return
        time.sleep(0.2)
    raise RuntimeError(f"The server does not answer {path} (last: {status}):\n{running.processes['web'].tail()}")
