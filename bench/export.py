"""Whether an export stays small: 100,000 cases through the real server, its memory sampled while it answers.

    DATA_DIR=var python -m bench.export --rows 100000

The rows are its own, in a test database that is thrown away; the server is gunicorn as the Procfile starts it, with
one worker on a port of its own. Printed are, per format, when the first byte came, when the last, its size,
and by how much the worker grew beyond what it took after a small export of the same format.
"""

from __future__ import annotations

import argparse
import http.client  # noqa: TID251  it speaks to the server it starts itself, on this machine
import os
import socket  # noqa: TID251
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench.many import many  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "BENCH_DATABASE"
"""The server's environment: the name of the database with the rows."""
EVERY: Final = 0.01
"""Seconds between two looks at the memory."""
SMALL: Final = "&kategorie=k3&status=new"


def application() -> Any:
    """What gunicorn serves: the platform on the database that NAME names."""
    from django.core.wsgi import get_wsgi_application

    connections["default"].settings_dict["NAME"] = os.environ[NAME]
    settings.ALLOWED_HOSTS = ["*"]
    return get_wsgi_application()


def kilobytes(pid: int) -> int:
    """What a process holds in memory (VmRSS); 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


class Sampler(threading.Thread):
    """Keeps the largest memory of a process until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.stopped = pid, 0, threading.Event()

    def run(self) -> None:
        """Look again and again."""
        while not self.stopped.wait(EVERY):
            self.peak = max(self.peak, kilobytes(self.pid))


@contextmanager
def server(database: str) -> Iterator[tuple[int, int]]:
    """gunicorn with one worker: (port, id of the worker's process)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.export:application()", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "4"]
    process = subprocess.Popen(
        [*command, "--timeout", "120", "--log-level", "warning"], env={**os.environ, NAME: database}
    )
    try:
        for _turn in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 and (workers := children(process.pid)):
                    yield port, workers[0]
                    return
            time.sleep(0.1)
        raise TimeoutError("The server does not answer.")
    finally:
        process.terminate()
        process.wait(20)


def children(pid: int) -> list[int]:
    """Processes that a process started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def fetch(port: int, address: str, cookie: str) -> tuple[float, float, int]:
    """Seconds until the first byte of the body and until the last, and its length."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)  # noqa: TID251
    begun = time.perf_counter()
    connection.request("GET", address, headers={"Host": "localhost", "Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 200, (address, answer.status)
    length = len(answer.read(1))
    first = time.perf_counter() - begun
    while piece := answer.read(65_536):
        length += len(piece)
    connection.close()
    return first, time.perf_counter() - begun, length


def main() -> None:
    """Make the rows, start the server, export, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=100_000)
    rows = asked.parse_args().rows
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        begun = time.perf_counter()
        user = many(rows)
        made = time.perf_counter() - begun
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        settled = connections["default"]
        name, vendor = str(settled.settings_dict["NAME"]), settled.vendor
        settled.close()
        print(f"{rows} cases on {vendor}, made in {made:.0f} s")
        print(f"{'format':10}{'first byte s':>14}{'whole s':>10}{'MB':>8}{'before MB':>11}{'peak MB':>9}{'grew MB':>9}")
        with server(name) as (port, worker):
            for suffix in ("csv", "geojson", "xlsx"):
                address = f"/verwaltung/export/{suffix}/?liste=alle"
                fetch(port, address + SMALL, cookie)
                before = kilobytes(worker)
                sampler = Sampler(worker)
                sampler.start()
                first, whole, length = fetch(port, address, cookie)
                sampler.stopped.set()
                sampler.join()
                grew = max(sampler.peak - before, 0) / 1024
                print(
                    f"{suffix:10}{first:14.2f}{whole:10.1f}{length / 1e6:8.1f}"
                    f"{before / 1024:11.1f}{sampler.peak / 1024:9.1f}{grew:9.1f}"
                )
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
