"""The verb that sets a municipality's directory, and the groups that give roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import rulelog
from accounts.directory.tokens import WELL_KNOWN, fold
from accounts.directory.wire import is_fit
from accounts.models import Directory, DirectoryGroup, Unit, User, _key
from accounts.policy import WHOLE_MUNICIPALITY, Permission, Role
from accounts.services import may
from geo.models import Municipality

FIELDS = ("active", "issuer", "client_id", "groups_claim", "strong_acr")
GROUPS_MAX = 60
ROLES_GIVEN = (Role.ADMIN, Role.MANAGER, Role.CLERK, Role.FIELD, Role.EDITOR)
"""Roles a directory may give: what reaches beyond the municipality is given by hand alone."""


@dataclass(frozen=True)
class Rule:
    """A group and the role it gives; `unit` None for the whole house."""

    group: str
    role: Role
    unit: Unit | None = None


@transaction.atomic
def set_directory(
    *, municipality: Municipality, by: User, rules: Sequence[Rule], client_secret: str = "", **facts: Any
) -> Directory:
    """Set issuer, client and groups; `facts` are FIELDS. An empty secret keeps the one there is, as long as issuer and
    client stay the same. Raises PermissionError without the right, ValidationError per field ("rules" for groups)."""
    if not may(by, Permission.ADMINISTER, municipality_id=municipality.pk):
        raise PermissionError("Only administrators set the login.")
    Municipality.objects.select_for_update().filter(pk=municipality.pk).first()
    row = Directory.objects.filter(municipality=municipality).first() or Directory(municipality=municipality)
    before = _facts(row) if row.pk else {}
    former = (row.issuer, row.client_id)
    for name in FIELDS:
        if name in facts:
            value = facts[name]
            setattr(row, name, " ".join(value.split()) if isinstance(value, str) else value)
    row.issuer = row.issuer.removesuffix(WELL_KNOWN)
    if row.issuer.rstrip("/") != former[0].rstrip("/"):
        row.key = _key()
    if client_secret or (row.issuer, row.client_id) != former:
        row.client_secret = client_secret
    _check(row, rules, municipality)
    row.full_clean(exclude={"municipality", "client_secret"})
    row.save()
    row.groups.all().delete()
    DirectoryGroup.objects.bulk_create(
        DirectoryGroup(directory=row, group=rule.group.strip(), role=rule.role.value, unit=rule.unit) for rule in rules
    )
    after = _facts(row) | ({"client_secret": rulelog.HIDDEN} if client_secret else {})
    rulelog.note(municipality=municipality, actor=by, subject="directory", label=row.issuer, before=before, after=after)
    return row


def _check(row: Directory, rules: Sequence[Rule], municipality: Municipality) -> None:
    if not is_fit(row.issuer):
        raise ValidationError({"issuer": [_("Please give an address that begins with https://.")]})
    if row.active and not row.client_secret:
        raise ValidationError({"client_secret": [_("Without the secret nobody can log in.")]})
    if row.active and not rules:
        raise ValidationError({"rules": [_("Name at least one group: without one nobody may come in.")]})
    if len(rules) > GROUPS_MAX:
        raise ValidationError({"rules": [_("These are too many groups.")]})
    seen = set()
    for rule in rules:
        if rule.role not in ROLES_GIVEN:
            raise ValidationError({"rules": [_("This role is given by hand only.")]})
        if rule.unit is not None and rule.unit.municipality_id != municipality.pk:
            raise ValidationError({"rules": [_("This unit belongs to another municipality.")]})
        if rule.unit is None and rule.role not in WHOLE_MUNICIPALITY:
            raise ValidationError(
                {"rules": [_("“%(group)s”: clerks and field workers need a unit.") % {"group": rule.group}]}
            )
        place = (fold(rule.group), rule.role, rule.unit.pk if rule.unit is not None else None)
        if place in seen:
            raise ValidationError({"rules": [_("“%(group)s” stands there twice.") % {"group": rule.group}]})
        seen.add(place)


def _facts(row: Directory) -> dict[str, Any]:
    """For the log; never the secret."""
    groups = sorted(f"{one.group}: {one.role}{f', {one.unit}' if one.unit else ''}" for one in row.groups.all())
    return {**rulelog.facts_of(row, FIELDS), "groups": groups}
