"""Forms of groups and categories: they read what was typed, the verbs of `reports.cataloguing` check and set it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Topic
from cases.terms import effective
from geo.localized import localized
from geo.models import Municipality
from moderation.rules.icons import ICONS
from moderation.setup.forms import tell
from moderation.setup.seen import Seen
from reports.cataloguing import CATEGORY_FIELDS, LONGEST_DAYS, NAME_MAX, TERMS, TEXT_MAX, TOPIC_FIELDS, Group, facts_of
from reports.models import PHOTO_RULES, SORTS, Category
from reports.policy import PhotoRule, Sort

DAY: Final = re.compile(r"\s*(\d{1,2})\.\s*(\d{1,2})\.?\s*")
REVIEWED, AT_ONCE, NEVER = "reviewed", "at_once", "never"
CITIZENS, STAFF, OFF = "citizens", "staff", "off"
SAME: Final = (
    *("sort", "icon", "keywords", "frequent", "working_days"),
    *("photo_rule", "danger", "contact_for_field"),
)
"""Fields that are called the same in the form and in what is kept."""
TEXTS: Final[dict[str, tuple[Any, Any, bool]]] = {
    "name": (gettext_lazy("Name"), "", False),
    "help": (gettext_lazy("Help"), gettext_lazy("A short sentence below the name, when citizens choose."), True),
    "danger_text": (gettext_lazy("What to say in danger"), gettext_lazy("Stands above the on-call number."), True),
    "redirect_text": (
        gettext_lazy("Not ours: say whose"),
        gettext_lazy("With a text here no reports are taken; citizens read who helps them."),
        True,
    ),
}
"""Localised fields: label, hint, several lines."""
TERM_WORDS: Final[dict[str, Any]] = {
    "contact_days": gettext_lazy("Name, e-mail, phone"),
    "original_days": gettext_lazy("Originals of photos"),
    "photo_days": gettext_lazy("Photos"),
    "case_days": gettext_lazy("All words and the place"),
}


def languages() -> list[tuple[str, str]]:
    """Code and name of the languages texts are written in, German first."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class DayField(forms.CharField):
    """A day of the year, typed "1.5.", as "05-01"."""

    def to_python(self, value: Any) -> str:
        """ "" for nothing; ValidationError for what is no day."""
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        found = DAY.fullmatch(typed)
        try:
            if found is None:
                raise ValueError
            return date(2000, int(found[2]), int(found[1])).strftime("%m-%d")
        except ValueError as error:
            raise ValidationError(_("Write day and month, for example 1.5.")) from error


def typed_day(written: str) -> str:
    """ "05-01" as `DayField` reads it: "1.5."."""
    month, _dash, day = written.partition("-")
    return f"{int(day)}.{int(month)}." if day else ""


class TextsForm(Seen, forms.Form):
    """A form with texts in several languages: a field `<name>_<language>` each."""

    texts: tuple[str, ...] = ()
    kept: Mapping[str, Any]
    """The values it begins with."""

    def add_texts(self) -> None:
        """Make the fields of `texts` with what stands there."""
        for name in self.texts:
            label, hint, lines = TEXTS[name]
            for code, language in languages():
                longest = TEXT_MAX if lines else NAME_MAX
                widget = forms.Textarea(attrs={"rows": 2}) if lines else forms.TextInput(attrs={"autocomplete": "off"})
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label} ({language})",
                    required=name == "name" and code == settings.LANGUAGE_CODE,
                    max_length=longest,
                    help_text=hint if code == settings.LANGUAGE_CODE else "",
                    widget=widget,
                    initial=(self.kept.get(name) or {}).get(code, ""),
                )

    def typed_texts(self) -> dict[str, dict[str, str]]:
        """By name the texts by language; languages that are not asked for stay."""
        return {
            name: {
                **(self.kept.get(name) or {}),
                **{code: self.cleaned_data[f"{name}_{code}"] for code, _language in languages()},
            }
            for name in self.texts
        }

    def bound(self, name: str) -> list[forms.BoundField]:
        """The fields of one text, German first."""
        return [self[f"{name}_{code}"] for code, _language in languages()]

    def names(self) -> list[forms.BoundField]:
        """For the template."""
        return self.bound("name")

    def refuse(self, error: ValidationError) -> None:
        """Put what a verb refused to the fields."""
        places = {name: f"{name}_{settings.LANGUAGE_CODE}" for name in self.texts}
        places |= {"release_at_once": "release", "confidential": "release", "active": "visibility"}
        if hasattr(error, "error_dict"):
            error = ValidationError({places.get(name, name): told for name, told in error.message_dict.items()})
        tell(self, error)


class GroupForm(TextsForm):
    """A group of categories."""

    texts = ("name",)
    active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy("Switched off, all its categories disappear with it."),
    )

    def __init__(self, data: Any = None, *, topic: Topic | None) -> None:
        self.kept = {"name": topic.name, "active": topic.active} if topic is not None else {"active": True}
        super().__init__(data, initial={"active": self.kept["active"]}, label_suffix="")
        self.add_texts()

    def facts(self) -> dict[str, Any]:
        """As `save_group` takes them."""
        return {**self.typed_texts(), "active": self.cleaned_data["active"]}


class CategoryForm(TextsForm):
    """A category with all its rules."""

    texts = ("name", "help", "danger_text", "redirect_text")
    group = forms.ChoiceField(label=gettext_lazy("Group"))
    sort = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=SORTS,
        help_text=gettext_lazy("A defect needs a place; ideas gather supporters; complaints are never public."),
    )
    icon = forms.ChoiceField(label=gettext_lazy("Icon"), choices=list(ICONS.items()))
    keywords = forms.CharField(
        label=gettext_lazy("Words people search for"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Separated by blanks; nobody sees them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    frequent = forms.BooleanField(
        label=gettext_lazy("Among the frequent ones"),
        required=False,
        help_text=gettext_lazy("The first six stand on top, the others open below them."),
    )
    working_days = forms.IntegerField(
        label=gettext_lazy("Working days until settled"), min_value=1, max_value=LONGEST_DAYS, localize=False
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may choose it?"),
        choices=[
            (CITIZENS, gettext_lazy("Everybody")),
            (STAFF, gettext_lazy("Staff only, when they take a call or sort a report")),
            (OFF, gettext_lazy("Nobody: it is switched off")),
        ],
        widget=forms.RadioSelect,
    )
    release = forms.ChoiceField(
        label=gettext_lazy("When is a report public?"),
        choices=[
            (REVIEWED, gettext_lazy("Once somebody has read and released it")),
            (AT_ONCE, gettext_lazy("At once, without review")),
            (NEVER, gettext_lazy("Never: it is confidential")),
        ],
        widget=forms.RadioSelect,
    )
    photo_rule = forms.ChoiceField(label=gettext_lazy("Photos"), choices=PHOTO_RULES, widget=forms.RadioSelect)
    season_from = DayField(
        label=gettext_lazy("from"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "1.5."}),
    )
    season_until = DayField(
        label=gettext_lazy("to"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "30.9."}),
    )
    danger = forms.BooleanField(
        label=gettext_lazy("May be dangerous"),
        required=False,
        help_text=gettext_lazy("Citizens read the on-call number before they go on; its unit is told at once."),
    )
    contact_for_field = forms.BooleanField(
        label=gettext_lazy("Crews outside see who reported it"),
        required=False,
        help_text=gettext_lazy(
            "Name, telephone and e-mail stand on their phones. Only where they have to ask on the spot."
        ),
    )

    def __init__(
        self, data: Any = None, *, town: Municipality, topic: Topic | None, groups: Iterable[Group], group: str = ""
    ) -> None:
        self.topic = topic
        self.kept = facts_of(topic) if topic is not None else _fresh(group)
        super().__init__(data, initial=_begun(self.kept), label_suffix="")
        self.groups = {one.row.topic.slug: one.row.topic for one in groups}
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *((slug, localized(one.name)) for slug, one in self.groups.items())]
        self._known_icon(self.kept["icon"])
        self.add_texts()
        above = effective([topic.parent if topic is not None else None, *town.chain()])
        for name in TERMS:
            self.fields[name] = forms.IntegerField(
                label=TERM_WORDS.get(name, name),
                required=False,
                min_value=0,
                max_value=32_000,
                localize=False,
                initial=self.kept.get(name),
                widget=forms.NumberInput(attrs={"placeholder": str(above[name]), "inputmode": "numeric"}),
            )

    def _known_icon(self, icon: str) -> None:
        """An icon that came from elsewhere stays possible."""
        field = self.fields["icon"]
        assert isinstance(field, forms.ChoiceField)
        if icon not in ICONS:
            field.choices = [(icon, icon), *ICONS.items()]

    def icons(self) -> list[dict[str, Any]]:
        """For the template."""
        field, chosen = self.fields["icon"], self["icon"].value()
        assert isinstance(field, forms.ChoiceField)
        return [{"name": name, "words": words, "chosen": name == chosen} for name, words in field.choices]  # type: ignore[union-attr,misc]

    def icon_words(self) -> str:
        """The chosen icon in words."""
        return next((str(one["words"]) for one in self.icons() if one["chosen"]), "")

    def helps(self) -> list[forms.BoundField]:
        """For the template."""
        return self.bound("help")

    def danger_texts(self) -> list[forms.BoundField]:
        """For the template."""
        return self.bound("danger_text")

    def redirect_texts(self) -> list[forms.BoundField]:
        """For the template."""
        return self.bound("redirect_text")

    def terms(self) -> list[forms.BoundField]:
        """For the template."""
        return [self[name] for name in TERMS]

    def facts(self) -> dict[str, Any]:
        """As `save_category` takes them."""
        typed = self.cleaned_data
        return {
            **self.typed_texts(),
            **{name: typed[name] for name in (*SAME, *TERMS, "season_from", "season_until")},
            "confidential": typed["release"] == NEVER,
            "release_at_once": typed["release"] == AT_ONCE,
            "active": typed["visibility"] != OFF,
            # Switched off, it stays what it was.
            "staff_only": typed["visibility"] == STAFF
            or (typed["visibility"] == OFF and bool(self.kept.get("staff_only"))),
        }

    def chosen_group(self) -> Topic:
        """The group as it holds in the municipality."""
        return self.groups[self.cleaned_data["group"]]


def _fresh(group: str) -> dict[str, Any]:
    """What a new category begins with."""
    names = (*TOPIC_FIELDS, *CATEGORY_FIELDS)
    usual: dict[str, Any] = {**{name: getattr(Topic(), name, None) for name in TOPIC_FIELDS}, "name": {}}
    row = Category(sort=Sort.DEFECT.value, photo_rule=PhotoRule.OPTIONAL.value)
    usual |= {name: getattr(row, name) for name in CATEGORY_FIELDS}
    return {**{name: usual[name] for name in names}, **dict.fromkeys(TERMS), "group": group}


def _begun(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the plain fields."""
    release = NEVER if kept["confidential"] else AT_ONCE if kept["release_at_once"] else REVIEWED
    visibility = STAFF if kept["staff_only"] else CITIZENS
    return {
        **{name: kept[name] for name in ("group", *SAME)},
        "release": release,
        "visibility": visibility if kept["active"] else OFF,
        "season_from": typed_day(kept["season_from"]),
        "season_until": typed_day(kept["season_until"]),
    }
