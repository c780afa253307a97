"""What the map costs as reports grow: queries, milliseconds, the ratio to the bare SQL, and a naive rival, in one run.

    DATA_DIR=var python -m bench.map --sizes 10000,100000,1000000

Rows are filled by the database itself, dense in the middle of a town, and thrown away in the end. "Bare" is the one
statement that answers (the kept counts, or the pins), "database" all statements of the page, both without Django; the
page is everything from request to last byte, in one process without a network. "growth" is the page's time against the
smallest size. The rival is what one writes first: the same section as GeoJSON by the serializer of
djangorestframework-gis, row by row (of so many rows at most: --rival).
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.gis.geos import Polygon  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402
from rest_framework_gis.serializers import GeoFeatureModelSerializer  # noqa: E402

from bench.worklist import LAT, LON, make, milliseconds  # noqa: E402
from cases.models import Case  # noqa: E402
from geo.grid import morton_many  # noqa: E402
from reports.counts import checking  # noqa: E402

VIEWS = {
    "far": (11, 0.25, 0.16, ""),
    "mid": (14, 0.06, 0.025, ""),
    "near": (17, 0.0077, 0.0031, ""),
    "street": (19, 0.0019, 0.0008, ""),
    "far, state": (11, 0.25, 0.16, "&status=in-arbeit"),
    "mid, category": (14, 0.06, 0.025, "&kategorie=k3"),
    "mid, both": (14, 0.06, 0.025, "&status=erledigt&kategorie=k3&kategorie=k4"),
}
"""Zoom, half width and half height in degrees (about 1440 x 900 px), and filters."""


HEAD = ("queries", "features", "page ms", "growth", "database", "bare", "ratio")


class Naive(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A report as the serializer makes it."""

    class Meta:
        model = Case
        geo_field = "point"
        fields = ("number", "state", "topic", "submitted_at")


def fill(rows: int) -> None:
    """So many public reports in a town: places by the normal distribution around its middle."""
    chance = np.random.default_rng(4)
    base = Case.objects.order_by("pk").first()
    assert base is not None
    topics = list(Case.objects.order_by().values_list("topic_id", flat=True).distinct())
    states = ["done"] * 15 + ["new", "open", "open", "waiting", "rejected"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_mapdelta")
        for start in range(0, rows, 50_000):
            size = min(50_000, rows - start)
            lons = np.clip(chance.normal(LON, 0.03, size), LON - 0.1, LON + 0.1)
            lats = np.clip(chance.normal(LAT, 0.02, size), LAT - 0.1, LAT + 0.1)
            grids = morton_many(lons, lats)
            topic, state = chance.choice(topics, size), chance.choice(states, size)
            _insert(cursor, base.pk, start, list(zip(lons, lats, grids, topic, state, strict=True)))


def _insert(cursor: Any, base: int, start: int, places: list[tuple[Any, ...]]) -> None:
    columns = [field.column for field in Case._meta.concrete_fields if field.column != "id"]
    fresh = {
        "number": "'M' || p.n",
        "secret": "'m' || p.n",
        "client_key": "NULL",
        "topic_id": "p.topic",
        "state": "p.state",
        "grid": "p.grid",
        "point": "ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)"
        if connection.vendor == "postgresql"
        else "MakePoint(p.lon, p.lat, 4326)",
        "public_at": "c.submitted_at",
    }
    named = ", ".join(f'"{column}"' for column in columns)
    taken = ", ".join(fresh.get(column, f'c."{column}"') for column in columns)
    if connection.vendor == "postgresql":
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS p"
            " (n bigint, lon float8, lat float8, grid bigint, topic bigint, state text)"
        )
        cursor.execute("TRUNCATE p")
        with cursor.copy("COPY p FROM STDIN") as copy:
            for number, (lon, lat, grid, topic, state) in enumerate(places, start):
                copy.write_row((number, float(lon), float(lat), int(grid), int(topic), str(state)))
    else:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS p (n, lon, lat, grid, topic, state)")
        cursor.execute("DELETE FROM p")
        cursor.executemany(
            "INSERT INTO p VALUES (%s, %s, %s, %s, %s, %s)",
            [(n, float(a), float(b), int(g), int(t), str(s)) for n, (a, b, g, t, s) in enumerate(places, start)],
        )
    cursor.execute(f"INSERT INTO cases_case ({named}) SELECT {taken} FROM cases_case c, p WHERE c.id = %s", [base])
    cursor.execute(
        "INSERT INTO reports_report (case_id, text, public_text, address, address_by_citizen, text_released,"
        " answers, asset) SELECT c.id, 'Loch', 'Loch', 'Weg 1', %s, %s, '{}', '' FROM cases_case c, p"
        " WHERE c.number = 'M' || p.n",
        [False, True],
    )


def address(view: str) -> str:
    """Of the map's data for a view."""
    zoom, width, height, rest = VIEWS[view]
    box = f"{LON - width:.5f},{LAT - height:.5f},{LON + width:.5f},{LAT + height:.5f}"
    return f"/karte/daten.json?bbox={box}&zoom={zoom}{rest}"


def naive(view: str, most: int) -> bytes:
    """The section as the serializer answers it."""
    _zoom, width, height, _rest = VIEWS[view]
    low, high = (LON - width, LAT - height), (LON + width, LAT + height)
    frame = Polygon.from_bbox((*low, *high))
    frame.srid = 4326
    rows = Case.objects.public().filter(point__within=frame)[:most]
    return bytes(JSONRenderer().render(Naive(rows, many=True).data))


def measure(client: Client, view: str) -> tuple[int, int, float, float, float]:
    """Queries, features, and milliseconds of the page, of its statements and of the bare one."""
    url = address(view)
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url)
    assert response.status_code == 200, response.status_code
    statements = [one["sql"] for one in seen.captured_queries]
    last = statements[-1:]

    def run(several: list[str]) -> None:
        with connection.connection.cursor() if connection.vendor == "postgresql" else connection.cursor() as cursor:
            for sql in several:
                cursor.execute(sql)
                cursor.fetchall()

    features = len(response.json()["features"])
    page, database = milliseconds(lambda: client.get(url)), milliseconds(lambda: run(statements))
    return len(statements), features, page, database, milliseconds(lambda: run(last))


def main() -> None:
    """Fill, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sizes", default="10000,100000")
    asked.add_argument("--rival", type=int, default=2_000, help="most rows of the naive rival")
    wanted = asked.parse_args()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        make(300)
        client = Client(HTTP_HOST="localhost")
        first: dict[str, float] = {}
        for size in map(int, wanted.sizes.split(",")):
            begun = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM reports_report WHERE case_id IN (SELECT id FROM cases_case WHERE number LIKE 'M%%')"
                )
                cursor.execute("DELETE FROM cases_case WHERE number LIKE 'M%%'")
            fill(size)
            filled = time.perf_counter()
            counts = checking.rebuild()
            made = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
            took = f"filled in {filled - begun:.0f} s, {counts} counts in {made - filled:.0f} s"
            print(f"\n{size} reports on {connection.vendor}: {took}")
            print("".join(f"{word:>10}" for word in HEAD).rjust(84))
            for view in VIEWS:
                queries, features, page, database, bare = measure(client, view)
                growth = page / first.setdefault(view, page)
                figures = (f"{page:.1f}", f"{growth:.2f}", f"{database:.2f}", f"{bare:.2f}", f"{database / bare:.2f}")
                print(f"{view:14}" + "".join(f"{one:>10}" for one in (queries, features, *figures)), flush=True)
            begun = time.perf_counter()
            naive("mid", wanted.rival)
            rival = (time.perf_counter() - begun) * 1000
            print(f"naive rival, mid, at most {wanted.rival} rows: {rival:.0f} ms")
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
