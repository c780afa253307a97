"""Are the map's kept counts what the rows say, after many writers did all they can do at the same time?

    DATA_DIR=var python -m bench.counts --operations 100000

Eight writers (processes with threads) hand in, release, move, merge, part, take back and delete reports through the
real verbs, at random and often the same ones, while another process folds the deltas all the time. At last the counts
are compared with the rows; the exit code is 1 if anything differs. The database is one of its own and thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
NAME = "BENCH_DATABASE"
"""A writer's environment: the name of the database."""
if name := os.environ.get(NAME):
    settings.DATABASES["default"]["NAME"] = name
django.setup()

from django.contrib.gis.geos import Point  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Max, Min, ProtectedError  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench import town  # noqa: E402
from cases.change import Act, By  # noqa: E402
from cases.duties import erase  # noqa: E402
from cases.errors import Refused  # noqa: E402
from cases.merging import merge, unmerge  # noqa: E402
from cases.models import Case  # noqa: E402
from cases.policy import Part, State  # noqa: E402
from cases.services import move  # noqa: E402
from geo.models import Municipality  # noqa: E402
from reports.counts.checking import differences  # noqa: E402
from reports.counts.folding import fold  # noqa: E402
from reports.models import Category, MapCount  # noqa: E402
from reports.services import change_category, change_place, release_text, submit, withdraw_text  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
DEEDS = {
    "create": 30,
    "move": 30,
    "release": 5,
    "withdraw": 5,
    "place": 9,
    "category": 9,
    "merge": 6,
    "unmerge": 2,
    "erase": 2,
    "delete": 2,
}
"""What is done, and how often of a hundred."""


class Writer:
    """Does deeds at random in one thread."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.town = Municipality.objects.get(is_default=True)
        assert self.town.boundary is not None
        self.west, self.south, self.east, self.north = self.town.boundary.extent
        self.categories = list(Category.objects.filter(topic__municipality=self.town).select_related("topic"))
        self.done: Counter[str] = Counter()

    def point(self) -> Point:
        """Mostly in the middle, where reports share cells."""
        share = self.chance.betavariate(4, 4), self.chance.betavariate(4, 4)
        x, y = self.west + share[0] * (self.east - self.west), self.south + share[1] * (self.north - self.south)
        return Point(x, y, srid=4326)

    def some(self) -> Case | None:
        """Any report, the later ones more often."""
        ends = Case.objects.aggregate(low=Min("pk"), high=Max("pk"))
        if ends["high"] is None:
            return None
        wanted = ends["low"] + int((ends["high"] - ends["low"]) * self.chance.betavariate(2, 1))
        return Case.objects.filter(pk__gte=wanted).order_by("pk").first()

    def one(self) -> None:
        """One deed; that a verb refuses it is part of the game."""
        deed = self.chance.choices(list(DEEDS), list(DEEDS.values()))[0]
        try:
            self.do(deed)
            self.done[deed] += 1
        except (Refused, ProtectedError, Case.DoesNotExist):
            self.done["refused"] += 1

    def do(self, deed: str) -> None:
        """The deed itself."""
        by, chance = By.system(), self.chance
        if deed == "create":
            made, _new = submit(
                municipality=self.town,
                category=chance.choice(self.categories),
                text="Loch",
                by=By.citizen(),
                act=Act(client_key=uuid.uuid4()),
                point=self.point(),
            )
            if chance.random() < 0.8:
                release_text(case=made, by=by)
            return
        case = self.some()
        if case is None:
            return
        if deed == "move":
            move(case=case, to=chance.choice(list(State)), by=by, text="Weil es so ist")
        elif deed == "release":
            release_text(case=case, by=by)
        elif deed == "withdraw":
            withdraw_text(case=case, by=by)
        elif deed == "place":
            change_place(case=case, by=by, point=self.point() if chance.random() < 0.9 else None)
        elif deed == "category":
            change_category(case=case, category=chance.choice(self.categories), by=by)
        elif deed == "merge":
            merge(duplicate=case, original=self.some() or case, by=by, text="Doppelt")
        elif deed == "unmerge":
            merged = Case.objects.exclude(duplicate_of=None).order_by("-pk").first()
            unmerge(duplicate=merged or case, by=by)
        elif deed == "erase":
            erase(case=case, parts={Part.CASE}, by=by)
        elif deed == "delete":
            with transaction.atomic():
                Case.objects.select_for_update().get(pk=case.pk).delete()


def write(operations: int, threads: int, seed: int) -> dict[str, object]:
    """So many deeds in so many threads; returns what was done and what went wrong."""
    failures: list[str] = []
    done: Counter[str] = Counter()

    def part(number: int) -> None:
        try:
            writer = Writer(seed * 1000 + number)
            for _turn in range(operations // threads):
                writer.one()
            done.update(writer.done)
        except Exception as error:  # noqa: BLE001  told at the end
            failures.append(repr(error))
        finally:
            connection.close()

    running = [threading.Thread(target=part, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return {"failures": failures, "done": done}


@contextmanager
def writers(operations: int, processes: int, threads: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that write on the database in use."""
    own = {**os.environ, NAME: str(connection.settings_dict["NAME"])}
    order = [sys.executable, "-m", "bench.counts", "--operations", str(operations // processes)]
    running = [
        subprocess.Popen(
            [*order, "--threads", str(threads), "--seed", str(seed), "--write"],
            env=own,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(1, processes + 1)
    ]
    try:
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait()


def run(operations: int, processes: int, threads: int) -> tuple[Counter[str], list[str]]:
    """Let them write and fold meanwhile; returns what was done, and what went wrong."""
    done: Counter[str] = Counter()
    failures: list[str] = []
    with writers(operations, processes, threads) as running:
        while any(one.poll() is None for one in running):
            fold()
            time.sleep(0.2)
        for one in running:
            out, _error = one.communicate()
            if one.returncode:
                failures.append(f"A writer ended with {one.returncode}.")
                continue
            told = json.loads(out.splitlines()[-1])
            failures += told["failures"]
            done.update(told["done"])
    return done, failures


def main() -> None:
    """Make a town, let them write, compare, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--operations", type=int, default=100_000)
    asked.add_argument("--processes", type=int, default=4)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    wanted = asked.parse_args()
    if wanted.write:
        print(json.dumps(write(wanted.operations, wanted.threads, wanted.seed)))
        return
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        town.make()
        begun = time.perf_counter()
        done, failures = run(wanted.operations, wanted.processes, wanted.threads)
        seconds = time.perf_counter() - begun
        deeds = ", ".join(f"{number} {deed}" for deed, number in done.most_common())
        rate = done.total() / seconds
        print(f"{done.total()} operations by {wanted.processes * wanted.threads} writers, {rate:.0f}/s: {deeds}")
        before, waiting = differences(), fold()
        after = differences()
        print(f"{Case.objects.public().count()} public cases, {MapCount.objects.count()} counts, {waiting} folded last")
        for problem in [*failures, *before, *after]:
            print(problem)
        print(f"{len(before) + len(after)} counts differ from the rows, {len(failures)} failures")
    finally:
        teardown_databases(databases, verbosity=0)
    sys.exit(1 if failures or before or after else 0)


if __name__ == "__main__":
    main()
