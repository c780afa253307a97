"""The service worker: what it keeps, what it never touches, and that it goes when it is switched off."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

from portal import offline

KEPT = ["/melden/offline/", "/melden/geraet/", "/offline/"]


def config(client):
    text = client.get("/sw.js").content.decode()
    return json.loads(re.search(r"^const CONFIG = (.*);$", text, re.MULTILINE)[1])


def test_it_is_asked_for_anew_and_holds_the_whole_site(client, town):
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert not answer.cookies


def test_it_is_one_script_without_modules(client, town):
    text = client.get("/sw.js").content.decode()
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    assert all(finders.find(name) for name in offline.static_names())


@pytest.mark.parametrize("path", KEPT)
def test_everything_a_kept_page_loads_is_kept(path, client, town):
    known = set(config(client)["files"])
    page = client.get(path)
    loaded = set(
        re.findall(r'(?:src|href|data-leaflet|data-leaflet-css)="(/(?:static|stil)/[^"#]+)', page.content.decode())
    )
    assert loaded
    assert loaded <= known


@pytest.mark.parametrize("path", KEPT)
def test_a_kept_page_is_the_same_for_everybody(path, client, town):
    stranger = client.get(path)
    client.force_login(town.manager)
    client.post("/melden/")
    assert client.get(path).content == stranger.content
    assert not stranger.cookies
    assert b"csrfmiddlewaretoken" not in stranger.content
    assert f'data-release="{config(client)["release"]}"' in stranger.content.decode()


def test_only_these_pages_are_kept(client, town):
    told = config(client)
    assert [told["sites"][-1][name] for name in ("shell", "device", "offline")] == KEPT
    assert all(address.startswith(("/static/", "/stil/", "/wappen/")) for address in told["files"])
    assert told["ground"] == "/karte/grund.json"


def test_a_new_colour_is_a_new_release(client, town):
    before = config(client)["release"]
    town.municipality.accent = "#005a2b"
    town.municipality.save()
    assert config(client)["release"] != before


def test_switched_off_it_takes_itself_away(client, town, settings):
    settings.OFFLINE = False
    text = client.get("/sw.js").content.decode()
    assert "registration.unregister()" in text
    assert "CONFIG" not in text
    assert "data-worker" not in client.get("/").content.decode()
