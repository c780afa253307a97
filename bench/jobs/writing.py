"""Reports that come in: by the interface, with photos, and out of a file."""

from __future__ import annotations

import csv
import json
import random
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from bench import copying
from bench.client import LAT, LON, Connection, Request, ask
from bench.jobs.pages import plain_categories
from bench.measuring import Bench, Figure, milliseconds, p95, statements, under_load
from bench.town import LAT as MIDDLE_LAT
from bench.town import LON as MIDDLE_LON
from bench.town import SLUG
from cases.models import Case

BOUNDARY = "bench-boundary"
ROWS = 1_000
"""Of a file that is imported."""
IMPORTS = 3


def measure(bench: Bench, job: str) -> list[Figure]:
    """One of the three."""
    if job == "import":
        return [_import(bench)]
    return [_create(bench, job, photos() if job == "create-photos" else [])]


def _body(bench: Bench, pictures: list[bytes]) -> tuple[bytes, str]:
    """A new report with placeholders, and its content type."""
    report = {
        "client_key": "@UUID@",
        "category": plain_categories(bench.town)[0],
        "text": "Die Laterne ist seit einigen Tagen kaputt, abends sieht man dort nichts.",
        "point": {"type": "Point", "coordinates": ["@LON@", "@LAT@"]},
        "contact": {"email": "@UUID@@bench.example", "name": "Person"},
    }
    body = json.dumps(report).encode().replace(b'"' + LON + b'"', LON).replace(b'"' + LAT + b'"', LAT)
    if not pictures:
        return body, "application/json"
    parts = [b'Content-Disposition: form-data; name="report"\r\n\r\n' + body]
    for at, picture in enumerate(pictures):
        head = f'Content-Disposition: form-data; name="photos"; filename="foto{at}.jpg"\r\nContent-Type: image/jpeg'
        parts.append(head.encode() + b"\r\n\r\n" + picture)
    mark = f"--{BOUNDARY}".encode()
    whole = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return whole, f"multipart/form-data; boundary={BOUNDARY}"


def photos() -> list[bytes]:
    """Three pictures of 2,000 x 1,500 px, some 600 kB each: grain over colours, as a phone's are."""
    chance = np.random.default_rng(8)
    found = []
    for _turn in range(3):
        coarse = chance.integers(0, 255, (15, 20, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize((2_000, 1_500), Image.Resampling.BICUBIC), dtype=np.int16)
        grain = smooth + chance.normal(0, 5, smooth.shape).astype(np.int16)
        out = BytesIO()
        Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=82)
        found.append(out.getvalue())
    return found


def _create(bench: Bench, job: str, pictures: list[bytes]) -> Figure:
    """Each turn: one report over HTTP, and one copied by SQL alone into the same tables."""
    body, kind = _body(bench, pictures)
    request = Request("/api/v1/reports/", "POST", body, {"Content-Type": kind})
    queries, template = _counted(bench, request)
    turns = max(bench.turns // (3 if pictures else 1), 5)
    own = Connection(bench.platform.port)
    pages, alone, size = [], [], 0
    ask(own, request, 201)
    for _turn in range(turns):
        begun = time.perf_counter()
        size += len(ask(own, request, 201))
        pages.append((time.perf_counter() - begun) * 1000)
        alone.append(milliseconds(lambda: copying.one(bench, template)))
    own.close()
    before = Case.objects.count()
    seen = under_load(bench, [request], expected=201, connections=4 if pictures else 8)
    if seen.failures:
        raise RuntimeError(f"{seen.failures} reports were refused: {seen.why}")
    sql_ms, median = statistics.median(alone), statistics.median(pages)
    more = {
        "loaded_median_ms": seen.median_ms,
        "loaded_p95_ms": seen.p95_ms,
        "sql_ms": sql_ms,
        "stored_under_load": Case.objects.count() - before,
        "body_bytes": len(body),
    }
    return Figure(
        job, bench.size, queries, median, p95(pages), seen.rps, size // turns, seen.cpu_ms, median / sql_ms, more
    )


def _counted(bench: Bench, request: Request) -> tuple[int, Case]:
    """Queries of one report in this process, the second one of it, and that report."""
    client = bench.client()
    keys: list[str] = []

    def post() -> None:
        raw = request.raw()
        content = raw[raw.index(b"\r\n\r\n") + 4 :]
        at = content.index(b'"client_key": "') + 15
        keys.append(content[at : at + 36].decode())
        answer = client.generic("POST", request.path, content, request.headers["Content-Type"])
        if answer.status_code != 201:
            raise RuntimeError(f"A report was refused: {answer.status_code} {answer.content[:300]!r}")

    post()
    queries = len(statements(post))
    return queries, Case.objects.select_related("report").get(client_key=uuid.UUID(keys[-1]))


def _import(bench: Bench) -> Figure:
    """Files of ROWS reports by the command, each followed by the SQL that writes the same rows once more."""
    folder = Path(bench.platform.processes["web"].log).parent / "import"
    folder.mkdir(exist_ok=True)
    mapping = folder / "mapping.yml"
    slugs = plain_categories(bench.town)
    mapping.write_text(
        "source: bench\nreleased: true\ncolumns: {id: id, date: date, category: category, text: text, lon: lon,"
        " lat: lat, state: state}\ncategories: {" + ", ".join(f"{slug}: {slug}" for slug in slugs) + "}\n"
        "states: {open: open, done: done}\n"
    )
    chance = random.Random(str(uuid.uuid4()))
    pages, alone, counts, size, used = [], [], [], 0, 0.0
    for turn in range(IMPORTS):
        file = folder / f"{turn}.csv"
        _file(file, chance, slugs)
        size = file.stat().st_size
        top = _top()
        worked, begun = time.process_time(), time.perf_counter()
        counts.append(len(statements(_importing(file, mapping))))
        pages.append((time.perf_counter() - begun) * 1000)
        used += time.process_time() - worked
        alone.append(milliseconds(_copied, bench, top))
    median, sql_ms = statistics.median(pages), statistics.median(alone)
    more = {"rows": ROWS, "sql_ms": sql_ms}
    rate, cpu_ms = ROWS / median * 1000, used * 1000 / (IMPORTS * ROWS)
    return Figure("import", bench.size, max(counts), median, max(pages), rate, size, cpu_ms, median / sql_ms, more)


def _importing(file: Path, mapping: Path) -> Callable[[], None]:
    def run() -> None:
        with (file.parent / "told.txt").open("w") as told:
            call_command("import_reports", str(file), municipality=SLUG, mapping=mapping, stdout=told, stderr=told)

    return run


def _file(file: Path, chance: random.Random, slugs: list[str]) -> None:
    now = timezone.now()
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "date", "category", "text", "lon", "lat", "state"])
        for number in range(ROWS):
            day = now - timedelta(hours=chance.randrange(24 * 300))
            lon, lat = chance.gauss(MIDDLE_LON, 0.02), chance.gauss(MIDDLE_LAT, 0.015)
            row = [uuid.uuid4().hex, f"{day:%Y-%m-%d %H:%M}", chance.choice(slugs), f"Schlagloch {number} im Gehweg"]
            writer.writerow([*row, f"{lon:.6f}", f"{lat:.6f}", chance.choice(["open", "done"])])


def _top() -> int:
    return int(Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _copied(bench: Bench, above: int) -> None:
    """What came in above an id once more, set by set."""
    raw, step = bench.raw, _top() - above
    cursor = raw.cursor()
    cursor.execute("BEGIN")
    fresh = {
        "number": f"'COPY-' || (id + {step})",
        "secret": "'!' || substr(secret, 2)",
        "client_key": "NULL",
        "import_key": "NULL",
    }
    new = f"id > {above} AND id <= {above + step}"
    copying.several(cursor, "cases_case", Case, {"id": f"id + {step}", **fresh}, new)
    new = f"case_id > {above} AND case_id <= {above + step}"
    for model, table in copying.OF_CASE.items():
        copying.several(cursor, table, model, {"case_id": f"case_id + {step}"}, new)
    cursor.execute("COMMIT")
    cursor.close()
    copying.settle()
