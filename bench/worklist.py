"""What the work list costs: queries, milliseconds, and the ratio to the bare SQL for the same rows, in one run.

    DATA_DIR=var python -m bench.worklist --rows 20000

The rows are its own, in a test database that is thrown away. "Bare" is the SQL of the page's rows and of its counts, as
the database is asked for them, fetched without Django's models; the page is everything from request to last byte.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.gis.geos import MultiPolygon, Point, Polygon  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Unit, User  # noqa: E402
from accounts.policy import Role  # noqa: E402
from accounts.services import grant  # noqa: E402
from cases.models import Case, Entry, Topic  # noqa: E402
from cases.policy import CLOSED, Actor, Deed, State  # noqa: E402
from geo.grid import morton  # noqa: E402
from geo.models import District, Municipality  # noqa: E402
from reports.models import Category, Report  # noqa: E402

TURNS = 7
WORDS = ("Loch", "Laterne", "Gehweg", "Baum", "Müll", "Schild", "Brücke", "Hecke")
LON, LAT = 8.23, 51.96


def make(rows: int) -> User:
    """A town with `rows` cases: three quarters settled, the others in every state; returns its complaint manager."""
    chance = random.Random(4)
    shape = MultiPolygon(Polygon.from_bbox((LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1)), srid=4326)
    town = Municipality.objects.create(
        slug="bench", name="Bench", prefix="BEN", host="localhost", is_default=True, boundary=shape, state_key="05"
    )
    units = [Unit.objects.create(municipality=town, slug=f"u{n}", name=f"Stelle {n}") for n in range(8)]
    districts = [
        District.objects.create(municipality=town, slug=f"d{n}", name=f"Ortsteil {n}", boundary=shape) for n in range(6)
    ]
    topics = [Topic.objects.create(municipality=town, slug=f"k{n}", name={"de": f"Kategorie {n}"}) for n in range(30)]
    for topic in topics:
        Category.objects.create(topic=topic)
    user = User.objects.create_user("manager@bench.example", "geheim-geheim-1", name="Manager")
    grant(user=user, municipality=town, role=Role.MANAGER)
    now = timezone.now()
    done = [State.DONE] * 15
    cases = []
    for number in range(rows):
        state = chance.choice([*done, State.NEW, State.OPEN, State.OPEN, State.WAITING, State.REJECTED])
        at = now - timedelta(hours=chance.randrange(24 * 700))
        lon, lat = LON + chance.uniform(-0.1, 0.1), LAT + chance.uniform(-0.1, 0.1)
        cases.append(
            Case(
                municipality=town,
                kind="report",
                topic=chance.choice(topics),
                number=f"BEN-2026-{number:07}",
                state=state.value,
                unit=chance.choice(units),
                district=chance.choice(districts),
                point=Point(lon, lat, srid=4326),
                grid=morton(lon, lat),
                client_key=uuid.uuid4(),
                submitted_at=at,
                changed_at=at,
                state_since=at,
                first_answer_at=at + timedelta(hours=chance.randrange(1, 200)) if state != State.NEW else None,
                closed_at=at + timedelta(hours=chance.randrange(9, 900)) if state in CLOSED else None,
                due_at=at + timedelta(days=14),
            )
        )
    Case.objects.bulk_create(cases, batch_size=2000)
    Report.objects.bulk_create(
        (
            Report(
                case=case,
                text=f"{chance.choice(WORDS)} an der Straße {case.pk}",
                address=f"Weg {case.pk % 900}",
                text_released=case.state != State.NEW.value,
            )
            for case in cases
        ),
        batch_size=2000,
    )
    Entry.objects.bulk_create(
        (
            Entry(case=case, deed=deed.value, at=case.submitted_at, actor=actor.value, version=version, text="Wort")
            for case in cases
            for version, (deed, actor) in enumerate(
                ((Deed.SUBMITTED, Actor.CITIZEN), (Deed.MOVED, Actor.STAFF), (Deed.NOTE, Actor.STAFF)), 1
            )
        ),
        batch_size=4000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user


def milliseconds(do: Callable[[], Any]) -> float:
    """Median of several turns after one that warms up."""
    do()
    found = []
    for _turn in range(TURNS):
        begun = time.perf_counter()
        do()
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


def measure(client: Client, address: str) -> tuple[int, float, float]:
    """Queries of a page, its time, and the time of the SQL of its rows and counts alone."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(address)
    assert response.status_code == 200, response.status_code
    bare = [
        one["sql"]
        for one in seen.captured_queries
        if '"cases_case"' in one["sql"] and ("COUNT(" in one["sql"] or "LIMIT 50" in one["sql"])
    ]

    def alone() -> None:
        with connection.cursor() as cursor:
            for sql in bare:
                cursor.execute(sql.replace("%", "%%"), ())
                cursor.fetchall()

    return len(seen.captured_queries), milliseconds(lambda: client.get(address)), milliseconds(alone)


def addresses(user: User) -> dict[str, str]:
    """The pages that are measured."""
    unit, district = Unit.objects.first(), District.objects.first()
    assert unit is not None
    assert district is not None
    box = f"{LON - 0.08},{LAT - 0.08},{LON + 0.08},{LAT + 0.08}"
    day = timezone.localdate()
    filters = {
        "kategorie": "k3",
        "stelle": unit.pk,
        "stadtteil": district.pk,
        "bbox": box,
        "von": (day - timedelta(days=600)).isoformat(),
        "bis": day.isoformat(),
        "status": "done",
        "quelle": "web",
        "prio": "normal",
    }
    return {
        "to review": "liste=pruefen",
        "all": "liste=alle",
        "overdue": "liste=ueberfaellig",
        "one word": "liste=alle&q=Laterne",
        "map section": f"liste=alle&bbox={box}",
        "most supported": "liste=alle&sort=unterstuetzt",
        "every filter": urlencode({"liste": "alle", **filters}),
    }


def main() -> None:
    """Make the rows, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=20_000)
    rows = asked.parse_args().rows
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        user = make(rows)
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)
        print(f"{rows} cases on {connection.vendor}, median of {TURNS}")
        print(f"{'page':16}{'queries':>8}{'page ms':>10}{'SQL ms':>10}{'ratio':>8}")
        for name, query in addresses(user).items():
            queries, page, bare = measure(client, f"/verwaltung/?{query}")
            print(f"{name:16}{queries:8}{page:10.1f}{bare:10.1f}{page / bare:8.2f}")
        queries, page, bare = measure(client, "/verwaltung/stand.json?liste=pruefen&nach=1")
        print(f"{'live counts':16}{queries:8}{page:10.1f}{bare:10.1f}{page / bare:8.2f}")
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
