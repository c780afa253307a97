"""The demo's data files, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reports.standard.catalogue import data as standard

FOLDER = Path(__file__).resolve().parent
BOUNDARIES = FOLDER / "municipalities.geojson"
"""© GeoBasis-DE / BKG (2017), GeoNutzV."""


@cache
def data(name: str) -> Any:
    """The content of `<name>.yml`, of the demo or of the standard catalogue; do not change what you get."""
    file = FOLDER / f"{name}.yml"
    return yaml.safe_load(file.read_text("utf-8")) if file.is_file() else standard(name)


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
