"""The municipality's style sheet, and the colours of the states."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import loader
from django.test import Client

from geo.colour import contrast
from geo.models import Municipality
from portal import style

CSS = Path(settings.BASE_DIR) / "static" / "css"
KERN = Path(settings.VENDOR_DIR) / "kern" / "kern.css"
STATES = ("received", "working", "waiting", "done", "closed", "withdrawn")


@pytest.fixture
def town(db: None) -> Municipality:
    return Municipality.objects.create(
        slug="probe",
        name="Probe",
        state_key="05",
        host="probe.localhost",
        prefix="PRB",
        accent="#9b2c6b",
        is_default=True,
    )


def test_accent_comes_as_a_style_sheet_that_may_be_kept(client: Client, town: Municipality) -> None:
    response = client.get(style.address(town))
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert b"--accent-on-light:#9b2c6b" in response.content
    assert "Cookie" not in response.get("Vary", "")


def test_another_accent_has_another_address(client: Client, town: Municipality) -> None:
    before = style.address(town)
    town.accent = "#0b5394"
    town.save()
    assert style.address(town) != before
    assert "immutable" not in client.get(before)["Cache-Control"]
    assert client.get("/stil/nirgends-abc.css").status_code == 404


def blocks() -> tuple[str, str]:
    """The declarations of the dark scheme, by the device and by hand."""
    tokens = (CSS / "tokens.css").read_text()
    device = re.search(r':root:not\(\[data-kern-theme="light"\]\) \{(.*?)\n  \}', tokens, re.S)
    hand = re.search(r':root\[data-kern-theme="dark"\] \{\n  color-scheme: dark;(.*?)\n\}', tokens, re.S)
    assert device is not None
    assert hand is not None
    return device[1], hand[1]


def test_dark_by_the_device_and_by_hand_are_the_same() -> None:
    device, hand = blocks()
    assert [line.strip() for line in device.splitlines()] == [line.strip() for line in hand.splitlines()]


def hex_of(value: str, palette: dict[str, str]) -> str:
    """`#rrggbb` of a token's value: a hex colour or one of KERN's primitives."""
    if value.startswith("#"):
        return value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
    name = re.fullmatch(r"var\(--kern-color-([a-z0-9-]+)\)", value)
    assert name is not None, value
    return palette[name[1]]


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Björn Ottosson's conversion to sRGB, clipped."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
    )
    clipped = [min(1.0, max(0.0, value)) for value in linear]
    srgb = [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in clipped]
    return "#" + "".join(f"{round(255 * value):02x}" for value in srgb)


@pytest.fixture(scope="module")
def palette() -> dict[str, str]:
    found = re.findall(r"--kern-color-([a-z]+-\d+):\s*oklch\(([\d.]+)% ([\d.]+) ([\d.]+|none)\)", KERN.read_text())
    colours = {
        name: oklch(float(light) / 100, float(chroma), 0 if hue == "none" else float(hue))
        for name, light, chroma, hue in found
    }
    return {**colours, "white": "#ffffff", "black": "#000000"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_state_colours_can_be_read(state: str, scheme: str, palette: dict[str, str]) -> None:
    tokens = (CSS / "tokens.css").read_text()
    declared = dict(re.findall(r"--(state-[a-z-]+): ([^;]+);", tokens.split("@media")[0]))
    paper, surface = palette["white"], palette["neutral-025"]
    if scheme == "dark":
        declared |= dict(re.findall(r"--(state-[a-z-]+): ([^;]+);", blocks()[0]))
        paper, surface = palette["neutral-950"], palette["neutral-900"]
    text = hex_of(declared[f"state-{state}"], palette)
    assert contrast(text, paper) >= 4.5
    assert contrast(text, surface) >= 4.5
    if declared[f"state-{state}-ground"].startswith("var"):
        assert contrast(text, hex_of(declared[f"state-{state}-ground"], palette)) >= 4.5
    solid, on = hex_of(declared[f"state-{state}-solid"], palette), hex_of(declared[f"state-{state}-on"], palette)
    assert contrast(solid, on) >= 4.5


def test_public_pages_hold_no_token_and_touch_no_session(client: Client, town: Municipality) -> None:
    response = client.get("/design/")
    assert response.status_code == 200
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    html = response.content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert "style=" not in html
    assert "<script>" not in html


def test_a_missing_coat_of_arms_does_not_stop_the_page(client: Client, town: Municipality) -> None:
    town.coat_of_arms = "arms/nowhere.svg"
    town.save()
    assert client.get("/design/").status_code == 200


def test_error_page_of_the_server_needs_nothing(client: Client) -> None:
    assert "112" in loader.get_template("500.html").render()
