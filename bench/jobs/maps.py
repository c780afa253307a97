"""The map's data at three zooms and with filters, beside its bare SQL and the naive rival."""

from __future__ import annotations

import json
import random
import statistics
import sys
from dataclasses import replace
from pathlib import Path

from bench import serving
from bench.client import Connection, Request, ask
from bench.measuring import Bench, Figure, measured, milliseconds, under_load
from bench.place import ROOT
from bench.town import LAT, LON

VIEWS = {
    "map-far": (11, 0.25, 0.16, ""),
    "map-mid": (14, 0.06, 0.025, ""),
    "map-near": (17, 0.0077, 0.0031, ""),
    "map-filtered": (14, 0.06, 0.025, "&status=erledigt&kategorie={category}"),
}
"""Zoom, half width and half height in degrees (about 1440 x 900 px), and filters."""
SECTIONS = 64
"""Different sections of each view, as people drag the map."""
NAIVE_ROWS = 2_000
"""The naive rival answers with so many rows at most; it would take minutes for all of a large town."""


def sections(job: str, category: str) -> list[str]:
    """Query strings of sections of a view, all with the middle of the town in them."""
    zoom, width, height, rest = VIEWS[job]
    chance = random.Random(job)
    found = []
    for _turn in range(SECTIONS):
        lon = LON + chance.uniform(-0.4, 0.4) * min(width, 0.06)
        lat = LAT + chance.uniform(-0.4, 0.4) * min(height, 0.03)
        box = f"{lon - width:.5f},{lat - height:.5f},{lon + width:.5f},{lat + height:.5f}"
        found.append(f"bbox={box}&zoom={zoom}{rest.format(category=category)}")
    return found


def measure(bench: Bench, job: str) -> list[Figure]:
    """One view; the bare SQL is the statement that brings the answer, its last one."""
    asked = sections(job, bench.town.slugs[0])
    requests = [Request(f"/karte/daten.json?{query}") for query in asked]
    figure = measured(bench, job, requests, bare=lambda _at, own: [(own[-1], ())])
    client = bench.client()
    found = [json.loads(client.get(one.path).content)["features"] for one in requests[:8]]
    figure.more["features"] = int(statistics.median(map(len, found)))
    if job == "map-mid" and bench.rival:
        _naive(bench, figure, asked)
    return [figure]


def _naive(bench: Bench, figure: Figure, asked: list[str]) -> None:
    """The same section by the serializer of drf-gis, from a server of the same kind: `bench.naive`."""
    port = serving.free_port()
    command = [sys.executable, "-m", "gunicorn", "bench.naive:application()", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    log = Path(bench.platform.processes["web"].log).parent
    environment = _environment(bench)
    process = serving.start("naive", [*command, "--log-level", "warning", "--timeout", "180"], environment, log)
    rival = serving.Platform(port, {"web": process})
    try:
        requests = [Request(f"/?{query}&most={NAIVE_ROWS}") for query in asked]
        serving.wait(rival, requests[0].path)
        own = Connection(port)
        times = [milliseconds(ask, own, one, 200) for one in requests[: max(bench.turns // 8, 3)]]
        own.close()
        seen = under_load(replace(bench, platform=rival), requests)
    finally:
        serving.stop([process])
    figure.more |= {
        "naive_rows": NAIVE_ROWS,
        "naive_median_ms": statistics.median(times),
        "naive_rps": seen.rps,
        "rps_to_naive": figure.rps / seen.rps,
    }


def _environment(bench: Bench) -> dict[str, str]:
    """That of the measured web server."""
    pid = bench.platform.processes["web"].popen.pid
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return {**dict(one.split("=", 1) for one in raw if "=" in one), "PYTHONPATH": str(ROOT)}
