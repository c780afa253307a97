"""The page of the field view holds nothing about anybody and may be kept; manifest and worker lie beside it."""

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_page_is_the_same_for_everybody(client: Client, town):
    strange = client.get("/aussendienst/")
    client.force_login(town.field)
    known = client.get("/aussendienst/")
    assert strange.status_code == 200
    assert strange.content == known.content
    assert "no-store" not in strange["Cache-Control"]
    assert "Cookie" not in known.get("Vary", "")
    assert not known.cookies
    assert b"csrf" not in known.content


def test_the_manifest_starts_the_field_view(client: Client, town):
    answer = client.get("/aussendienst/app.webmanifest")
    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert manifest["scope"] == manifest["start_url"] == "/aussendienst/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_the_worker_stays_below_its_address(client: Client, town, settings):
    settings.OFFLINE = True
    answer = client.get("/aussendienst/sw.js")
    assert answer["Service-Worker-Allowed"] == "/aussendienst/"
    config = json.loads(answer.content.decode().split("const CONFIG = ", 1)[1].split(";\n", 1)[0])
    assert config["shell"] == "/aussendienst/"
    assert len(set(config["files"])) == len(config["files"])
    assert all(client.get(one).status_code == 200 for one in config["files"] if not one.startswith("/static/"))
    settings.OFFLINE = False
    assert "unregister()" in client.get("/aussendienst/sw.js").content.decode()
