"""Verbs by which a municipality sets up its stages and prepared answers; what it inherits it makes its own row by row.

All are keyword-only and atomic, ask for the right to administer and write the log of the rules. Raises: Denied, and
ValidationError per field with words for the person who typed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.policy import Permission
from accounts.rulelog import facts_of, note
from accounts.services import may
from cases import ordering, overriding, routing
from cases.errors import Denied
from cases.models import Stage, TextBlock, Topic
from cases.overriding import in_use
from cases.policy import CLOCK_STOPPED, MEANS_OF, Means, State, WaitsFor
from geo.folding import fold
from geo.localized import localized, validate_localized
from geo.models import Municipality

STAGE_FIELDS: Final = ("label", "state", "public_text", "mail_text", "waits_for", "means", "hides", "active")
BLOCK_FIELDS: Final = ("title", "state", "topic", "text", "active")
LABEL_MAX: Final = 60
TEXT_MAX: Final = 1000
BLOCK_MAX: Final = 3000
Row = TypeVar("Row", Stage, TextBlock)


def permitted(by: User, municipality: Municipality) -> Municipality:
    """The municipality, locked: one change of its rules at a time. Denied without the right to administer."""
    if not may(by, Permission.ADMINISTER, municipality_id=municipality.pk):
        raise Denied
    Municipality.objects.select_for_update().filter(pk=municipality.pk).first()
    return municipality


def clean_words(texts: Mapping[str, str], *, field: str, longest: int, required: bool = False) -> dict[str, str]:
    """Texts per language without empty ones, NUL and surrounding space; ValidationError under `field`."""
    words = {language: text.replace("\x00", "").strip() for language, text in texts.items()}
    words = {language: text for language, text in words.items() if text}
    try:
        validate_localized(words)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error
    if required and not words:
        raise ValidationError({field: [_("The German text is missing.")]})
    if too_long := [text for text in words.values() if len(text) > longest]:
        raise ValidationError(
            {
                field: [
                    _("This text has %(n)d characters; at most %(max)d are possible. Please shorten it.")
                    % {"n": len(too_long[0]), "max": longest}
                ]
            }
        )
    return words


# Stages --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_stage(*, municipality: Municipality, by: User, stage: Stage | None, **facts: Any) -> Stage:
    """Make a stage (None) or change one of the municipality's own; `facts` are STAGE_FIELDS.

    A stage that cases stand in keeps its state: they would be in one state and labelled with another.
    """
    permitted(by, municipality)
    row, before = _begun(Stage, stage, municipality, STAGE_FIELDS)
    facts["label"] = clean_words(facts["label"], field="label", longest=LABEL_MAX, required=True)
    for name in ("public_text", "mail_text"):
        facts[name] = clean_words(facts[name], field=name, longest=TEXT_MAX)
    state = State(facts["state"])
    if row.pk and state.value != row.state:
        _refuse_other_state(row)
    if state not in CLOCK_STOPPED or not facts["waits_for"]:
        facts["waits_for"] = WaitsFor.OTHERS.value
    _check_meaning(municipality, row, state, facts["means"], active=facts["active"])
    return _saved(row, facts, before, municipality, by, _all(row, municipality), facts["label"])


def _refuse_other_state(row: Stage) -> None:
    used = in_use(row)
    if used:
        raise ValidationError(
            {
                "state": [
                    ngettext(
                        "%(n)d case stands in this stage, so it keeps its state. Give the case another stage first, or"
                        " make a new stage.",
                        "%(n)d cases stand in this stage, so it keeps its state. Give them another stage first, or"
                        " make a new stage.",
                        used,
                    )
                    % {"n": used}
                ]
            }
        )


def _check_meaning(municipality: Municipality, row: Stage, state: State, means: str, *, active: bool) -> None:
    """A verb finds its stage by what it stands for: in the right state, and one only."""
    if not means:
        return
    if state not in MEANS_OF[Means(means)]:
        raise ValidationError({"means": [_("A stage of this state cannot stand for that.")]})
    others = [
        one for one in routing.stages(municipality) if one.means == means and row.slug != one.slug and one.pk != row.pk
    ]
    if others and active:
        words = _("“%(stage)s” stands for that already. Change it there first.")
        raise ValidationError({"means": [words % {"stage": others[0]}]})


# Prepared answers ----------------------------------------------------------------------------------------------------
@transaction.atomic
def save_text_block(*, municipality: Municipality, by: User, block: TextBlock | None, **facts: Any) -> TextBlock:
    """Make a prepared answer (None) or change one of the municipality's own; `facts` are BLOCK_FIELDS."""
    permitted(by, municipality)
    row, before = _begun(TextBlock, block, municipality, BLOCK_FIELDS)
    facts["title"] = " ".join(facts["title"].replace("\x00", "").split())
    if not facts["title"]:
        raise ValidationError({"title": [_("Please give it a name that colleagues find it by.")]})
    facts["text"] = clean_words(facts["text"], field="text", longest=BLOCK_MAX, required=True)
    topic: Topic | None = facts["topic"]
    if topic is not None and topic.municipality_id not in municipality.chain_ids():
        raise ValidationError({"topic": [_("There is no such category here.")]})
    return _saved(row, facts, before, municipality, by, _all(row, municipality), facts["title"])


# Both ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def take_over(*, municipality: Municipality, by: User, row: Row) -> Row:
    """The municipality's own version of a row it inherits, to be changed. ValueError for a stranger's row."""
    permitted(by, municipality)
    own = overriding.own_copy(row, municipality)
    if own.pk != row.pk:
        note(
            municipality=municipality,
            actor=by,
            subject=_subject(row),
            label=str(row),
            before={"version": row.municipality.title},
            after={"version": municipality.title},
        )
    return own


@transaction.atomic
def give_back(*, by: User, row: Row) -> Row:
    """Let the county's row hold again; returns it. ValidationError where there is none, or cases are in the way."""
    municipality = permitted(by, row.municipality)
    label, before = str(row), facts_of(row, _fields(row))
    other = overriding.drop_own(row)
    note(
        municipality=municipality,
        actor=by,
        subject=_subject(row),
        label=label,
        before={**before, "version": municipality.title},
        after={**facts_of(other, _fields(other)), "version": other.municipality.title},
    )
    return other


@transaction.atomic
def remove(*, by: User, row: Stage | TextBlock) -> None:
    """Delete an own row that nobody above has; a stage only while no case stands in it."""
    municipality = permitted(by, row.municipality)
    if isinstance(row, Stage) and (used := in_use(row)):
        raise ValidationError(
            ngettext(
                "%(n)d case stands in this stage, so it cannot be deleted. Take it out of use instead.",
                "%(n)d cases stand in this stage, so it cannot be deleted. Take it out of use instead.",
                used,
            )
            % {"n": used}
        )
    note(
        municipality=municipality,
        actor=by,
        subject=_subject(row),
        label=str(row),
        before=facts_of(row, _fields(row)),
        after={},
    )
    row.delete()


@transaction.atomic
def shift(*, municipality: Municipality, by: User, row: Row, up: bool) -> None:
    """Move an own row before or after its neighbour of the same state, among own and inherited ones."""
    permitted(by, municipality)
    rows = _all(row, municipality)
    among = [one for one in rows if one.state == row.state]
    place = [one.pk for one in among].index(row.pk)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(among):
        return
    wanted = ordering.moved(rows, row, to=among[target], after=not up)
    changed = ordering.arrange(wanted, municipality_id=municipality.pk)
    type(row)._default_manager.bulk_update(changed, ["position"])
    note(
        municipality=municipality,
        actor=by,
        subject=_subject(row),
        label=str(row),
        before={"position": place + 1},
        after={"position": target + 1},
    )


def _all(row: Row, municipality: Municipality) -> list[Row]:
    """All rows of this sort with one per slug, also those out of use, in order."""
    return routing.nearest_of(type(row)._default_manager.filter(municipality__in=municipality.chain()), municipality)


def _begun(
    model: type[Row], row: Row | None, municipality: Municipality, names: tuple[str, ...]
) -> tuple[Row, dict[str, Any]]:
    """The row as it stands now, or a new one; and its facts for the log."""
    if row is None:
        return model(municipality=municipality), {}
    if row.municipality_id != municipality.pk:
        raise Denied
    found = model._default_manager.get(pk=row.pk)
    return found, facts_of(found, names)


def _saved(
    row: Row,
    facts: Mapping[str, Any],
    before: dict[str, Any],
    municipality: Municipality,
    by: User,
    rows: Iterable[Row],
    name: str | Mapping[str, str],
) -> Row:
    names = _fields(row)
    for field in names:
        setattr(row, field, facts[field])
    if row.pk is None:
        row.position = ordering.last(list(rows))
        row.slug = _slug(type(row), municipality, localized(name))
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save()
    note(
        municipality=municipality,
        actor=by,
        subject=_subject(row),
        label=str(row),
        before=before,
        after=facts_of(row, names),
    )
    return row


def _slug(model: type[Stage] | type[TextBlock], municipality: Municipality, name: str) -> str:
    """A new one, also among those of the county: a new row hides nothing."""
    begin = slugify(fold(name))[:50].strip("-") or "neu"
    family = {*municipality.chain_ids(), *municipality.family_ids()}
    known = set(model._default_manager.filter(municipality__in=family).values_list("slug", flat=True))
    return next(slug for n in range(1, len(known) + 2) if (slug := begin if n == 1 else f"{begin}-{n}") not in known)


def _fields(row: Stage | TextBlock) -> tuple[str, ...]:
    return STAGE_FIELDS if isinstance(row, Stage) else BLOCK_FIELDS


def _subject(row: Stage | TextBlock) -> str:
    return "stage" if isinstance(row, Stage) else "text_block"
