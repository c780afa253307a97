"""From a row of the file to facts that may be stored, checked as strictly as the verbs check what is typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from cases import pictures
from cases.errors import Invalid
from cases.policy import CLOSED, State
from cases.services import checked_text
from geo.models import Municipality
from geo.spatial import transform
from reports.importing.dates import Dates
from reports.importing.mapping import Mapping
from reports.importing.places import Places
from reports.importing.setting_up import Names, Target, coordinates, system_of
from reports.importing.source import Raw
from reports.models import Category
from reports.policy import ADDRESS_MAX, TEXT_MAX
from reports.privacy import findings

YES = frozenset({"ja", "j", "yes", "y", "true", "wahr", "1", "x", "öffentlich", "public"})
NO = frozenset({"", "nein", "n", "no", "false", "falsch", "0", "intern", "nicht öffentlich", "privat"})
_NUMBER_MAX = 60
_FILES = re.compile(r"[;\n]")
_NAN = float("nan")


@dataclass(slots=True)
class Good:
    """A row that becomes a report. Times are UTC."""

    raw: Raw
    key: str
    number: str
    submitted: datetime
    changed: datetime | None
    closed: datetime | None
    category: Category
    target: Target
    text: str
    address: str
    released: bool
    answers: list[tuple[datetime | None, str]]
    photos: list[Path]
    owner: Municipality
    place: tuple[float, float] | None = None
    """(lon, lat), WGS84."""
    address_of_file: bool = False
    district: int | None = None
    unit: int | None = None
    held_back: bool = False
    """To be released, but its text holds personal data."""


@dataclass(slots=True)
class Bad:
    """A row that is refused, with every reason."""

    raw: Raw
    reasons: list[str] = field(default_factory=list)


class Checker:
    """Checks rows of one file for one municipality."""

    def __init__(
        self, *, mapping: Mapping, names: Names, places: Places, folder: Path, srid: int, at: datetime
    ) -> None:
        self.mapping = mapping
        self.names = names
        self.places = places
        self.folder = folder.resolve()
        self.srid = system_of(mapping.columns, srid)
        self.at = at
        self.dates = Dates(mapping.formats, mapping.zone)
        self.fresh_since = at - timedelta(days=mapping.default_state.days)
        self.here = places.municipality

    def check(self, rows: Sequence[tuple[str, Raw]]) -> tuple[list[Good], list[Bad]]:
        """Rows with their keys, sorted into good and bad ones; the places of all are looked up at once."""
        moved = self._moved([raw for _key, raw in rows])
        good: list[Good] = []
        bad: list[Bad] = []
        for (key, raw), place in zip(rows, moved, strict=True):
            reasons: list[str] = []
            one = self._row(key, raw, place, reasons)
            if one is None or reasons:
                bad.append(Bad(raw, reasons))
            else:
                good.append(one)
        return self._placed(good, bad), bad

    def _moved(self, raws: Sequence[Raw]) -> list[tuple[float, float] | str | None]:
        """WGS84 for each row, None without coordinates, else what is wrong with them."""
        columns = self.mapping.columns
        given = (columns.x, columns.y, columns.lon, columns.lat)
        found: list[tuple[float, float] | str | None] = [None] * len(raws)
        readable: list[int] = []
        places: list[tuple[float, float]] = []
        for index, raw in enumerate(raws):
            place = coordinates(raw, columns)
            if place is not None:
                readable.append(index)
                places.append(place)
            else:
                written = " ".join(value for name in given if name and (value := raw.values.get(name, "").strip()))
                if written:
                    found[index] = _("the coordinates “%(written)s” cannot be read") % {"written": written[:60]}
        for index, there in zip(readable, transform(places, self.srid), strict=True):
            found[index] = there or _("the coordinates are no place in EPSG:%(srid)d") % {"srid": self.srid}
        return found

    def _row(self, key: str, raw: Raw, place: tuple[float, float] | str | None, reasons: list[str]) -> Good | None:
        if raw.problem:
            reasons.append(raw.problem)
            return None
        columns = self.mapping.columns
        submitted = self._date(raw, columns.date, reasons, needed=True)
        changed, closed = self._date(raw, columns.changed, reasons), self._date(raw, columns.closed, reasons)
        word = raw.values.get(columns.category, "").strip()
        category = self.names.category(word)
        if category is None:
            reasons.append(_("the category “%(word)s” is not in the mapping") % {"word": word[:60]})
        text = self._text(raw, columns.text, TEXT_MAX, reasons)
        address = " ".join(self._text(raw, columns.address, ADDRESS_MAX, reasons).split())
        number = self._text(raw, columns.number, _NUMBER_MAX, reasons)
        answers = self._answers(raw, reasons)
        if isinstance(place, str):
            reasons.append(place)
        elif place is None and not address and category is not None and category.rules.place_required:
            reasons.append(_("there is no place"))
        released = self._released(raw, reasons)
        photos = self._photos(raw, reasons)
        if submitted is None or category is None:
            return None
        if closed is not None and closed < submitted:
            if closed.astimezone(self.mapping.zone).date() < submitted.astimezone(self.mapping.zone).date():
                reasons.append(_("it was closed before it was reported"))
            closed = submitted
        target = self._target(raw, submitted, closed, reasons)
        if target is None:
            return None
        return Good(
            raw=raw,
            key=key,
            number=number,
            submitted=submitted,
            changed=max(changed, submitted) if changed is not None else None,
            closed=closed if target.state in CLOSED else None,
            category=category,
            target=target,
            text=text,
            address=address,
            released=released and _may_be_public(category, target),
            answers=answers,
            photos=photos,
            owner=self.here,
            place=place if isinstance(place, tuple) else None,
            address_of_file=bool(address),
            held_back=bool(released and self.mapping.hold_back and text and findings(text)),
        )

    def _date(self, raw: Raw, column: str, reasons: list[str], *, needed: bool = False) -> datetime | None:
        text = raw.values.get(column, "").strip() if column else ""
        if not text:
            if needed:
                reasons.append(_("the date is missing"))
            return None
        found = self.dates.read(text)
        if found is None:
            reasons.append(_("“%(text)s” is no date") % {"text": text[:60]})
        elif found > self.at + timedelta(days=1):
            reasons.append(_("the date %(text)s lies in the future") % {"text": text[:60]})
        return found

    def _text(self, raw: Raw, column: str, longest: int, reasons: list[str]) -> str:
        if not column:
            return ""
        text = raw.values.get(column, "").replace("\x00", "").strip()
        if len(text) > longest:
            reasons.append(
                _("“%(column)s” has %(n)d characters, at most %(max)d are possible")
                % {"column": column, "n": len(text), "max": longest}
            )
        return text

    def _answers(self, raw: Raw, reasons: list[str]) -> list[tuple[datetime | None, str]]:
        """Public answers, those with a date in order, those without one put together at the end."""
        dated: list[tuple[datetime, str]] = []
        loose: list[str] = []
        for answer in self.mapping.columns.answers:
            text = raw.values.get(answer.text, "").strip()
            at = self._date(raw, answer.date, reasons) if text else None
            if text and at is not None:
                dated.append((at, text))
            elif text:
                loose.append(text)
        found: list[tuple[datetime | None, str]] = [*sorted(dated)]
        if loose:
            found.append((None, "\n\n".join(loose)))
        try:
            return [(at, checked_text(text)) for at, text in found]
        except Invalid as invalid:
            reasons += [message for messages in invalid.errors.values() for message in messages]
            return []

    def _released(self, raw: Raw, reasons: list[str]) -> bool:
        if self.mapping.released is not None:
            return self.mapping.released
        word = raw.values.get(self.mapping.columns.released, "").strip().lower()
        if word not in YES | NO:
            reasons.append(_("“%(word)s” is neither yes nor no") % {"word": word[:60]})
        return word in YES

    def _target(self, raw: Raw, submitted: datetime, closed: datetime | None, reasons: list[str]) -> Target | None:
        """The state that the row names; without one: closed if it was closed, else the default."""
        column = self.mapping.columns.state
        word = raw.values.get(column, "").strip() if column else ""
        if word:
            found = self.names.states.get(word)
            if found is None:
                reasons.append(_("the state “%(word)s” is not in the mapping") % {"word": word[:60]})
            return found
        if closed is not None:
            return self.names.closed_state
        if self.names.fresh_state is not None and submitted >= self.fresh_since:
            return self.names.fresh_state
        return self.names.default_state

    def _photos(self, raw: Raw, reasons: list[str]) -> list[Path]:
        """Pictures beside the file; each is decoded once, so that a broken one is named now."""
        names = [
            name
            for column in self.mapping.columns.photos
            for part in _FILES.split(raw.values.get(column, ""))
            if (name := part.replace("\x00", "").strip())
        ]
        found: list[Path] = []
        for name in names:
            path = (self.folder / name).resolve()
            if "://" in name:
                reasons.append(_("the photo %(name)s is an address; nothing is fetched") % {"name": name[:120]})
            elif not path.is_relative_to(self.folder):
                reasons.append(_("the photo %(name)s does not lie beside the file") % {"name": name[:120]})
            elif not path.is_file():
                reasons.append(_("there is no photo %(name)s") % {"name": name[:120]})
            else:
                try:
                    content = ContentFile(path.read_bytes())
                    pictures.inspect(content, max_bytes=settings.PHOTO_MAX_BYTES, max_pixels=settings.PHOTO_MAX_PIXELS)
                    found.append(path)
                except pictures.Unusable as unusable:
                    reasons.append(f"{name[:120]}: {unusable.message}")
        return found

    def _placed(self, rows: list[Good], bad: list[Bad]) -> list[Good]:
        """Fill in owner, district, address and unit; rows outside of the municipality go to the bad ones."""
        placed = [row for row in rows if row.place is not None]
        owners = self.places.owners(*zip(*(row.place for row in placed if row.place), strict=True)) if placed else []
        refused: set[int] = set()
        for row, owner in zip(placed, owners, strict=True):
            if isinstance(owner, Municipality):
                row.owner = owner
                continue
            refused.add(id(row))
            reason = _("the place lies outside of %(town)s") % {"town": self.here.title}
            bad.append(Bad(row.raw, [reason]))
        kept = [row for row in rows if id(row) not in refused]
        groups: dict[int, list[Good]] = defaultdict(list)
        for row in kept:
            groups[row.owner.pk].append(row)
        for group in groups.values():
            self._locate(group[0].owner, [row for row in group if row.place is not None])
            self._assign(group[0].owner, group)
        return kept

    def _locate(self, owner: Municipality, rows: list[Good]) -> None:
        if not rows:
            return
        xs, ys = (np.array(axis) for axis in zip(*(row.place or (_NAN, _NAN) for row in rows), strict=True))
        near = self.places.near(owner, xs, ys)
        for row, house, district in zip(rows, near, self.places.districts(owner, xs, ys, near), strict=True):
            row.district = district
            row.address = row.address or self.places.words(owner, house)[:ADDRESS_MAX]

    def _assign(self, owner: Municipality, rows: list[Good]) -> None:
        by_topic: dict[int, list[Good]] = defaultdict(list)
        for row in rows:
            by_topic[row.category.topic_id].append(row)
        for group in by_topic.values():
            xs, ys = (np.array(axis) for axis in zip(*(row.place or (_NAN, _NAN) for row in group), strict=True))
            for row, unit in zip(group, self.places.units(owner, group[0].category.topic, xs, ys), strict=True):
                row.unit = unit


def _may_be_public(category: Category, target: Target) -> bool:
    """Whether a report of this category may stand on public pages in this state."""
    hidden = target.stage is not None and target.stage.hides
    return category.rules.public and not category.topic.confidential and not hidden and target.state != State.WITHDRAWN
