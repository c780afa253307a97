"""The tile proxy before a real source on this machine: one request per tile, careful with the source, quick without."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from geo import flight, tiles
from geo.models import Municipality
from tests.geo.conftest import box

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 3000
HERE = "/tiles/14/8565/5415.png"


class Upstream(ThreadingHTTPServer):
    """Draws the map; what it answers is set, what it was asked is kept."""

    request_queue_size = 100
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.status, self.kind, self.body, self.waits, self.extra = 200, "image/png", PNG, 0.0, {"ETag": '"one"'}
        self.place = f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever had enough hung up."""


class _Answer(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        time.sleep(self.server.waits)
        same = self.headers.get("If-None-Match") == self.server.extra.get("ETag") and self.server.status == 200
        self.send_response(304 if same else self.server.status)
        body = b"" if same else self.server.body
        for name, value in {**self.server.extra, "Content-Type": self.server.kind, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def upstream(town: Municipality, settings: Settings, tmp_path: Path) -> Iterator[Upstream]:
    server = Upstream()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.DATA_DIR, settings.NET_ALLOWED = tmp_path, [server.place]
    settings.TILE_URL = f"http://{server.place}/{{z}}/{{x}}/{{y}}.png"
    yield server
    server.shutdown()
    server.server_close()
    tiles.store().close()


def eventually(done: Callable[[], bool]) -> bool:
    """Wait for what happens in the background."""
    end = time.monotonic() + 10
    while not (found := done()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on kept tiles are old."""
    now = time.time
    monkeypatch.setattr(tiles.time, "time", lambda: now() + 8 * 86_400)


def test_a_tile_is_fetched_once(client: Client, upstream: Upstream) -> None:
    for _ in range(2):
        response = client.get(HERE)
        assert (response.status_code, response.content) == (200, PNG)
    assert upstream.asked == ["/14/8565/5415.png"]
    assert response["Content-Type"] == "image/png"
    assert "public, max-age=86400" in response["Cache-Control"]
    assert "Set-Cookie" not in response
    again = client.get(HERE, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_thousand_clients_in_four_processes_cause_one_request(
    upstream: Upstream, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.waits, settings.TILE_EVERYWHERE = 1.0, True
    for limit in ("TIMEOUT", "TOTAL"):  # the machine may be busy with other tests
        monkeypatch.setattr(tiles, limit, 50.0)

    def clients() -> bool:
        with ThreadPoolExecutor(250) as pool:
            found = list(pool.map(lambda _n: tiles.tile(14, 8565, 5415), range(250)))
        return all(one is not None and one.body == PNG for one in found)

    assert [_status(child) for child in [_forked(clients) for _ in range(4)]] == [0] * 4
    assert len(upstream.asked) == 1


def _forked(work: Callable[[], bool]) -> int:
    if child := os.fork():
        return child
    ended = 1
    try:
        ended = 0 if work() else 1
    finally:
        os._exit(ended)


def _status(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_failure_is_one_request_as_well(
    upstream: Upstream, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.status, upstream.waits, settings.TILE_EVERYWHERE = 500, 0.2, True
    monkeypatch.setattr(tiles, "RETRY_SECONDS", 60)
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda _n: tiles.tile(14, 8565, 5415), range(100))) == {None}
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("url", ["/tiles/1/2/0.png", "/tiles/0/0/1.png", "/tiles/19/0/0.png", "/tiles/99/0/0.png"])
def test_tiles_outside_of_the_world_and_its_zooms_are_not_asked_for(
    client: Client, upstream: Upstream, url: str
) -> None:
    assert client.get(url).status_code == 404
    assert upstream.asked == []


def test_only_the_surroundings_are_fetched(client: Client, upstream: Upstream, settings: Settings) -> None:
    berlin = "/tiles/14/8802/5373.png"
    assert client.get(berlin).status_code == 404
    assert upstream.asked == []
    town = Municipality.objects.get(host="localhost")
    town.boundary = box(13.3, 52.4, 13.5, 52.6)
    town.save()
    assert client.get(berlin).status_code == 200
    assert client.get(HERE).status_code == 404
    settings.TILE_EVERYWHERE = True
    assert client.get(HERE).status_code == 200


def test_without_a_source_there_is_no_tile(client: Client, upstream: Upstream, settings: Settings) -> None:
    settings.TILE_URL = ""
    response = client.get("/tiles/1/0/0.png")
    assert (response.status_code, response.content) == (404, b"")
    assert response["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "image/png", PNG),
        (200, "text/html", b"<html>"),
        (200, "image/png", b"<html>please log in</html>"),
        (200, "image/svg+xml", b"<svg>"),
        (200, "", PNG),
        (200, "image/png", PNG + b"0" * tiles.MAX_BYTES),
    ],
)
def test_only_pictures_are_passed_on(client: Client, upstream: Upstream, status: int, kind: str, body: bytes) -> None:
    upstream.status, upstream.kind, upstream.body = status, kind, body
    assert client.get(HERE).status_code == 404


def test_nobody_but_the_named_host_is_asked(client: Client, upstream: Upstream) -> None:
    upstream.status, upstream.extra = 302, {"Location": f"http://{upstream.place}/elsewhere.png"}
    assert client.get(HERE).status_code == 404
    assert upstream.asked == ["/14/8565/5415.png"]


def test_where_the_source_has_no_tile_it_is_not_asked_again(client: Client, upstream: Upstream) -> None:
    upstream.status = 404
    for column in (8564, 8565, 8566, 8567) * 2:
        assert client.get(f"/tiles/14/{column}/5415.png").status_code == 404
    assert len(upstream.asked) == 4


def test_a_failing_source_is_left_alone_and_tried_again(
    client: Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.status = 503
    for column in range(8560, 8568):
        assert client.get(f"/tiles/14/{column}/5415.png").status_code == 404
    assert len(upstream.asked) == tiles.FAILURES
    now = time.time
    monkeypatch.setattr(tiles.time, "time", lambda: now() + tiles.PAUSE_SECONDS + 1)
    assert client.get("/tiles/14/8566/5415.png").status_code == 404
    assert client.get("/tiles/14/8567/5415.png").status_code == 404
    assert len(upstream.asked) == tiles.FAILURES + 1
    upstream.status = 200
    monkeypatch.setattr(tiles.time, "time", lambda: now() + 2 * tiles.PAUSE_SECONDS + 2)
    for column in (8566, 8567):
        assert client.get(f"/tiles/14/{column}/5415.png").status_code == 200


def test_a_slow_source_costs_a_few_waits_only(
    upstream: Upstream, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "TOTAL", 0.3)
    upstream.waits, settings.TILE_EVERYWHERE = 3.0, True
    assert {tiles.tile(14, column, 5415) for column in range(8550, 8570)} == {None}
    assert len(upstream.asked) == tiles.FAILURES


def test_an_old_tile_is_shown_at_once_and_renewed_behind(
    client: Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(HERE)
    aged(monkeypatch)
    upstream.waits = 0.5
    response = client.get(HERE)
    assert (response.content, "max-age=60," in response["Cache-Control"]) == (PNG, True)
    assert eventually(lambda: "max-age=86400," in client.get(HERE)["Cache-Control"])
    assert upstream.headers[-1]["if-none-match"] == '"one"'
    assert len(upstream.asked) == 2


@pytest.mark.parametrize("answer", ["none", "text/html"])
def test_old_tiles_are_served_while_the_source_fails(
    client: Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    client.get(HERE)
    aged(monkeypatch)
    upstream.extra, upstream.kind = {}, answer
    if answer == "none":
        upstream.shutdown()
        upstream.server_close()
    assert client.get(HERE).content == PNG
    assert eventually(lambda: "tile source" in caplog.text)
    assert client.get(HERE).content == PNG
    assert len(upstream.asked) <= 2


def test_another_source_has_its_own_tiles(client: Client, upstream: Upstream, settings: Settings) -> None:
    client.get(HERE)
    settings.TILE_URL = f"http://{upstream.place}/other/{{z}}/{{y}}/{{x}}.jpg"
    client.get(HERE)
    assert upstream.asked[-1] == "/other/14/5415/8565.jpg"


def test_the_folder_is_bounded_and_what_is_used_stays(
    client: Client, upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    settings.TILE_CACHE_MB, settings.TILE_EVERYWHERE = 1, True
    upstream.body = PNG + b"0" * 60_000
    for column in range(60):
        assert tiles.tile(14, 8000 + column, 5415)
        assert tiles.tile(14, 8000, 5415)
    used = sum(file.stat().st_size for file in (tmp_path / "tiles").rglob("*.val"))
    assert used < 1.2 * 2**20
    assert len(upstream.asked) == 60


def test_a_process_that_dies_lets_go(tmp_path: Path) -> None:
    def die() -> bool:
        with flight.alone(tmp_path, "tile", wait=0):
            os._exit(7)

    assert _status(_forked(die)) == 7
    with flight.alone(tmp_path, "tile", wait=0) as first:
        assert first
        with flight.alone(tmp_path, "tile", wait=0.05) as second:
            assert not second


def test_a_tile_is_only_read(client: Client, upstream: Upstream) -> None:
    assert client.post(HERE).status_code == 405


def test_a_full_disk_forgets_tiles_and_still_shows_them(
    client: Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("diskcache.Cache.set", full)
    monkeypatch.setattr("geo.flight.os.open", full)
    assert client.get(HERE).content == PNG
    assert client.get(HERE).content == PNG
    assert len(upstream.asked) == 2
