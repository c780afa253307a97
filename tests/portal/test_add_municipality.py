"""`manage.py add_municipality`: a town opens in one command, and its first report goes round."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import CommandError, call_command
from django.test import Client
from pyproj import Transformer

from accounts.models import Unit, User
from cases.change import By
from cases.models import Case, Responsibility, Topic
from cases.policy import State
from cases.services import confirm_contact, move
from geo.models import Municipality
from notifications.models import Delivery
from outbox.work import run_all
from portal.demo.data import BOUNDARIES
from reports.categories import tree
from reports.services import release_text

SCHNEVERDINGEN, SOLTAU = "03358019", "03358021"


def add(ags: str, *words: Any, file: Path = BOUNDARIES) -> str:
    """What the command says."""
    out = StringIO()
    call_command("add_municipality", ags, "--boundaries", str(file), *words, stdout=out, stderr=out)
    return out.getvalue()


def feature(ags: str) -> dict[str, Any]:
    """A feature of the shipped boundaries."""
    found = json.loads(BOUNDARIES.read_text("utf-8"))["features"]
    return next(one for one in found if one["properties"]["ags"] == ags)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Any], Path]:
    """`file(data)`: a GeoJSON file."""

    def write(data: Any) -> Path:
        path = tmp_path / "area.geojson"
        path.write_text(json.dumps(data), "utf-8")
        return path

    return write


@pytest.mark.django_db(transaction=True)
def test_a_town_opens_and_its_first_report_goes_round(client: Client, settings: Any) -> None:
    """Boundary → report by the interface → release → done → mail to the reporter, in under a minute."""
    begun = time.monotonic()
    told = add(SCHNEVERDINGEN, "--admin", "amt@example.org", "--contact", "rathaus@example.org")
    town = Municipality.objects.get(ags=SCHNEVERDINGEN)
    assert (town.title, town.prefix, town.get_state_key_display()) == ("Stadt Schneverdingen", "SCH", "Niedersachsen")
    assert town.is_default, "the first one answers every host"
    run_all()
    link = re.search(r"http://\S+/konto/einladung/\S+", told)
    assert link
    mails = "".join(path.read_text() for path in settings.MAIL_DIR.rglob("*.eml"))
    assert "amt@example.org" in mails

    path = re.sub(r"^http://[^/]+", "", link[0])
    assert "amt@example.org" in client.get(path).content.decode()
    typed = {"name": "Ada Amt", "password1": "heide-und-moor-7", "password2": "heide-und-moor-7"}
    assert client.post(path, typed).status_code == 302
    assert client.get(path).status_code == 404, "the link works once"
    admin = User.objects.get(email="amt@example.org")
    assert admin.check_password("heide-und-moor-7")

    sent = client.post(
        "/api/v1/reports/",
        {
            "client_key": str(uuid.uuid4()),
            "municipality": "schneverdingen",
            "category": "schlagloch",
            "text": "Tiefes Loch vor der Schule",
            "point": {"type": "Point", "coordinates": [9.7963, 53.1162]},
            "contact": {"email": "erika@example.net"},
            "answers": {"gefahr": True},
        },
        content_type="application/json",
    )
    assert sent.status_code == 201, sent.content
    case = Case.objects.get()
    assert case.municipality == town
    assert case.unit is not None
    assert case.number is not None
    assert case.number.startswith("SCH-")
    assert case.contact is not None
    confirm_contact(contact=case.contact)
    release_text(case=case, by=By.staff(admin))
    assert client.get(f"/meldungen/{case.number}/").status_code == 200
    move(case=Case.objects.get(), to=State.DONE, by=By.staff(admin), text="Ausgebessert.")
    run_all()
    done = Delivery.objects.get(purpose="done")
    assert done.address == "erika@example.net"
    assert done.sent_at is not None
    assert time.monotonic() - begun < 60


def test_a_second_run_changes_nothing(db: None) -> None:
    add(SOLTAU, "--admin", "amt@example.org")
    counted = [model.objects.count() for model in (Municipality, Topic, Unit, Responsibility, User, Delivery)]
    changed = Municipality.objects.get().updated_at
    told = add(SOLTAU, "--admin", "amt@example.org", "--host", "anders.example.org")
    assert "nothing changed" in told
    assert "left as it is" in told
    assert [m.objects.count() for m in (Municipality, Topic, Unit, Responsibility, User, Delivery)] == counted
    assert Municipality.objects.get().updated_at == changed


def test_a_dry_run_changes_nothing_at_all(db: None) -> None:
    assert "would be opened" in add(SOLTAU, "--admin", "amt@example.org", "--dry-run")
    assert not Municipality.objects.exists()
    assert not User.objects.exists()
    assert not Delivery.objects.exists()


def test_a_new_boundary_replaces_the_old_one(db: None, file: Callable[[Any], Path]) -> None:
    add(SOLTAU)
    one = feature(SOLTAU)
    one["geometry"]["coordinates"][0][1][0] += 0.001
    assert "boundary changed" in add(SOLTAU, file=file({"type": "FeatureCollection", "features": [one]}))
    town = Municipality.objects.get()
    assert town.boundary is not None
    assert one["geometry"]["coordinates"][0][1] in [list(point) for point in town.boundary[0][0].coords]


def test_a_county_adopts_and_is_inherited(db: None) -> None:
    """A town without its county stands alone; the county takes it in when asked, and the next finds it by its key."""
    add(SOLTAU)
    told = add("03358", "--name", "Heidekreis", "--adopt")
    county = Municipality.objects.get(ags="03358")
    assert "Soltau put below it" in told
    add(SCHNEVERDINGEN)
    town = Municipality.objects.get(ags=SCHNEVERDINGEN)
    assert town.parent == county
    assert town.host == "schneverdingen.localhost"
    assert not Topic.objects.filter(municipality=town).exists(), "categories are inherited"
    assert len(tree(town)) == len(tree(county))
    assert {one.prefix for one in Municipality.objects.all()} == {"SOL", "HEI", "SCH"}


def test_files_as_they_come(db: None, file: Callable[[Any], Path]) -> None:
    """A bare geometry in UTM; a file of the BKG with numbers as keys and its coordinate system in it."""
    to_utm = Transformer.from_crs(4326, 25832, always_xy=True).transform
    soltau = feature(SOLTAU)
    ring = [list(to_utm(*point)) for point in soltau["geometry"]["coordinates"][0]]
    bare = {"type": "Polygon", "coordinates": [ring]}
    with pytest.raises(CommandError, match="--srid 25832"):
        add(SOLTAU, "--name", "Soltau", file=file(bare))
    add(SOLTAU, "--name", "Soltau", "--srid", "25832", file=file(bare))
    town = Municipality.objects.get()
    assert town.boundary is not None
    assert town.boundary.centroid.distance(make_geometry(soltau).centroid) < 1e-4

    other = feature(SCHNEVERDINGEN)
    ring = [list(to_utm(*point)) for point in other["geometry"]["coordinates"][0]]
    bkg = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"AGS": 3358019, "GEN": "Schneverdingen", "BEZ": "Stadt"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        ],
    }
    add(SCHNEVERDINGEN, file=file(bkg))
    assert Municipality.objects.get(ags=SCHNEVERDINGEN).title == "Stadt Schneverdingen"


def make_geometry(one: dict[str, Any]) -> Any:
    """The geometry of a feature."""
    return GEOSGeometry(json.dumps(one["geometry"]))


def test_what_is_wrong_is_said(db: None, file: Callable[[Any], Path], settings: Any) -> None:
    def refused(*words: Any, **more: Any) -> str:
        with pytest.raises(CommandError) as error:
            add(*words, **more)
        return str(error.value)

    assert "there is no area with the key 05111000" in refused("05111000")
    assert "no official key" in refused("123")
    assert "not a GeoJSON file" in refused(SOLTAU, file=Path(__file__))
    assert "cannot be read" in refused(SOLTAU, file=Path("nowhere.geojson"))
    bare = feature(SOLTAU)["geometry"]
    assert "--name" in refused(SOLTAU, file=file(bare))
    add(SOLTAU, "--host", "soltau.example.org", "--prefix", "SOL")
    assert "overlaps with Stadt Soltau" in refused("03358099", "--name", "Anders", file=file(bare))
    assert "belongs to Stadt Soltau" in refused(SCHNEVERDINGEN, "--host", "soltau.example.org")
    assert "belongs to Stadt Soltau" in refused(SCHNEVERDINGEN, "--prefix", "sol")
    assert "taken" in refused(SCHNEVERDINGEN, "--slug", "soltau")
    assert "--admin" in refused(SCHNEVERDINGEN, "--admin", "kein Mensch")
    assert "prefix" in refused(SCHNEVERDINGEN, "--prefix", "X1")
    assert Municipality.objects.count() == 1
    settings.ALLOWED_HOSTS = ["melden.example.org"]
    assert "ALLOWED_HOSTS" in add(SCHNEVERDINGEN, "--host", "anders.example.org")
