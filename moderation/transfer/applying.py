"""Makes the rules of a municipality those of a document: in one transaction, tried first, every difference noted.

What the document does not name goes: rows nobody uses are deleted, the others (with cases, people, answers) are
switched off. Raises Unfit with all that is wrong; then nothing was changed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.rulelog import note
from accounts.services import may
from cases.models import Responsibility, Stage, TextBlock, Topic
from forms.models import Form
from forms.services import Unsound, put_form
from geo.localized import localized
from geo.models import Municipality
from moderation.transfer.plain import fields_of, fill, fit
from moderation.transfer.reading import ABOVE, FORMAT, OF_TOPIC, SETTINGS, VERSION, Document, document
from pages.models import Page, Statement
from pages.policy import Key
from reports.models import Category, Emergency

LISTS: Final = {
    "units": "unit",
    "forms": "question",
    "topics": "category",
    "stages": "stage",
    "text_blocks": "text_block",
    "emergencies": "emergency",
}
"""Parts of the document that are rows with slugs, and what the log calls them."""
PARTS: Final = {"settings": dict, "pages": dict, "responsibilities": list, **dict.fromkeys(LISTS, list)}
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The sign no database takes, as JSON writes it."""
SIZE_MAX: Final = 4_000_000
"""Bytes of a file; a large county with its areas has about one million."""


class Unfit(Exception):
    """The file cannot be taken over; `problems` says why, in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Difference:
    """One rule that is another in the file, as the log takes it."""

    subject: str
    label: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Outcome:
    """What changes (or changed), and what stays although the file does not have it."""

    differences: list[Difference] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


class _Undo(Exception):
    pass


def read(data: bytes | str) -> Document:
    """The document in a file. Raises Unfit."""
    if len(data) > SIZE_MAX:
        raise Unfit([_("The file is too large.")])
    try:
        found = json.loads(data)
        # Infinity and halves of characters are read by Python, and no database takes them.
        storable = _NUL.search(json.dumps(found, ensure_ascii=False, allow_nan=False).encode()) is None
    except (ValueError, RecursionError) as error:
        raise Unfit([_("This is no file with rules.")]) from error
    if not storable or not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Unfit([_("This is no file with rules.")])
    if found.get("version") != VERSION:
        raise Unfit(
            [
                _("The file has version %(n)s; this platform reads %(ours)s.")
                % {"n": found.get("version"), "ours": VERSION}
            ]
        )
    for name, kind in PARTS.items():
        part = found.get(name)
        rows = part if isinstance(part, list) else []
        if not isinstance(part, kind) or not all(isinstance(row, dict) for row in rows):
            raise Unfit([_("The part “%(name)s” is missing or not as it should be.") % {"name": name}])
        if name in LISTS and len({str(row.get("slug")) for row in rows}) != len(rows):
            raise Unfit([_("In “%(name)s” a short name stands twice.") % {"name": name}])
    return found


def differences(before: Document, after: Document) -> list[Difference]:
    """What is another in two documents, rule by rule."""
    found = [Difference("rules", "", before["settings"], after["settings"])]
    for part, subject in LISTS.items():
        old, new = ({str(row["slug"]): row for row in one[part]} for one in (before, after))
        for slug in sorted({*old, *new}):
            found.append(
                Difference(subject, _label(new.get(slug) or old[slug]), _flat(old.get(slug)), _flat(new.get(slug)))
            )
    old, new = ({json.dumps(row, sort_keys=True): row for row in one["responsibilities"]} for one in (before, after))
    for key in sorted({*old, *new}):
        row = new.get(key) or old[key]
        label = " × ".join(str(row.get(name) or "*") for name in ("topic", "area_name"))
        found.append(Difference("responsibility", label, old.get(key, {}), new.get(key, {})))
    for key in sorted({*before["pages"], *after["pages"]}):
        found.append(Difference("page", key, before["pages"].get(key, {}), after["pages"].get(key, {})))
    found.append(Difference("statement", "", before["statement"] or {}, after["statement"] or {}))
    return [one for one in map(_narrow, found) if one.before != one.after]


def _label(row: dict[str, Any]) -> str:
    return localized(row.get("name") or row.get("label") or row.get("title")) or str(row["slug"])


def _flat(row: dict[str, Any] | None) -> dict[str, Any]:
    """A category's own columns beside those of its topic."""
    return {
        **{name: one for name, one in (row or {}).items() if name != "category"},
        **((row or {}).get("category") or {}),
    }


def _narrow(one: Difference) -> Difference:
    """Only what differs."""
    names = [name for name in {**one.before, **one.after} if one.before.get(name) != one.after.get(name)]
    before = {name: one.before[name] for name in names if name in one.before}
    return Difference(one.subject, one.label, before, {name: one.after[name] for name in names if name in one.after})


def apply(*, municipality: Municipality, rules: Document, by: User | None, dry_run: bool = False) -> Outcome:
    """Take a document over, or only try to. Raises Unfit, and PermissionError for who does not administer the town;
    `by` None is the platform itself."""
    if by is not None and not may(by, Permission.ADMINISTER, municipality_id=municipality.pk):
        raise PermissionError("Only administrators take rules over.")
    outcome = Outcome()
    try:
        with transaction.atomic():
            town = Municipality.objects.select_for_update().get(pk=municipality.pk)
            before = document(town)
            outcome.kept = _Taking(town, rules, by).take()
            outcome.differences = differences(before, document(town))
            for one in outcome.differences:
                note(
                    municipality=town,
                    actor=by,
                    subject=one.subject,
                    label=one.label,
                    before=one.before,
                    after=one.after,
                )
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return outcome


class _Taking:
    """One document on its way into the tables."""

    def __init__(self, town: Municipality, rules: Document, by: User | None) -> None:
        self.town, self.rules, self.by = town, rules, by
        self.problems: list[str] = []
        self.kept: list[str] = []
        self.forms: dict[str, Form] = {}

    def take(self) -> list[str]:
        """Everything, in the order in which rows name each other; returns what was kept switched off."""
        self._settings()
        self._rows("units", Unit)
        self._questions()
        self._rows("topics", Topic)
        self._rows("stages", Stage)
        self._rows("text_blocks", TextBlock)
        self._rows("emergencies", Emergency)
        self._responsibilities()
        self._pages()
        if not self.problems:
            for part, model in (
                ("emergencies", Emergency),
                ("text_blocks", TextBlock),
                ("stages", Stage),
                ("topics", Topic),
                ("units", Unit),
            ):
                self._clear(part, model)
        if self.problems:
            raise Unfit(self.problems)
        return self.kept

    def _settings(self) -> None:
        values = self.rules["settings"]
        if unknown := sorted(set(values) - set(SETTINGS)):
            self.problems.append(f"settings: {unknown[0]}?")
        columns = {one.name: one for one in fields_of(Municipality)}
        for name in SETTINGS:
            if name in values:
                try:
                    setattr(self.town, name, fit(columns[name], values[name]))
                except ValidationError as error:
                    self.problems += [f"settings {name}: {one}" for one in error.messages]
        self._save("settings", self.town, only=set(SETTINGS))

    def _rows(self, part: str, model: type[models.Model]) -> None:
        """Rows with slugs: those without a parent first, then their children."""
        rows = sorted(self.rules[part], key=lambda row: bool(row.get("parent")))
        for values in rows:
            slug = str(values.get("slug", ""))
            row = model._default_manager.filter(municipality=self.town, slug=slug).first() or model(
                municipality=self.town
            )
            facts = {name: value for name, value in values.items() if name != "category" or model is not Topic}
            if self._filled(f"{part}/{slug}", row, facts) and isinstance(row, Topic):
                self._category(row, values.get("category"))

    def _category(self, topic: Topic, values: Any) -> None:
        known = Category.objects.filter(topic=topic).first()
        if values is None:
            if known is not None:
                known.delete()
        elif isinstance(values, dict):
            self._filled(f"topics/{topic.slug}/category", known or Category(topic=topic), values, OF_TOPIC)
        else:
            self.problems.append(f"topics/{topic.slug}/category?")

    def _questions(self) -> None:
        """Shared questions that are the same stay shared; others become the town's own."""
        for values in self.rules["forms"]:
            slug, title, definition = values.get("slug"), values.get("title"), values.get("definition")
            if not (isinstance(slug, str) and isinstance(title, dict) and isinstance(definition, dict)):
                self.problems.append(f"forms/{slug}?")
                continue
            shared = Form.objects.filter(municipality=None, slug=slug).first()
            own = Form.objects.filter(municipality=self.town, slug=slug).exists()
            if (
                not own
                and shared is not None
                and shared.title == title
                and (now := shared.current) is not None
                and now.definition == definition
            ):
                self.forms[slug] = shared
                continue
            try:
                version = put_form(
                    municipality=self.town, slug=slug, title=title, definition=definition, at=timezone.now()
                )
            except (Unsound, ValidationError) as error:
                told = error.problems if isinstance(error, Unsound) else error.messages
                self.problems += [f"forms/{slug}: {one}" for one in told]
            else:
                self.forms[slug] = version.form

    def _responsibilities(self) -> None:
        Responsibility.objects.filter(municipality=self.town).delete()
        for number, values in enumerate(self.rules["responsibilities"], 1):
            self._filled(f"responsibilities/{number}", Responsibility(municipality=self.town), values)

    def _pages(self) -> None:
        wanted = self.rules["pages"]
        for key, text in wanted.items():
            if key not in set(Key):
                self.problems.append(f"pages/{key}?")
                continue
            row = Page.objects.filter(municipality=self.town, key=key).first() or Page(municipality=self.town, key=key)
            if row.pk is None or row.text != text:
                row.text, row.changed_at, row.changed_by = text, timezone.now(), self.by
                self._save(f"pages/{key}", row)
        Page.objects.filter(municipality=self.town).exclude(key__in=list(wanted)).delete()
        statement = self.rules.get("statement")
        known = Statement.objects.filter(municipality=self.town).first()
        if isinstance(statement, dict):
            self._filled("statement", known or Statement(municipality=self.town), statement)
        elif known is not None:
            known.delete()

    def _clear(self, part: str, model: type[models.Model]) -> None:
        """What the file does not have: deleted where nothing names it, else switched off."""
        wanted = {str(row["slug"]) for row in self.rules[part]}
        rows = model._default_manager.filter(municipality=self.town).exclude(slug__in=wanted)
        children_first = sorted(rows, key=lambda row: getattr(row, "parent_id", None) is None)
        for row in children_first:
            if not _named(row):
                row.delete()
            elif any(one.name == "active" for one in row._meta.concrete_fields):
                row.active = False  # type: ignore[attr-defined]
                row.save(update_fields=["active"])
                self.kept.append(str(row))

    def _filled(
        self, path: str, row: models.Model, values: dict[str, Any], without: frozenset[str] = frozenset()
    ) -> bool:
        try:
            fill(row, values, self._found, without)
        except ValidationError as error:
            self.problems += [f"{path}: {one}" for one in error.messages]
            return False
        return self._save(path, row)

    def _save(self, path: str, row: models.Model, only: set[str] | None = None) -> bool:
        every = {one.name for one in row._meta.fields}
        try:
            row.full_clean(exclude=every - only if only else None)
        except ValidationError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            self.problems += [f"{path} {name}: {one}" for name, words in told.items() for one in words]
            return False
        row.save(update_fields=sorted(only)) if only else row.save()
        return True

    def _found(self, key: models.ForeignKey[Any, Any], slug: str) -> Any:
        model: Any = key.related_model
        if model is Form:
            row = self.forms.get(slug)
        elif slug.startswith(ABOVE):
            row = _nearest(model, self.town.chain()[1:], slug.removeprefix(ABOVE))
        else:
            chain = [self.town] if model is Unit else self.town.chain()
            row = _nearest(model, chain, slug)
        if row is None:
            raise ValidationError(
                _("There is nothing called “%(slug)s” for “%(name)s”.") % {"slug": slug, "name": key.name}
            )
        return row


def _nearest(model: Any, chain: list[Municipality], slug: str) -> Any:
    rows = {row.municipality_id: row for row in model._default_manager.filter(municipality__in=chain, slug=slug)}
    return next((rows[one.pk] for one in chain if one.pk in rows), None)


def _named(row: models.Model) -> bool:
    """Whether another row names it, its own detail apart."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in row._meta.related_objects
        if relation.related_model is not Category
    )
