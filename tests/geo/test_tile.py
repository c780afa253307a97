"""The tile proxy: cached, careful with its source, quick without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from geo import tiles
from geo.models import Municipality
from net import http

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32
Source = Callable[..., http.Response]


class Upstream:
    """Stands for the machine that draws the map; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.kind, self.body = 200, "image/png", PNG
        self.fails = False

    def __call__(self, url: str, **options: Any) -> http.Response:
        self.asked.append(url)
        assert options["timeout"] == 5
        assert options["max_bytes"] <= 1_000_000
        if self.fails:
            raise http.Failed("too slow")
        return http.Response(self.status, {"content-type": self.kind}, self.body, url)


@pytest.fixture
def upstream(town: Municipality, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upstream:
    settings.DATA_DIR = tmp_path
    settings.TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    upstream = Upstream()
    monkeypatch.setattr(http, "fetch", upstream)
    return upstream


def test_a_tile_is_fetched_once(client: Client, upstream: Upstream) -> None:
    for _ in range(2):
        response = client.get("/tiles/14/8565/5415.png")
        assert (response.status_code, response.content) == (200, PNG)
    assert upstream.asked == ["https://tiles.example.org/14/8565/5415.png"]
    assert response["Content-Type"] == "image/png"
    assert "public" in response["Cache-Control"]
    assert "max-age=86400" in response["Cache-Control"]
    assert "Set-Cookie" not in response


@pytest.mark.parametrize("url", ["/tiles/1/2/0.png", "/tiles/0/0/1.png", "/tiles/21/0/0.png", "/tiles/99/0/0.png"])
def test_tiles_outside_of_the_world_are_not_asked_for(client: Client, upstream: Upstream, url: str) -> None:
    assert client.get(url).status_code == 404
    assert upstream.asked == []


def test_without_a_source_there_is_no_tile(client: Client, upstream: Upstream, settings: Settings) -> None:
    settings.TILE_URL = ""
    response = client.get("/tiles/1/0/0.png")
    assert (response.status_code, response.content) == (404, b"")
    assert response["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("status", "kind"), [(500, "image/png"), (200, "text/html"), (200, "image/svg+xml"), (200, "")]
)
def test_only_pictures_are_passed_on(client: Client, upstream: Upstream, status: int, kind: str) -> None:
    upstream.status, upstream.kind = status, kind
    assert client.get("/tiles/1/0/0.png").status_code == 404


def test_a_failing_source_is_left_alone(client: Client, upstream: Upstream) -> None:
    upstream.fails = True
    assert client.get("/tiles/1/0/0.png").status_code == 404
    assert client.get("/tiles/1/1/0.png").status_code == 404
    assert len(upstream.asked) == 1


def test_old_tiles_are_served_while_the_source_fails(
    client: Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/tiles/1/0/0.png")
    monkeypatch.setattr(tiles, "FRESH_SECONDS", -1)
    upstream.fails = True
    assert client.get("/tiles/1/0/0.png").content == PNG
    assert client.get("/tiles/1/0/0.png").content == PNG
    assert len(upstream.asked) == 2


def test_another_source_has_its_own_tiles(client: Client, upstream: Upstream, settings: Settings) -> None:
    client.get("/tiles/1/0/0.png")
    settings.TILE_URL = "https://other.example.org/{z}/{y}/{x}.jpg"
    client.get("/tiles/1/0/0.png")
    assert upstream.asked[-1] == "https://other.example.org/1/0/0.jpg"


def test_the_folder_is_bounded(upstream: Upstream) -> None:
    assert tiles.store().size_limit == tiles.CACHE_BYTES


def test_a_tile_is_only_read(client: Client, upstream: Upstream) -> None:
    assert client.post("/tiles/1/0/0.png").status_code == 405
