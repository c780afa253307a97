"""Static files of one page as one file: on a slow line every file costs a round trip, however small it is.

The sources stay as they are, one module for one thing. `Finder` is among STATICFILES_FINDERS, so `collectstatic` and
the development server find a bundle like any other file; it is made when it is asked for. Only for pages that people
open for the first time outside, with bad reception: everywhere else the browser's cache and HTTP/2 do as well.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

#: Stylesheets of every page that is kept on a device, in their order.
LOOK: Final = (
    "vendor/fonts/fira-sans.css",
    "vendor/kern/kern.css",
    "css/tokens.css",
    "css/base.css",
    "css/components/actions.css",
    "css/components/forms.css",
    "css/components/content.css",
    "css/components/map.css",
)
#: Bundles by name: stylesheets in their order, or the module with which a page begins.
BUNDLES: Final = {
    "bundles/field.css": (*LOOK, "css/field.css", "css/field-job.css", "css/field-map.css"),
    "bundles/field.js": ("js/field/app.js",),
}
#: What a stylesheet shows, without addresses of their own (`data:`, `#`).
SHOWN: Final = re.compile(r"""url\((?P<quote>["']?)(?!data:|#)(?P<path>[^"')?#]+)""")
#: What a module imports, now or later.
IMPORTED: Final = re.compile(r'(?:\bfrom\s|\bimport\s*\(?)\s*"(?P<path>\.{1,2}/[^"]+)"')
_LATER: Final = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)')
_IMPORT: Final = re.compile(
    r'^import (?:\{(?P<names>[^}]*)\}|\* as (?P<whole>\w+)) from "(?P<path>\.{1,2}/[^"]+)";$', re.M
)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function (\w+)|const (\w+)|class (\w+))", re.M)
_OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.M)


def source(name: str) -> str:
    """The text of a static file; FileNotFoundError where there is none."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")


def beside(name: str, relative: str) -> str:
    """The name of a static file as another one, `name`, writes it."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))


def _from(bundle: str, name: str) -> str:
    return posixpath.relpath(name, posixpath.dirname(bundle))


def stylesheet(bundle: str, names: Iterable[str]) -> str:
    """Stylesheets one behind the other; what they show is found from where the bundle lies."""

    def moved(name: str, found: re.Match[str]) -> str:
        return f"url({found['quote']}{_from(bundle, beside(name, found['path']))}"

    return "\n".join(SHOWN.sub(partial(moved, name), source(name)) for name in names)


def script(bundle: str, entry: str) -> str:
    """A module with all that it imports as one module.

    Each module becomes a function that is called once and gives back what it exports; the entry itself stands last, so
    that it may await. What is imported later (`import("…")`) stays a file of its own. Modules are taken as they are
    written here: an import is one line with names or with `* as`, an export stands before a function, a constant or a
    class; ValueError for anything else, and for modules that import each other.
    """
    parts: dict[str, str] = {}

    def take(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"{name} imports itself by way of {above[-1]}")
        if name in parts:
            return
        text = source(name)
        for found in _IMPORT.finditer(text):
            take(beside(name, found["path"]), (*above, name))

        def taken(found: re.Match[str]) -> str:
            there = _variable(beside(name, found["path"]))
            return f"const {found['whole'] or '{' + found['names'].replace(' as ', ': ') + '}'} = {there};"

        def later(found: re.Match[str]) -> str:
            return f'import("{_from(bundle, beside(name, found[1]))}")'

        exported = [next(filter(None, found.groups())) for found in _EXPORT.finditer(text)]
        text = _LATER.sub(later, _EXPORT.sub("", _IMPORT.sub(taken, text)))
        if other := _OTHER.search(text):
            raise ValueError(f"{name}: {other[0]}")
        whole = f"const {_variable(name)} = (() => {{\n{text}\nreturn {{ {', '.join(exported)} }};\n}})();"
        parts[name] = whole if above else text

    take(entry, ())
    return "\n".join(f"// {name}\n{text}" for name, text in parts.items())


def _variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


class Finder(BaseFinder):
    """Finds the bundles; each is written to DATA_DIR/made, anew only where something of it changed."""

    storage = FileSystemStorage(location=settings.DATA_DIR / "made")

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing can be set."""
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """All bundles, for `collectstatic`."""
        for bundle in BUNDLES:
            self._make(bundle)
            yield bundle, self.storage

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The path of a bundle."""
        if path not in BUNDLES:
            return []
        made = self._make(path)
        return [made] if find_all else made

    def _make(self, bundle: str) -> str:
        names = BUNDLES[bundle]
        text = stylesheet(bundle, names) if bundle.endswith(".css") else script(bundle, *names)
        path = Path(self.storage.path(bundle))
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as fresh:
                fresh.write(text)
            Path(fresh.name).replace(path)
        return str(path)
