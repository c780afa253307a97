"""A file of another town's old system, and how it is imported in the tests."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

COLUMNS = "Nr;Eingang;Art;Text;Ort;Lon;Lat;Stand;Erledigt;Antwort;Antwort am;Frei;Bilder"
ROWS = (
    "A-1;02.03.2020 09:30;Loch;Tiefes Loch;Markt 1;8,23;51,96;fertig;05.03.2020;Gefüllt.;;ja;",
    "A-2;2020-04-01;Loch;Noch eins;;8.231;51.961;in Arbeit;;Ist bestellt.;2020-04-02;ja;",
    "A-3;2020-05-01;Lampe;Stockfinster;Am Teich;;;neu;;;;nein;",
)
MAPPING = """\
source: altsystem
released: column
columns:
  id: Nr
  number: Nr
  date: Eingang
  closed: Erledigt
  category: Art
  text: Text
  address: Ort
  lon: Lon
  lat: Lat
  state: Stand
  released: Frei
  answers: [{text: Antwort, date: Antwort am}]
  photos: Bilder
categories:
  Loch: schlagloch
  Lampe: laterne
states:
  neu: new
  in Arbeit: eingeplant
  fertig: done
"""


def write(folder: Path, *rows: str, mapping: str = MAPPING, columns: str = COLUMNS) -> Path:
    """Write file and mapping; returns the file."""
    (folder / "mapping.yml").write_text(mapping)
    path = folder / "alt.csv"
    path.write_text("\n".join([columns, *(rows or ROWS)]) + "\n")
    return path


def run(path: Path, *options: str, town: str = "harsewinkel") -> tuple[str, str]:
    """What the command says on stdout and stderr."""
    out, err = StringIO(), StringIO()
    mapping = str(path.parent / "mapping.yml")
    call_command(
        "import_reports", str(path), "--municipality", town, "--mapping", mapping, *options, stdout=out, stderr=err
    )
    return out.getvalue(), err.getvalue()


def refused(path: Path, *options: str, town: str = "harsewinkel") -> str:
    """Why the command refuses the whole run."""
    try:
        run(path, *options, town=town)
    except CommandError as error:
        return str(error)
    raise AssertionError("the command was content")
