"""The measuring programs: rows as a city has them, the real server measured, the figures as programs read them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from bench import data
from bench.main import Run, arguments
from bench.place import ROOT, Place
from cases.models import Case, Entry, Topic
from cases.policy import State
from geo.models import Municipality
from reports.counts.checking import differences, rebuild
from tests.conftest import square

KEYS = ["job", "size", "queries", "median_ms", "p95_ms", "rps", "bytes", "cpu_ms", "ratio_to_sql"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database of the tests, as the server's own."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        (tmp_path / "anliegen.sqlite3").symlink_to(now["NAME"])
        return Place(tmp_path, "", debug=True)
    login = quote(now["USER"]) + (f":{quote(now['PASSWORD'])}" if now["PASSWORD"] else "")
    return Place(tmp_path, f"postgis://{login}@{now['HOST']}:{now['PORT'] or 5432}/{now['NAME']}", debug=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_small_run_has_every_figure(place: Place, tmp_path: Path) -> None:
    rebuild()
    file = tmp_path / "figures.json"
    words = ["--sizes", "200", "--jobs", "map,list,create", "--json", str(file), "--seconds", "0.5", "--turns", "5"]
    run = Run(arguments([*words, "--no-rival", "--processes", "web"]))
    run.measure(place)
    assert run.failures == []
    figures = json.loads(file.read_text())
    assert [one["job"] for one in figures] == ["map-far", "map-mid", "map-near", "map-filtered", "list", "create"]
    for one in figures:
        assert list(one)[: len(KEYS)] == KEYS
        assert one["size"] == 200
        assert 1 <= one["queries"] < 40
        assert 0 < one["median_ms"] <= one["p95_ms"] * 1.001
        assert one["rps"] > 0
        assert one["bytes"] > 100
        assert one["cpu_ms"] > 0
        assert one["ratio_to_sql"] > 0
    assert not differences()


@pytest.mark.django_db(transaction=True)
def test_reports_grow_and_the_map_counts_them() -> None:
    rebuild()  # what the rows of tests before said as they went
    data.fill(60)
    data.fill(150, whole=100)
    assert Case.objects.count() == 150
    assert Case.objects.exclude(number__contains="-000").count() == 0
    assert Entry.objects.filter(case__state=State.DONE.value).values("case").distinct().count() > 10
    assert differences() == []


@pytest.mark.django_db
def test_a_database_of_somebody_else_is_refused() -> None:
    Municipality.objects.create(slug="stadt", name="Stadt", prefix="STA", host="stadt.example", boundary=square(8, 52))
    with pytest.raises(data.town.Foreign):
        data.fill(10)
    assert not Topic.objects.exists()


@pytest.mark.once
def test_unknown_jobs_and_sizes_are_told_with_the_known_ones() -> None:
    for words, known in ((["--jobs", "maps"], "worklist"), (["--sizes", "12q"], "100k")):
        command = [sys.executable, "bench/run.py", *words]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert ended.returncode == 2
        assert known in ended.stderr
