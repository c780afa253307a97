"""The log of the rules in words: sorts of rules, names of fields, values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.hours import shown
from accounts.models import ROLES, Directory, Membership, RuleChange, Unit, User
from cases.models import Responsibility, Stage, TextBlock, Topic
from geo.models import Municipality
from moderation.setup.patience import WORDS
from pages.models import Page, Statement, Video
from reports.models import Category, Emergency

SUBJECTS: Final[dict[str, Any]] = {
    "name": gettext_lazy("Name and contact"),
    "look": gettext_lazy("Look"),
    "mail": gettext_lazy("Mail"),
    "mailbox": gettext_lazy("Reports by mail"),
    "unit": gettext_lazy("Unit"),
    "person": gettext_lazy("Person"),
    "phone": gettext_lazy("Phone of a crew"),
    "category": gettext_lazy("Category"),
    "question": gettext_lazy("Questions of a category"),
    "stage": gettext_lazy("Stage"),
    "text_block": gettext_lazy("Text block"),
    "responsibility": gettext_lazy("Responsibility"),
    "patience": gettext_lazy("Reminders"),
    "ideas": gettext_lazy("Ideas"),
    "workdays": gettext_lazy("Working days"),
    "terms": gettext_lazy("Terms of keeping"),
    "directory": gettext_lazy("Login with the accounts of the town hall"),
    "api_key": gettext_lazy("Key for programs"),
    "page": gettext_lazy("Page"),
    "statement": gettext_lazy("Statement on accessibility"),
    "video": gettext_lazy("Video in sign language"),
    "embedding": gettext_lazy("Embed in your web site"),
    "emergency": gettext_lazy("Emergency mode"),
    "rules": gettext_lazy("Rules from a file"),
    "municipality": gettext_lazy("Municipality"),
}
"""Titles; a sort that is not here shows its own name."""
MODELS: Final[dict[str, tuple[type[models.Model], ...]]] = {
    "directory": (Directory,),
    "unit": (Unit,),
    "person": (Membership, User),
    "category": (Topic, Category),
    "stage": (Stage,),
    "text_block": (TextBlock,),
    "responsibility": (Responsibility,),
    "terms": (Municipality, Topic),
    "page": (Page,),
    "statement": (Statement,),
    "video": (Video,),
    "emergency": (Emergency,),
}
"""Whose fields the names are; a municipality's where nothing is said."""
NAMES: Final[dict[str, Any]] = {
    "active": gettext_lazy("in use"),
    "scopes": gettext_lazy("What may it do?"),
    "expires_at": gettext_lazy("Last day"),
    "password": gettext_lazy("Password"),
    "slug": gettext_lazy("Short name"),
    "icon": gettext_lazy("Icon"),
    "form": gettext_lazy("Questions"),
    "definition": gettext_lazy("Questions"),
    "keywords": gettext_lazy("Further words it is found by"),
    "danger_text": gettext_lazy("Text when there is danger"),
    "text": gettext_lazy("Text"),
    "phones": gettext_lazy("Telephone numbers"),
    "topics": gettext_lazy("Categories"),
    "group": gettext_lazy("Group"),
    "order": gettext_lazy("Order"),
    "form_version": gettext_lazy("Version"),
    "questions": gettext_lazy("Questions"),
    "season_from": gettext_lazy("First day of the season"),
    "season_until": gettext_lazy("Last day of the season"),
    "contact_days": gettext_lazy("Days for name, e-mail, phone"),
    "original_days": gettext_lazy("Days for originals of photos"),
    "photo_days": gettext_lazy("Days for photos"),
    "case_days": gettext_lazy("Days for all words and the place"),
    "de": gettext_lazy("German"),
    "en": gettext_lazy("English"),
    "role": gettext_lazy("Role"),
    "unit": gettext_lazy("Unit"),
    "hours": gettext_lazy("Office hours"),
    "position": gettext_lazy("Place in the list"),
    "changed_at": gettext_lazy("changed"),
    "bytes": gettext_lazy("Size in bytes"),
    "version": gettext_lazy("Version of"),
    "title": gettext_lazy("Name"),
    "state": gettext_lazy("State"),
    "topic": gettext_lazy("Category"),
    "area": gettext_lazy("Box of the area, and its corners"),
    "area_name": gettext_lazy("Name of the area"),
    "until": gettext_lazy("ends"),
    "second_factor": gettext_lazy("second factor"),
    "enrolled": gettext_lazy("enrolled"),
}
TIMES: Final = frozenset({"until", "changed_at"})
"""Fields that hold an instant."""
LONG: Final = 300
"""Signs of a value that are shown at once; the rest is folded."""


@dataclass(frozen=True)
class Line:
    """One field of a change."""

    name: str
    before: str
    after: str

    @property
    def long(self) -> bool:
        """Too long to be read in passing."""
        return max(len(self.before), len(self.after)) > LONG


def title(subject: str) -> str:
    """What a sort of rule is called."""
    return str(SUBJECTS.get(subject, subject.replace("_", " ")))


def lines(change: RuleChange) -> list[Line]:
    """What was changed, field by field; "–" stands for nothing."""
    names = dict.fromkeys([*change.before, *change.after])
    return [
        Line(
            _name(change.subject, name),
            _value(change.subject, name, change.before.get(name)),
            _value(change.subject, name, change.after.get(name)),
        )
        for name in names
    ]


def _field(subject: str, name: str) -> models.Field[Any, Any] | None:
    for model in MODELS.get(subject, (Municipality,)):
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(found, models.Field):
            return found
    return None


def _name(subject: str, name: str) -> str:
    if subject == "patience":
        return str(WORDS.get(name, name))
    if name in NAMES:
        return str(NAMES[name])
    found = _field(subject, name)
    words = str(found.verbose_name) if found is not None else name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _value(subject: str, name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "hours" and isinstance(value, Mapping):
        return "; ".join(f"{days} {times}" for days, times in shown(dict(value)))
    if name in TIMES and (at := parse_datetime(str(value))) is not None:
        return date_format(timezone.localtime(at) if timezone.is_aware(at) else at, "SHORT_DATETIME_FORMAT")
    if name == "working_days" and isinstance(value, list):
        return ", ".join(str(WEEKDAYS_ABBR[day]) for day in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{_name(subject, key)}: {_value(subject, key, one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_value(subject, name, one) for one in value)
    if name == "role":
        return str(dict(ROLES).get(value, value))
    found = _field(subject, name)
    if found is not None and found.choices:
        return str(dict(found.flatchoices).get(value, value))
    return str(value)
