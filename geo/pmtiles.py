"""Writes vector tiles into one file (PMTiles 3) and reads what stands at its beginning.

GDAL cuts, simplifies and packs them. pyogrio hands layers over, one per file only, so the last step asks GDAL itself.
"""

from __future__ import annotations

import ctypes
import gzip
import struct
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
import pyogrio.raw
from django.contrib.gis.gdal.libgdal import lgdal

# pyogrio put itself between GDAL and this thread, and would raise warnings in the middle of Django's calls.
lgdal.CPLPopErrorHandler()

MAX_ZOOM: Final = 15
"""The map enlarges the tiles of this zoom."""
_MIN_ZOOM: Final = 7
_MAGIC: Final = b"PMTiles\x03"
_HEADER: Final = 127
_GZIP: Final = 2
_VECTOR: Final = 1


class BadArchive(Exception):
    """It cannot be written or is not one; the text says why."""


class Layer(NamedTuple):
    """Features of one kind: the tiles' layer they go to, from which zoom on, their shapes (WKB, WGS84) and words."""

    name: str
    zoom: int
    shapes: Sequence[bytes]
    fields: Mapping[str, Sequence[str | None]]


def write(layers: Iterable[Layer], target: Path, *, title: str, description: str = "") -> int:
    """Write the archive, replacing the old one in one go; returns how many features went in. Raises BadArchive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        source, made = Path(folder) / "layers.gpkg", Path(folder) / "made.pmtiles"
        plan: dict[str, dict[str, Any]] = {}
        count = 0
        for number, layer in enumerate(one for one in layers if len(one.shapes)):
            name = f"{layer.name}_{number}"
            pyogrio.raw.write(
                source,
                np.array(layer.shapes, dtype=object),
                [np.array(values, dtype=object) for values in layer.fields.values()],
                list(layer.fields),
                layer=name,
                driver="GPKG",
                geometry_type="Unknown",
                crs="EPSG:4326",
                append=bool(count),
            )
            plan[name] = {"target_name": layer.name, "minzoom": layer.zoom, "maxzoom": MAX_ZOOM}
            count += len(layer.shapes)
        if not count:
            raise BadArchive("There is nothing to draw.")
        _translate(
            source,
            made,
            ["-f", "PMTiles"]
            + [
                part
                for option in (
                    f"MINZOOM={_MIN_ZOOM}",
                    f"MAXZOOM={MAX_ZOOM}",
                    f"NAME={title}",
                    f"DESCRIPTION={description}",
                    "TYPE=baselayer",
                    "MAX_SIZE=1000000",
                    f"CONF={orjson.dumps(plan).decode()}",
                )
                for part in ("-dsco", option)
            ],
        )
        made.replace(target)
    return count


def _translate(source: Path, target: Path, arguments: list[str]) -> None:
    """What `ogr2ogr` does, from within the library (GDALVectorTranslate of gdal_utils.h)."""
    pointer, library = ctypes.c_void_p, ctypes.CDLL(lgdal._name)
    library.GDALOpenEx.restype = library.GDALVectorTranslate.restype = pointer
    library.GDALVectorTranslateOptionsNew.restype = pointer
    library.CPLGetLastErrorMsg.restype = ctypes.c_char_p
    opened = library.GDALOpenEx(str(source).encode(), 4, None, None, None)
    words = (ctypes.c_char_p * (len(arguments) + 1))(*[one.encode() for one in arguments], None)
    options = library.GDALVectorTranslateOptionsNew(words, None)
    made = None
    if opened and options:
        made = library.GDALVectorTranslate(
            str(target).encode(), None, 1, (pointer * 1)(opened), pointer(options), ctypes.byref(ctypes.c_int())
        )
    reason = (library.CPLGetLastErrorMsg() or b"").decode(errors="replace")
    for close, handle in (
        (library.GDALClose, made),
        (library.GDALVectorTranslateOptionsFree, options),
        (library.GDALClose, opened),
    ):
        if handle:
            close(pointer(handle))
    if not made or not target.is_file():
        raise BadArchive(f"GDAL could not write the tiles: {reason or 'no reason given'}")


class About(NamedTuple):
    """What an archive says of itself."""

    max_zoom: int
    source: str
    title: str


def about(path: Path) -> About:
    """Last zoom, whose data it is, and its name. Raises BadArchive where it is no archive of vector tiles."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
            if len(head) < _HEADER or head[:8] != _MAGIC or head[99] != _VECTOR:
                raise BadArchive(f"{path.name} is no PMTiles archive of vector tiles.")
            start, length = struct.unpack_from("<QQ", head, 24)
            file.seek(start)
            body = file.read(min(length, 1 << 20))
        said = orjson.loads(gzip.decompress(body) if head[97] == _GZIP else body)
    except (OSError, ValueError, EOFError) as error:
        raise BadArchive(f"{path.name} cannot be read: {error}") from error
    source = str(said.get("attribution") or said.get("description") or "")
    return About(head[101], source, str(said.get("name") or ""))
