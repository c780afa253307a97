"""docs/performance.md out of the figures of a run: the machine, a table per size, growth and ratio as a plot (SVG)."""

from __future__ import annotations

import math
import os
import platform
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench.names import JOBS
from bench.place import ROOT

BUSY = 6
"""More processes than so many per core wait: that is not the measurement alone."""
Row = dict[str, Any]
COLOURS = ("#1d4f91", "#b3261e", "#1b7f3b", "#8a5a00", "#6a3d9a", "#00727a", "#5c5c5c", "#c2185b")
SLOT = "<!-- words of ours stand below this line and are kept -->"


def write(file: Path, figures: list[Row]) -> None:
    """Write the page and, beside it, its plot. Words below SLOT in a page that is there are kept."""
    kept = file.read_text("utf-8").partition(SLOT)[2] if file.exists() else "\n"
    plot = file.with_suffix(".svg")
    plot.write_text(drawn(figures), "utf-8")
    sizes = sorted({one["size"] for one in figures})
    parts = [
        "# How fast it is\n",
        "Written by `bench/run.py --report`; what the columns mean, and how to measure it yourself, stands in"
        " [bench/README.md](../bench/README.md).\n",
        machine(),
        f"![Time of each job over the number of reports]({plot.name})\n",
    ]
    if len(sizes) > 1:
        parts += ["## Growth\n\nMedian as a multiple of that at the smallest size.\n", growth(figures, sizes)]
    for size in sizes:
        parts += [f"## {size:,} reports\n", table([one for one in figures if one["size"] == size])]
    parts.append("## Further figures\n\n" + further(figures))
    file.write_text("\n".join(parts) + f"\n{SLOT}{kept}", "utf-8")


def machine() -> str:
    """What it was measured on, in a list."""
    cpu = _of("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    memory = _of("/proc/meminfo", "MemTotal")
    gigabytes = f"{int(memory.split()[0]) / 2**20:.0f} GB" if memory else "unknown"
    web = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    rows = {
        "Day": timezone.localdate().isoformat(),
        "Machine": f"{os.cpu_count()} cores, {cpu}, {gigabytes} memory, {platform.system()} {platform.release()}",
        "Load average at the end": " ".join(f"{one:.1f}" for one in os.getloadavg()),
        "Python, Django": f"{platform.python_version()}, {django_version()}",
        "Database": database(),
        "Server": f"`{web.partition(': ')[2]}`",
        "Client": "on the same cores: two processes with keep-alive",
    }
    lines = [f"- {name}: {value}" for name, value in rows.items()]
    if os.getloadavg()[0] > BUSY * (os.cpu_count() or 1):
        lines += [
            "",
            "**Others were at work on the machine: times and rates mean nothing, ratios little.**",
        ]
    return "\n".join(lines) + "\n"


def django_version() -> str:
    """Of the Django in use."""
    import django

    return str(django.__version__)


def database() -> str:
    """Kind, version and the settings that matter."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version(), spatialite_version()")
            return "SQLite {}, SpatiaLite {}".format(*cursor.fetchone())
        found = []
        for name in ("server_version", "shared_buffers", "work_mem", "random_page_cost", "fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            found.append(f"{name} {cursor.fetchone()[0]}")
        cursor.execute("SELECT PostGIS_Lib_Version()")
        return f"PostgreSQL, PostGIS {cursor.fetchone()[0]}; {', '.join(found)}; pool {_pool()}"


def _pool() -> str:
    options: Any = settings.DATABASES["default"].get("OPTIONS") or {}
    return "yes" if options.get("pool") else "no"


def _of(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _number(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(rows: list[Row]) -> str:
    """All jobs of one size."""
    head = ["job", "queries", "median ms", "95 % ms", "SQL ms", "ratio to SQL", "requests/s", "CPU ms", "bytes"]
    keys = ("queries", "median_ms", "p95_ms", "sql_ms", "ratio_to_sql", "rps", "cpu_ms", "bytes")
    rows = sorted(rows, key=lambda one: list(JOBS).index(one["job"]))
    return _table(head, [[one["job"], *(_number(one.get(key)) for key in keys)] for one in rows])


def _by_job(figures: list[Row]) -> dict[str, dict[int, Row]]:
    found: defaultdict[str, dict[int, Row]] = defaultdict(dict)
    for one in sorted(figures, key=lambda one: list(JOBS).index(one["job"])):
        found[one["job"]][one["size"]] = one
    return found


def growth(figures: list[Row], sizes: list[int]) -> str:
    """A line per job."""
    rows = []
    for job, found in _by_job(figures).items():
        first = found[min(found)]["median_ms"]
        rows.append([job, *(f"{found[one]['median_ms'] / first:.2f}" if one in found else "" for one in sizes)])
    return _table(["job", *(f"{size:,}" for size in sizes)], rows)


def further(figures: list[Row]) -> str:
    """What a job says beside the columns of all."""
    usual = {"job", "size", "queries", "median_ms", "p95_ms", "sql_ms", "ratio_to_sql", "rps", "cpu_ms", "bytes"}
    lines = []
    for job, found in _by_job(figures).items():
        for size, one in sorted(found.items()):
            more = ", ".join(f"{name} {_number(value)}" for name, value in one.items() if name not in usual)
            if more:
                lines.append(f"- {job}, {size:,}: {more}")
    return "\n".join(lines) + "\n"


def drawn(figures: list[Row]) -> str:
    """Two plots side by side: milliseconds over reports (both in powers of ten), and the ratio to the bare SQL."""
    jobs = _by_job(figures)
    left = {job: [(size, one["median_ms"]) for size, one in sorted(rows.items())] for job, rows in jobs.items()}
    right = {
        job: [(size, one["ratio_to_sql"]) for size, one in sorted(rows.items()) if one["ratio_to_sql"]]
        for job, rows in jobs.items()
    }
    high = 420 + 18 * math.ceil(len(jobs) / 4)
    legend = "".join(
        f'<rect x="{60 + at % 4 * 210}" y="{408 + at // 4 * 18}" width="12" height="12" fill="{_colour(at)}"/>'
        f'<text x="{78 + at % 4 * 210}" y="{418 + at // 4 * 18}">{job}</text>'
        for at, job in enumerate(jobs)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 {high}" font-family="sans-serif" font-size="12"'
        f' role="img"><title>Time and ratio to the bare SQL over the number of reports</title>'
        f'<rect width="920" height="{high}" fill="#fff"/>'
        f"{_plot(left, 60, 'median, ms')}{_plot(right, 530, 'multiple of the bare SQL')}{legend}</svg>\n"
    )


def _colour(at: int) -> str:
    return COLOURS[at % len(COLOURS)]


def _plot(lines: dict[str, list[tuple[int, float]]], x: int, title: str) -> str:
    points = [point for line in lines.values() for point in line if point[1] > 0]
    if not points:
        return ""
    wide, top, deep = 350, 40, 320
    xs = [math.log10(size) for size, _value in points]
    ys = [math.log10(value) for _size, value in points]
    low_x, high_x = min(xs), max(max(xs), min(xs) + 0.1)
    low_y, high_y = math.floor(min(ys)), max(math.ceil(max(ys)), math.floor(min(ys)) + 1)

    def at(size: float, value: float) -> tuple[float, float]:
        across = (math.log10(size) - low_x) / (high_x - low_x)
        up = (math.log10(value) - low_y) / (high_y - low_y)
        return x + across * wide, top + deep - up * deep

    parts = [f'<text x="{x}" y="24" font-weight="bold">{title}</text>']
    for power in range(low_y, high_y + 1):
        _x, y = at(10**low_x, 10**power)
        parts.append(f'<path d="M{x} {y:.1f}h{wide}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for size in sorted({size for size, _value in points}):
        across, _y = at(size, 10**low_y)
        parts.append(f'<text x="{across:.1f}" y="{top + deep + 18}" text-anchor="middle">{_short(size)}</text>')
    for number, line in enumerate(lines.values()):
        places = [at(size, value) for size, value in line if value > 0]
        if places:
            path = "M" + "L".join(f"{across:.1f} {y:.1f}" for across, y in places)
            parts.append(f'<path d="{path}" fill="none" stroke="{_colour(number)}" stroke-width="2"/>')
            dots = (f'<circle cx="{a:.1f}" cy="{y:.1f}" r="3" fill="{_colour(number)}"/>' for a, y in places)
            parts += dots
    return "".join(parts)


def _short(size: int) -> str:
    for unit, word in ((1_000_000, " M"), (1_000, " k")):
        if size >= unit:
            return f"{size / unit:g}{word}"
    return str(size)
