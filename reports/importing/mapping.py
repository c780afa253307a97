"""The mapping: what a column of the file means, as plain data. docs/import.md is its description."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.text import slugify
from django.utils.translation import gettext as _

from geo.folding import fold
from reports.importing.yaml_parts import BadMapping, Part, read_yaml
from reports.policy import Sort

__all__ = ["Answer", "BadMapping", "Columns", "DefaultState", "Mapping", "NewCategory", "NewTown", "Wanted", "read"]

COLUMN = "column"
"""`released: column`: the file says for each row whether it is public."""
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_ICON = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PREFIX = re.compile(r"[A-Z]{2,6}")


@dataclass(frozen=True)
class Answer:
    """A column with a public answer, and where it has one the column of its date."""

    text: str
    date: str = ""


@dataclass(frozen=True)
class Columns:
    """The file's name of each column, "" where there is none."""

    date: str
    category: str
    id: str = ""
    number: str = ""
    changed: str = ""
    closed: str = ""
    text: str = ""
    address: str = ""
    x: str = ""
    y: str = ""
    lon: str = ""
    lat: str = ""
    state: str = ""
    released: str = ""
    answers: tuple[Answer, ...] = ()
    photos: tuple[str, ...] = ()

    def used(self) -> list[str]:
        """All columns that the mapping names."""
        single = [getattr(self, one.name) for one in fields(self) if one.name not in {"answers", "photos"}]
        of_answers = [name for answer in self.answers for name in (answer.text, answer.date)]
        return list(dict.fromkeys(name for name in [*single, *of_answers, *self.photos] if name))


@dataclass(frozen=True)
class NewCategory:
    """A category to make where the municipality has none under this slug."""

    slug: str
    name: str
    group: str
    icon: str = "pin"
    sort: str = Sort.DEFECT.value
    working_days: int = 10


@dataclass(frozen=True)
class Wanted:
    """A name of ours that the mapping uses, with its place in the mapping for the complaint that there is none."""

    slug: str
    where: str
    new: NewCategory | None = None


@dataclass(frozen=True)
class DefaultState:
    """The state of rows that name none: `fresh` for those younger than `days`, else `state`."""

    state: Wanted | None = None
    fresh: Wanted | None = None
    days: int = 0


@dataclass(frozen=True)
class NewTown:
    """A municipality to make; its boundary is the hull of the file's places."""

    name: str = ""
    designation: str = "Stadt"
    prefix: str = ""
    host: str = ""


@dataclass(frozen=True)
class Mapping:
    """Everything an import must know of a file."""

    source: str
    columns: Columns
    categories: dict[str, Wanted]
    default_category: Wanted | None = None
    states: dict[str, Wanted] = field(default_factory=dict)
    default_state: DefaultState = DefaultState()
    formats: tuple[str, ...] = ()
    zone: tzinfo = UTC
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    srid: int = 4326
    released: bool | None = False
    """None: the column says it."""
    photos_released: bool = False
    hold_back: bool = True
    """Texts with an e-mail address, telephone number or number plate wait for review."""
    town: NewTown | None = None


def read(path: Path) -> Mapping:
    """Read a mapping file; BadMapping names line and key of what makes no sense."""
    root = read_yaml(path)
    parts = root.fields(
        ["source", "columns", "categories", "default_category", "states", "default_state", "dates", "format",
         "encoding", "delimiter", "srid", "released", "photos_released", "hold_back_personal_data", "municipality"]
    )  # fmt: skip
    for needed in ("source", "columns"):
        if needed not in parts:
            raise root.wrong(_("“%(key)s” is missing.") % {"key": needed})
    columns = _columns(parts["columns"])
    categories = {name: _category(name, part) for name, part in _fields_of(parts, "categories").items()}
    if not categories and "default_category" not in parts:
        raise root.wrong(_("“%(key)s” is missing.") % {"key": "categories"})
    formats, zone = _dates(parts.get("dates"))
    return Mapping(
        source=_matching(parts["source"], _SOURCE, _("a short name of small letters, digits and dashes.")),
        columns=columns,
        categories=categories,
        default_category=_category("", parts["default_category"]) if "default_category" in parts else None,
        states={name: _wanted(part) for name, part in _fields_of(parts, "states").items()},
        default_state=_default_state(parts.get("default_state")),
        formats=formats,
        zone=zone,
        format=parts["format"].one_of(["csv", "geojson"]) if "format" in parts else "",
        encoding=_encoding(parts.get("encoding")),
        delimiter=_delimiter(parts.get("delimiter")),
        srid=parts["srid"].number(1, 999_999) if "srid" in parts else 4326,
        released=_released(root, parts.get("released"), columns),
        photos_released=parts["photos_released"].flag() if "photos_released" in parts else False,
        hold_back=parts["hold_back_personal_data"].flag() if "hold_back_personal_data" in parts else True,
        town=_town(parts.get("municipality")),
    )


def _fields_of(parts: dict[str, Part], name: str) -> dict[str, Part]:
    return parts[name].fields() if name in parts else {}


def _matching(part: Part, pattern: re.Pattern[str], rule: str) -> str:
    word = part.text()
    if not pattern.fullmatch(word):
        raise part.wrong(_("here belongs %(rule)s") % {"rule": rule})
    return word


def _columns(part: Part) -> Columns:
    single = [one.name for one in fields(Columns) if one.name not in {"answers", "photos"}]
    parts = part.fields([*single, "answers", "photos"])
    for needed in ("date", "category"):
        if needed not in parts:
            raise part.wrong(_("“%(key)s” is missing.") % {"key": needed})
    for one, other in (("x", "y"), ("lon", "lat")):
        if (one in parts) != (other in parts):
            raise part.wrong(_("“%(one)s” and “%(other)s” belong together.") % {"one": one, "other": other})
    if "x" in parts and "lon" in parts:
        raise part.wrong(_("either x and y (in the system of “srid”) or lon and lat (WGS84), not both."))
    answers = tuple(_answer(one) for one in parts.pop("answers").items()) if "answers" in parts else ()
    photos = parts.pop("photos").texts() if "photos" in parts else ()
    names = {name: one.text() for name, one in parts.items()}
    return Columns(**names, answers=answers, photos=photos)


def _answer(part: Part) -> Answer:
    if part.is_text:
        return Answer(part.text())
    parts = part.fields(["text", "date"])
    if "text" not in parts:
        raise part.wrong(_("“%(key)s” is missing.") % {"key": "text"})
    return Answer(parts["text"].text(), parts["date"].text() if "date" in parts else "")


def _wanted(part: Part) -> Wanted:
    return Wanted(part.text(), part.where)


def _category(name: str, part: Part) -> Wanted:
    """A slug of ours, or the description of a category to make."""
    if part.is_text:
        return _wanted(part)
    parts = part.fields(["create", "slug", "name", "group", "icon", "sort", "working_days"])
    if "create" not in parts or not parts["create"].flag():
        raise part.wrong(_("a category is the slug of one of ours, or has “create: true”."))
    if "group" not in parts:
        raise part.wrong(_("“%(key)s” is missing.") % {"key": "group"})
    title = parts["name"].text() if "name" in parts else name
    slug = parts["slug"].text() if "slug" in parts else slugify(fold(title))[:80]
    if not title or not slug or slugify(slug) != slug:
        raise part.wrong(_("“%(key)s” is missing.") % {"key": "slug" if title else "name"})
    new = NewCategory(
        slug=slug,
        name=title,
        group=parts["group"].text(),
        icon=_matching(parts["icon"], _ICON, _("the name of an icon.")) if "icon" in parts else "pin",
        sort=parts["sort"].one_of([one.value for one in Sort]) if "sort" in parts else Sort.DEFECT.value,
        working_days=parts["working_days"].number(0, 1000) if "working_days" in parts else 10,
    )
    return Wanted(slug, part.where, new)


def _default_state(part: Part | None) -> DefaultState:
    if part is None:
        return DefaultState()
    if part.is_text:
        return DefaultState(_wanted(part))
    parts = part.fields(["younger_than_days", "then", "else"])
    for needed in ("younger_than_days", "then", "else"):
        if needed not in parts:
            raise part.wrong(_("“%(key)s” is missing.") % {"key": needed})
    days = parts["younger_than_days"].number(1, 36_500)
    return DefaultState(_wanted(parts["else"]), _wanted(parts["then"]), days)


def _dates(part: Part | None) -> tuple[tuple[str, ...], tzinfo]:
    """Formats and time zone; default: ISO 8601 and German dates, Europe/Berlin."""
    parts = part.fields(["formats", "timezone"]) if part is not None else {}
    formats: list[str] = []
    for one in parts["formats"].items() if "formats" in parts else []:
        sample, written = datetime(2021, 11, 23, 14, 35, tzinfo=UTC), one.text()
        try:
            whole = datetime.strptime(sample.strftime(written), written).date() == sample.date()  # noqa: DTZ007
        except ValueError:
            whole = False
        if not whole:
            example = {"example": "%d.%m.%Y %H:%M"}
            raise one.wrong(_("this format has no day, month and year; one is “%(example)s”.") % example)
        formats.append(written)
    name = parts["timezone"].text() if "timezone" in parts else "Europe/Berlin"
    try:
        return tuple(formats), ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise parts["timezone"].wrong(_("this time zone is unknown.")) from error


def _encoding(part: Part | None) -> str:
    if part is None:
        return ""
    try:
        "".encode(part.text())
    except LookupError as error:
        raise part.wrong(_("this encoding is unknown.")) from error
    return part.text()


def _delimiter(part: Part | None) -> str:
    if part is None:
        return ""
    word = str(part.node.value)
    found = {"tab": "\t", "\\t": "\t"}.get(word, word)
    if len(found) != 1 or found in '"\r\n':
        raise part.wrong(_("here belongs a single character, or “tab”."))
    return found


def _released(root: Part, part: Part | None, columns: Columns) -> bool | None:
    if part is not None and part.is_text and part.text() == COLUMN:
        if not columns.released:
            raise part.wrong(_("“columns.released” is missing."))
        return None
    everything = part is not None and part.flag()
    if columns.released:
        raise (part or root).wrong(_("“columns.released” is only read with “released: column”."))
    return everything


def _town(part: Part | None) -> NewTown | None:
    if part is None:
        return None
    parts = part.fields(["name", "designation", "prefix", "host", "boundary"])
    if "name" not in parts:
        raise part.wrong(_("“%(key)s” is missing.") % {"key": "name"})
    if "boundary" in parts:
        parts.pop("boundary").one_of(["hull"])
    if "prefix" in parts:
        _matching(parts["prefix"], _PREFIX, _("two to six capital letters."))
    return NewTown(**{name: one.text() for name, one in parts.items()})
