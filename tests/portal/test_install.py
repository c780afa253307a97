"""The site as an app: a manifest that phones accept, and an icon in the municipality's colours."""

from io import BytesIO

import pytest
from PIL import Image


def test_the_manifest_has_what_phones_ask_for(client, town):
    answer = client.get("/manifest.webmanifest")
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert told["short_name"] == "Harsewinkel"
    assert told["start_url"] == told["scope"] == "/"
    assert {icon["sizes"] for icon in told["icons"]} >= {"192x192", "512x512"}
    for icon in told["icons"]:
        picture = client.get(icon["src"])
        assert picture.headers["Content-Type"] == icon["type"]
    assert all(client.get(one["url"]).status_code == 200 for one in told["shortcuts"])
    assert 'rel="manifest" href="/manifest.webmanifest"' in client.get("/").content.decode()


@pytest.mark.parametrize("size", [180, 192, 512])
def test_the_icon_is_in_the_colour_of_the_town(size, client, town):
    town.municipality.accent = "#005a2b"
    town.municipality.save()
    picture = Image.open(BytesIO(client.get(f"/symbol/harsewinkel-x-{size}.png").content))
    assert picture.size == (size, size)
    assert picture.convert("RGB").getpixel((2, 2)) == (0, 0x5A, 0x2B)


def test_the_coat_of_arms_stands_on_white(client, town):
    assert client.get("/symbol/harsewinkel-x.svg").status_code == 404
    town.municipality.coat_of_arms = "arms/harsewinkel.svg"
    town.municipality.save()
    assert client.get("/manifest.webmanifest").json()["icons"][0]["type"] == "image/svg+xml"
    assert b"data:image/svg+xml" in client.get("/symbol/harsewinkel-x.svg").content


def test_there_is_no_icon_of_nothing(client, town):
    assert client.get("/symbol/nirgendwo-x-192.png").status_code == 404
    assert client.get("/symbol/harsewinkel-x-9999.png").status_code == 404
