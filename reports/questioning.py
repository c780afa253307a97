"""The questions of a category, edited: a draft that only administrators see, and its publication as a new version.

What was published never changes (`forms`), so reports keep the questions they were asked with. A municipality edits a
form of its own: questions that are shared, or come from its county, are copied with the first publication.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import rulelog
from accounts.models import User
from cases.errors import Refused
from cases.models import Topic
from cases.overriding import above, own_copy
from forms import conditions
from forms.definition import fields_of
from forms.field_type import Field
from forms.models import Form, FormVersion
from forms.services import check_definition, publish, save_draft
from geo.localized import localized
from geo.models import Municipality
from reports.cataloguing import check_right
from reports.models import Category
from reports.submission import current_version

STEP: Final = {"slug": "angaben", "title": {"de": "Angaben", "en": "Details"}}
MOST: Final = 30
"""Questions of one category; citizens do not answer more."""
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Stale(Refused):
    """Somebody else has changed the draft since it was looked at."""


@dataclass(frozen=True)
class Editing:
    """The questions as an administrator sees them: the draft where there is one, else what is asked now."""

    fields: list[Field]
    draft: FormVersion | None
    published: FormVersion | None

    @property
    def definition(self) -> dict[str, Any]:
        """As the form engine takes it; not sound without questions."""
        return _definition(self.published, self.fields)

    @property
    def mark(self) -> str:
        """Changes with every change of the draft."""
        said = json.dumps(self.fields, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    def field(self, name: str) -> Field | None:
        """The question of this short name."""
        return next((one for one in self.fields if one["slug"] == name), None)

    def before(self, name: str) -> list[Field]:
        """The questions asked before it; all of them for a new one."""
        names = [one["slug"] for one in self.fields]
        return self.fields[: names.index(name)] if name in names else self.fields


def asked(category: Category) -> list[Field]:
    """The questions a category asks now."""
    version = current_version(category)
    return fields_of(version.definition) if version is not None else []


def editing(municipality: Municipality, topic: Topic) -> Editing:
    """What there is to edit; see `Editing`."""
    published = current_version(topic.category)
    draft = FormVersion.objects.filter(
        form__municipality=municipality, form__slug=topic.slug, published_at__isnull=True
    ).first()
    source = draft or published
    return Editing(fields_of(source.definition) if source is not None else [], draft, published)


def put(*, municipality: Municipality, topic: Topic, by: User, field: Field, name: str, seen: str) -> str:
    """Add a question (`name` "") at the end or put it in the place of one; returns its short name.

    A new question gets a short name made of its German label. Raises Stale if the questions are not those of the mark
    `seen`, ValidationError in words, Denied.
    """
    made = name or field.get("slug", "")

    def change(fields: list[Field]) -> list[Field]:
        nonlocal made
        if name:
            return [{**field, "slug": name} if one["slug"] == name else one for one in fields]
        made = short_name(localized(field["label"], "de"), {one["slug"] for one in fields})
        return [*fields, {**field, "slug": made}]

    _edit(municipality, topic, by, seen, change)
    return made


def move(*, municipality: Municipality, topic: Topic, by: User, name: str, up: bool, seen: str) -> None:
    """Ask a question one place earlier or later. Raises as `put` does."""

    def change(fields: list[Field]) -> list[Field]:
        here = next((index for index, one in enumerate(fields) if one["slug"] == name), None)
        if here is None or not 0 <= (there := here - 1 if up else here + 1) < len(fields):
            return fields
        moved = [*fields]
        moved.insert(there, moved.pop(here))
        return moved

    _edit(municipality, topic, by, seen, change)


def remove(*, municipality: Municipality, topic: Topic, by: User, name: str, seen: str) -> None:
    """Ask a question no more. Raises as `put` does."""
    _edit(municipality, topic, by, seen, lambda fields: [one for one in fields if one["slug"] != name])


@transaction.atomic
def discard(*, municipality: Municipality, topic: Topic, by: User) -> None:
    """Throw the draft away; what is asked now stays."""
    check_right(by, municipality)
    _lock(municipality)
    if (draft := editing(municipality, topic).draft) is not None:
        draft.delete()


@transaction.atomic
def publish_questions(
    *, municipality: Municipality, topic: Topic, by: User, seen: str, at: datetime | None = None
) -> Topic:
    """Ask citizens the questions of the draft from now on; returns the municipality's row of the category.

    Reports handed in before keep theirs. Raises as `put` does.
    """
    check_right(by, municipality)
    _lock(municipality)
    now = editing(municipality, topic)
    if now.mark != seen:
        raise Stale
    if now.draft is None:
        return topic
    before = _noted(topic.category)
    own = own_copy(topic, municipality)
    category = own.category
    if now.fields:
        _check(now.definition)
        version = publish(version=now.draft, at=at)
        version.form.title = topic.name
        version.form.save(update_fields=["title"])
        category.form = version.form
    else:
        now.draft.delete()
        category.form = None
    category.save(update_fields=["form"])
    _log(municipality, by, own, before)
    return own


@transaction.atomic
def take_from_above(*, municipality: Municipality, topic: Topic, by: User) -> None:
    """Ask what the county asks again, and follow it from now on. Raises ValidationError."""
    check_right(by, municipality)
    _lock(municipality)
    county = above(topic) if topic.municipality_id == municipality.pk else None
    if county is None:
        raise ValidationError(_("Your county has nothing in its place, so there is nothing to go back to."))
    before = _noted(topic.category)
    if (draft := editing(municipality, topic).draft) is not None:
        draft.delete()
    topic.category.form = county.category.form
    topic.category.save(update_fields=["form"])
    _log(municipality, by, topic, before)


def own_questions(municipality: Municipality, topic: Topic) -> bool:
    """Whether a town asks other questions than its county: those can be given up."""
    if topic.municipality_id != municipality.pk or (county := above(topic)) is None:
        return False
    return hasattr(county, "category") and county.category.form_id != topic.category.form_id


def short_name(words: str, taken: Iterable[str]) -> str:
    """A name for a question or an option that is not taken: "Welche Farbe?" → "welche_farbe"."""
    plain = slugify(words.translate(_UMLAUTS)).replace("-", "_")
    base = re.sub(r"^[^a-z]+", "", plain)[:40].strip("_") or "frage"
    known = set(taken)
    return next(name for name in (base, *(f"{base}_{n}" for n in range(2, 1000))) if name not in known)


@transaction.atomic
def _edit(
    municipality: Municipality, topic: Topic, by: User, seen: str, change: Callable[[list[Field]], list[Field]]
) -> None:
    check_right(by, municipality)
    _lock(municipality)
    now = editing(municipality, topic)
    if now.mark != seen:
        raise Stale
    fields = change([*now.fields])
    if fields == now.fields:
        return
    if len(fields) > MOST:
        raise ValidationError(_("A category asks at most %(n)d questions.") % {"n": MOST})
    definition = _definition(now.published, fields)
    if fields:
        _check(definition)
    form, _new = Form.objects.get_or_create(municipality=municipality, slug=topic.slug, defaults={"title": topic.name})
    save_draft(form=form, definition=definition)


def _lock(municipality: Municipality) -> None:
    Municipality.objects.select_for_update().filter(pk=municipality.pk).values_list("pk").first()


def _definition(published: FormVersion | None, fields: list[Field]) -> dict[str, Any]:
    """One step; citizens see all questions on one page."""
    step = published.definition["steps"][0] if published is not None else STEP
    return {"steps": [{"slug": step["slug"], "title": step["title"], "fields": fields}]}


def _check(definition: dict[str, Any]) -> None:
    """Raise ValidationError with what does not fit together, first in words about the questions themselves."""
    earlier: dict[str, Field] = {}
    for field in fields_of(definition):
        if "when" in field and conditions.check(field["when"], earlier):
            raise ValidationError(
                _(
                    "“%(label)s” is asked only after a certain answer, and that answer would not be given before it any"
                    " more. Please change its condition first."
                )
                % {"label": localized(field["label"])}
            )
        earlier[field["slug"]] = field
    if problems := check_definition(definition):
        raise ValidationError(problems)


def _noted(category: Category) -> dict[str, Any]:
    """For the log: the version and what it asks."""
    version = current_version(category)
    if version is None:
        return {}
    labels = [localized(field["label"], "de") for field in fields_of(version.definition)]
    return {"form_version": f"{version.form.slug} {version.number}", "questions": labels}


def _log(municipality: Municipality, by: User, topic: Topic, before: dict[str, Any]) -> None:
    rulelog.note(
        municipality=municipality,
        actor=by,
        subject="question",
        label=localized(topic.name, "de"),
        before=before,
        after=_noted(topic.category),
    )
