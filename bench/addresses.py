"""What a keystroke in the address search costs, beside the bare SQL that finds such names by their beginning.

    DATA_DIR=var python -m bench.addresses --rows 200000 [--json FILE]

A town of some 6,000 streets with house numbers, in a test database that is thrown away. "HTTP" is the whole request
through Django, "SQL" one query for eight names that begin so and their houses; PostgreSQL's trigram index, which the
search does without, is measured beside it for misspelt names.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.gis.geos import MultiPolygon, Point, Polygon  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from bench.streets import names  # noqa: E402
from geo.folding import fold  # noqa: E402
from geo.gazetteer import Row, import_rows  # noqa: E402
from geo.models import Municipality  # noqa: E402
from geo.search import search  # noqa: E402
from geo.services import nearest_address  # noqa: E402
from geo.spatial import box_around  # noqa: E402

TURNS = 200
LON, LAT = 8.23, 51.96
_BARE = (
    "SELECT a.id, a.label, a.point, s.name FROM geo_address a LEFT JOIN geo_street s ON s.id = a.street_id"
    " WHERE a.municipality_id = %s AND a.kind = %s AND a.folded >= %s AND a.folded < %s ORDER BY a.folded LIMIT 8"
)
_TRIGRAMS = (
    "SELECT a.id, a.label FROM geo_address a WHERE a.folded %% %s AND a.kind = 'street'"
    " ORDER BY similarity(a.folded, %s) DESC LIMIT 8"
)


def rows(count: int) -> Iterator[Row]:
    """Houses of streets that lie in a dense middle and ever looser around it."""
    chance = random.Random(6)
    streets = names(count)
    per_street = -(-count // len(streets))
    for at, street in enumerate(streets):
        lon, lat = chance.gauss(LON, 0.03), chance.gauss(LAT, 0.02)
        code = f"{33400 + at % 20}"
        for number in range(1, min(per_street, count - at * per_street) + 1):
            place = Point(lon + number * 0.0002, lat + (number % 2) * 0.0001, srid=4326)
            yield Row(street=street, house_number=str(number), postcode=code, point=place)


def misspelt(name: str, chance: random.Random) -> str:
    """One letter left out, doubled, wrong or swapped."""
    at = chance.randrange(1, len(name) - 2)
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2:
        return name[:at] + chance.choice("aeinrst") + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def timed(do: Callable[[Any], Any], wanted: Sequence[Any]) -> tuple[float, float, float]:
    """Median, 95th percentile and mean processor time in milliseconds over all of `wanted`, after a few that warm up.

    The processor's time is that of this process; on a busy machine it says more than the clock.
    """
    for one in wanted[:5]:
        do(one)
    found = []
    worked = time.process_time()
    for one in wanted:
        begun = time.perf_counter()
        do(one)
        found.append((time.perf_counter() - begun) * 1000)
    worked = (time.process_time() - worked) * 1000 / len(wanted)
    return statistics.median(found), statistics.quantiles(found, n=20)[18], worked


def queries_of(do: Callable[[Any], Any], wanted: Sequence[Any]) -> int:
    """The most queries one of them needs."""
    most = 0
    for one in wanted[:20]:
        with CaptureQueriesContext(connection) as seen:
            do(one)
        most = max(most, len(seen.captured_queries))
    return most


def main() -> None:
    """Make the gazetteer, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=200_000)
    asked.add_argument("--json", type=Path)
    options = asked.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.WARNING)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        shape = MultiPolygon(Polygon.from_bbox((LON - 0.3, LAT - 0.3, LON + 0.3, LAT + 0.3)), srid=4326)
        town = Municipality.objects.create(
            slug="bench", name="Bench", prefix="BEN", host="localhost", is_default=True, boundary=shape, state_key="05"
        )
        begun = time.perf_counter()
        counts = import_rows(municipality=town, rows=rows(options.rows), source="bench")
        seconds = time.perf_counter() - begun
        print(f"{counts.created} entries on {connection.vendor}, imported in {seconds:.0f} s")
        figures = measure(town, options.rows)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    finally:
        teardown_databases(databases, verbosity=0)


def measure(town: Municipality, size: int) -> list[dict[str, Any]]:
    """Every job beside its SQL."""
    chance = random.Random(7)
    streets = chance.choices(names(size), k=TURNS)
    jobs = {
        "while typing": [name[: chance.randrange(3, len(name) + 1)] for name in streets],
        "with a number": [f"{name} {chance.randrange(1, 30)}" for name in streets],
        "misspelt": [misspelt(name, chance) for name in streets],
    }
    near = Point(LON, LAT, srid=4326)
    begun = time.perf_counter()
    search(town, "Schulstraße")
    print(f"names read in {(time.perf_counter() - begun) * 1000:.0f} ms, once per process and import")
    print(
        f"{'job':16}{'queries':>8}{'median':>9}{'p95':>9}{'CPU':>7}{'HTTP p95':>10}{'SQL':>8}{'SQL p95':>9}{'ratio':>7}"
    )
    client = Client(HTTP_HOST="localhost")
    figures = []

    def asked(query: str) -> None:
        answer = client.get(
            "/orte/", {"q": query, "lat": LAT, "lon": LON}, REMOTE_ADDR=f"10.0.0.{chance.randrange(250)}"
        )
        assert answer.status_code == 200, answer.status_code

    def bare(query: str) -> None:
        begin = fold(query)
        with connection.cursor() as cursor:
            cursor.execute(_BARE, (town.pk, "street", begin, begin + "~"))
            cursor.fetchall()

    def by_trigrams(query: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TRIGRAMS, (fold(query), fold(query)))
            cursor.fetchall()

    def add(job: str, queries: int, ours: tuple[float, ...], http: float, sql: tuple[float, ...]) -> None:
        ratio = ours[0] / sql[0]
        print(
            f"{job:16}{queries:8}{ours[0]:9.2f}{ours[1]:9.2f}{ours[2]:7.2f}{http:10.2f}{sql[0]:8.2f}{sql[1]:9.2f}{ratio:7.2f}"
        )
        figures.append(
            {
                "job": job,
                "size": size,
                "queries": queries,
                "median_ms": ours[0],
                "p95_ms": ours[1],
                "ratio_to_sql": ratio,
            }
        )

    for job, wanted in jobs.items():
        found = timed(lambda query: search(town, query, near=near), wanted)
        most = queries_of(lambda query: search(town, query, near=near), wanted)
        add(job, most, found, timed(asked, wanted)[1], timed(bare, wanted))
    points = [Point(chance.gauss(LON, 0.03), chance.gauss(LAT, 0.02), srid=4326) for _turn in range(TURNS)]

    def reverse(point: Point) -> Any:
        return nearest_address(town, point)

    add(
        "reverse", queries_of(reverse, points), timed(reverse, points), 0.0, timed(lambda at: nearest(town, at), points)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX bench_trigram ON geo_address USING gin (folded gin_trgm_ops)")
        median, p95, _cpu = timed(by_trigrams, jobs["misspelt"])
        print(f"misspelt names by PostgreSQL's trigram index: median {median:.2f}, 95th percentile {p95:.2f} ms")
    return figures


def nearest(town: Municipality, point: Point) -> None:
    """The bare SQL of the reverse search."""
    box = box_around(point.x, point.y, 300)
    if connection.vendor == "sqlite":
        sql = (
            "SELECT id, label, ST_Distance(point, MakePoint(%s, %s, 4326), 1) FROM geo_address WHERE id IN"
            " (SELECT pkid FROM idx_geo_address_point WHERE xmax >= %s AND xmin <= %s AND ymax >= %s AND ymin <= %s)"
            " AND kind = 'address' AND municipality_id = %s ORDER BY 3 LIMIT 1"
        )
        values: tuple[Any, ...] = (point.x, point.y, box.west, box.east, box.south, box.north, town.pk)
    else:
        sql = (
            "SELECT id, label, ST_DistanceSpheroid(point, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) FROM geo_address"
            " WHERE point && ST_MakeEnvelope(%s, %s, %s, %s, 4326) AND kind = 'address' AND municipality_id = %s"
            " ORDER BY 3 LIMIT 1"
        )
        values = (point.x, point.y, box.west, box.south, box.east, box.north, town.pk)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.fetchall()


if __name__ == "__main__":
    main()
