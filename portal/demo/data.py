"""The demo's data files, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
BOUNDARIES = FOLDER / "municipalities.geojson"
"""© GeoBasis-DE / BKG (2017), GeoNutzV."""


@cache
def data(name: str) -> Any:
    """The content of `<name>.yml`; do not change what you get."""
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))


def towns() -> list[dict[str, Any]]:
    """The towns that are shown in full, the default one first."""
    found: list[dict[str, Any]] = data("towns")["towns"]
    return found


def members() -> list[dict[str, Any]]:
    """The small members of the county."""
    found: list[dict[str, Any]] = data("towns")["members"]
    return found


def password() -> str:
    """One password for all logins of the demo."""
    return str(data("towns")["password"])
