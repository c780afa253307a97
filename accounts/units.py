"""The units of a town hall: who settles things, and how they are reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.hours import check as check_hours
from accounts.models import Unit, User
from accounts.policy import MailRhythm
from accounts.rulelog import facts_of, note
from geo.folding import fold
from geo.models import Municipality

FIELDS = (
    *("name", "public_name", "email", "phone", "on_call_email", "on_call_phone", "external"),
    *("parent", "mail_rhythm", "hours", "depot_lon", "depot_lat"),
)


@transaction.atomic
def save_unit(*, municipality: Municipality, unit: Unit | None = None, by: User | None = None, **facts: Any) -> Unit:
    """Make a unit or a team, or change one of this municipality; `facts` are FIELDS. Raises ValidationError per
    field. The log of the rules names `by`."""
    before = facts_of(Unit.objects.get(pk=unit.pk), FIELDS) if unit is not None else {}
    if unit is None:
        unit = Unit(municipality=municipality)
    elif unit.municipality_id != municipality.pk:
        raise ValidationError(_("This unit belongs to another municipality."))
    if facts.get("mail_rhythm") == MailRhythm.DIGEST and unit.mail_rhythm != MailRhythm.DIGEST:
        unit.digest_at = timezone.now()  # the first morning mail tells of what comes from now on
    for name in FIELDS:
        if name in facts:
            value = facts[name]
            setattr(unit, name, " ".join(value.split()) if isinstance(value, str) else value)
    others = Unit.objects.filter(municipality=municipality).exclude(pk=unit.pk)
    if others.filter(name__iexact=unit.name, active=True).exists():
        raise ValidationError({"name": [_("There is a unit with this name already.")]})
    check_hours(unit.hours)
    if unit.parent is not None:
        _check_parent(unit, unit.parent)
    unit.slug = unit.slug or _slug(municipality, unit.name)
    unit.full_clean()
    unit.save()
    after = facts_of(unit, FIELDS)
    note(municipality=municipality, actor=by, subject="unit", label=unit.name, before=before, after=after)
    return unit


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """Units by name, each followed by its teams; a team whose unit is not among them stands for itself."""
    rows = sorted(units, key=lambda unit: (unit.name.casefold(), unit.pk))
    known = {unit.pk for unit in rows}
    teams: dict[int, list[Unit]] = {}
    for unit in rows:
        if unit.parent_id in known:
            teams.setdefault(unit.parent_id or 0, []).append(unit)
    return [one for unit in rows if unit.parent_id not in known for one in (unit, *teams.get(unit.pk, []))]


def indented(unit: Unit) -> str:
    """The name for a list that is `in_order`: a team stands a little to the right."""
    return f"\u2003{unit.name}" if unit.parent_id is not None else unit.name


def _check_parent(unit: Unit, parent: Unit) -> None:
    """A team lies in a unit of the same municipality, which is no team itself."""
    if parent.municipality_id != unit.municipality_id:
        raise ValidationError({"parent": [_("This unit belongs to another municipality.")]})
    if parent.pk == unit.pk or parent.parent_id is not None:
        raise ValidationError({"parent": [_("A team lies in a unit, not in another team.")]})
    if unit.pk is not None and unit.teams.exists():
        raise ValidationError({"parent": [_("This unit has teams itself and cannot become one.")]})


def _slug(municipality: Municipality, name: str) -> str:
    begin = slugify(fold(name))[:50].strip("-") or "stelle"
    known = set(Unit.objects.filter(municipality=municipality).values_list("slug", flat=True))
    return next(slug for n in range(1, len(known) + 2) if (slug := begin if n == 1 else f"{begin}-{n}") not in known)


@transaction.atomic
def switch_unit(*, unit: Unit, active: bool, by: User | None = None) -> Unit:
    """Take a unit out of use, or back. Its cases stay with it. Raises ValidationError for the last one."""
    Municipality.objects.select_for_update().filter(pk=unit.municipality_id).first()
    others = Unit.objects.filter(municipality=unit.municipality_id, active=True).exclude(pk=unit.pk)
    if not active and not others.exists():
        raise ValidationError(_("One unit must be left, so that every report has somebody to settle it."))
    note(
        municipality=unit.municipality,
        actor=by,
        subject="unit",
        label=unit.name,
        before={"active": unit.active},
        after={"active": active},
    )
    unit.active = active
    unit.save(update_fields=["active"])
    return unit
