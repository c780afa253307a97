"""`manage.py import_boundaries`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from geo import services
from geo.models import Municipality
from tests.geo.conftest import MakeMunicipality, at

SHIPPED = Path(__file__).parents[2] / "portal" / "demo" / "municipalities.geojson"


def run(path: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_boundaries", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_shipped_boundaries(make_municipality: MakeMunicipality) -> None:
    town = make_municipality("harsewinkel", ags="05754016", prefix="HSW")
    county = make_municipality("heidekreis", ags="03358")
    for feature in json.loads(SHIPPED.read_text())["features"]:
        key = feature["properties"]["ags"]
        if key.startswith("03358"):
            make_municipality(f"m{key}", ags=key, parent=county, prefix=_letters(int(key[-3:])))
    told, bad = run(SHIPPED)
    assert "0 as before" in told
    assert bad == ""
    assert services.owner_of(at(8.23, 51.965)) == town
    soltau = services.owner_of(at(9.845, 52.987))
    assert soltau is not None
    assert soltau.parent == county
    county.refresh_from_db()
    assert county.boundary is not None
    assert county.boundary.covers(at(9.845, 52.987))
    assert run(SHIPPED)[0].startswith("0 changed")


def _letters(number: int) -> str:
    return "".join(chr(65 + int(digit)) for digit in f"{number:04d}")


def test_a_bow_tie_is_repaired(town: Municipality, tmp_path: Path) -> None:
    ring = [[8.0, 52.0], [8.2, 52.2], [8.2, 52.0], [8.0, 52.2], [8.0, 52.0]]
    write(tmp_path, {"type": "Polygon", "coordinates": [ring]}, town.ags)
    run(tmp_path / "b.geojson")
    town.refresh_from_db()
    assert town.boundary is not None
    assert town.boundary.valid
    assert len(town.boundary) == 2


@pytest.mark.parametrize(
    "geometry",
    [None, {"type": "Point", "coordinates": [8, 52]}, {"type": "Polygon", "coordinates": [[[8, 999], [8, 52]]]}],
)
def test_what_is_no_area_is_named(town: Municipality, tmp_path: Path, geometry: object) -> None:
    write(tmp_path, geometry, town.ags)
    told, bad = run(tmp_path / "b.geojson")
    assert bad.startswith(town.ags)
    assert "1 not usable" in told


def test_unknown_keys_are_counted(town: Municipality, tmp_path: Path) -> None:
    write(tmp_path, None, "01234567")
    assert "1 without a municipality here" in run(tmp_path / "b.geojson")[0]


def test_missing_file(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(tmp_path / "none.geojson")


def write(folder: Path, geometry: object, ags: str) -> None:
    feature = {"type": "Feature", "geometry": geometry, "properties": {"ags": ags}}
    (folder / "b.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
