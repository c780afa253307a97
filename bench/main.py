"""The command behind `bench/run.py`: what is asked for, one size after the other, and what is said of it."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from bench import names
from bench.place import Place, Unusable, made

if TYPE_CHECKING:
    from bench.measuring import Bench, Figure

WHAT = "Measures the platform as it runs: own database, real server, load; prints figures."
HEAD = f"{'job':14}{'size':>11}{'queries':>9}{'median':>10}{'p95':>10}{'req/s':>9}{'bytes':>9}{'CPU ms':>9}{'x SQL':>8}"

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """What is wanted; an unknown job or size ends the program with the list of known ones."""
    told = "; ".join(f"{name}: {what}" for name, (_module, what) in names.JOBS.items())
    asked = argparse.ArgumentParser(prog="bench/run.py", description=WHAT, epilog=f"Jobs: map (all four). {told}")
    asked.add_argument("--sizes", default=names.DEFAULT_SIZES, help=f"of {','.join(names.SIZES)}, or numbers")
    asked.add_argument("--jobs", default="", help="names with commas; without it all but numbers and export")
    asked.add_argument("--json", type=Path, help="write the figures to this file, after each job")
    asked.add_argument("--report", type=Path, help="write them as a page with tables and a plot")
    asked.add_argument("--resume", action="store_true", help="leave out what --json holds already; implies --keep")
    asked.add_argument("--keep", action="store_true", help="leave the database, and begin with one that was left")
    asked.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts")
    asked.add_argument("--turns", type=int, default=60, help="pages measured one after the other")
    asked.add_argument("--followers", type=int, default=10_000)
    asked.add_argument("--addresses", type=int, default=200_000)
    asked.add_argument("--no-rival", dest="rival", action="store_false", help="without the naive serializer")
    asked.add_argument("--processes", default="web,worker,scheduler", help="of the Procfile, the web server first")
    options = asked.parse_args(words)
    try:
        options.sizes = names.sizes(options.sizes)
        options.named = bool(options.jobs)
        usual = ",".join(name for name in names.JOBS if name not in {"numbers", "export"})
        options.jobs = names.jobs(options.jobs or usual)
    except ValueError as error:
        asked.error(str(error))
    if options.resume and not options.json:
        asked.error("--resume needs --json FILE, which tells what was done.")
    return options


def interrupted(number: int, _frame: FrameType | None) -> None:
    """Everything is taken down on the way out, and nothing breaks that off."""
    for one in ENDING:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt(signal.Signals(number).name)


def line(figure: dict[str, Any]) -> str:
    """A figure as a line of the table."""
    ratio = figure["ratio_to_sql"]
    return (
        f"{figure['job']:14}{figure['size']:>11,}{figure['queries']:>9}{figure['median_ms']:>10.2f}"
        f"{figure['p95_ms']:>10.2f}{figure['rps']:>9.1f}{figure['bytes']:>9}{figure['cpu_ms']:>9.2f}"
        f"{'' if ratio is None else format(ratio, '.2f'):>8}"
    )


def told(figure: dict[str, Any]) -> str:
    """Further figures, in words."""
    more = {name: value for name, value in figure.items() if name not in names.COLUMNS}
    return "".rjust(14) + ", ".join(f"{name} {value}" for name, value in more.items())


@contextmanager
def _quiet() -> Iterator[None]:
    """What is measured in this process writes no log among the figures."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class Run:
    """One run: what was found so far, and where it is written."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.figures: list[dict[str, Any]] = []
        self.failures: list[str] = []
        if options.resume and options.json.exists():
            self.figures = json.loads(options.json.read_text())

    def add(self, found: list[Figure]) -> None:
        """Print, and write the file anew, so that an interrupted run has what it had."""
        for figure in found:
            row = figure.row()
            self.figures.append(row)
            print(line(row), told(row), sep="\n", flush=True)
        if self.options.json:
            beside = self.options.json.with_suffix(".part")
            beside.write_text(json.dumps(self.figures, indent=1) + "\n")
            beside.replace(self.options.json)

    def fail(self, what: str, error: BaseException) -> None:
        """Note and tell what went wrong; the other jobs go on."""
        self.failures.append(f"{what}: {error}")
        traceback.print_exception(error, file=sys.stderr)
        print(f"{what} FAILED: {error}", file=sys.stderr, flush=True)

    def wanted(self, size: int) -> list[str]:
        """The jobs of a size that are still to be done."""
        done = {(one["job"], one["size"]) for one in self.figures}
        few = not self.options.named and size > names.SIZES["1M"]
        return [job for job in self.options.jobs if (job, size) not in done and not (few and job not in names.BEYOND)]

    def measure(self, place: Place) -> None:
        """All sizes, the smallest first: the database grows."""
        from bench import data  # the settings read the environment when they are imported

        for size in self.options.sizes:
            if not (jobs := self.wanted(size)):
                continue
            begun = time.perf_counter()
            data.fill(size)
            print(f"\n{size:,} reports, filled in {time.perf_counter() - begun:.0f} s\n{HEAD}", flush=True)
            with _quiet(), self._served(place, size) as bench:
                for job in jobs:
                    self._job(bench, job)

    @contextmanager
    def _served(self, place: Place, size: int) -> Iterator[Bench]:
        from bench import data, serving
        from bench.measuring import Bench

        options = self.options
        with serving.platform(place, tuple(options.processes.split(","))) as platform:
            bench = Bench(size, data.town.make(), platform, options.turns, options.seconds)
            bench.followers, bench.addresses, bench.rival = options.followers, options.addresses, options.rival
            try:
                yield bench
            finally:
                bench.close()

    def _job(self, bench: Bench, job: str) -> None:
        try:
            module = import_module(f"bench.jobs.{names.JOBS[job][0]}")
            self.add(module.measure(bench, job))
            bench.platform.check()
        except Exception as error:  # noqa: BLE001  told, and the exit code says it
            bench.close()
            self.fail(f"{job} at {bench.size:,}", error)

    def growth(self) -> None:
        """A line per job: its time at each size as a multiple of that at the smallest."""
        by_job: dict[str, dict[int, float]] = {}
        for one in self.figures:
            by_job.setdefault(one["job"], {})[one["size"]] = one["median_ms"]
        if any(len(times) > 1 for times in by_job.values()):
            print("\nTime as a multiple of that at the smallest size")
            for job, times in by_job.items():
                sizes = sorted(times)
                parts = (f"{size:,}: {times[size] / times[sizes[0]]:.2f}" for size in sizes)
                print(f"{job:14}{', '.join(parts)}")


def main(words: Sequence[str] | None = None) -> int:
    """Measure; the exit code is 1 if a job failed, 130 after Ctrl-C."""
    options = arguments(words)
    for number in ENDING:
        signal.signal(number, interrupted)
    run = Run(options)
    try:
        with made(keep=options.keep or options.resume, say="Making the database and collecting static files") as place:
            os.environ.update(place.environment)
            try:
                run.measure(place)
                run.growth()
                if options.report:
                    from bench.report import write

                    write(options.report, run.figures)
            finally:
                from django.db import connections

                connections.close_all()
    except KeyboardInterrupt:
        print("Interrupted: everything was taken down.", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001  told in words
        run.fail("The run" if not isinstance(error, Unusable) else "The database", error)
    for failure in run.failures:
        print(f"FAILED {failure.splitlines()[0]}", file=sys.stderr)
    return 1 if run.failures else 0
