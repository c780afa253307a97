"""A row of the county and a town's own version of it: made row by row, and given back.

`cases.routing.inherited` reads: of all rows with one slug the nearest holds. Here such rows come and go, together with
everything that names them: cases, prepared answers, who settles what. So a case of the town always names the row that
holds for the town, and nothing is lost when the town goes back to the county's.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case, Stage, TextBlock, Topic
from geo.models import Municipality

Row = TypeVar("Row", Topic, Stage, TextBlock)


def above(row: Row) -> Row | None:
    """The row that would hold if `row` were not there: the county's (or of whoever stands above), None without one."""
    return nearest(type(row), row.municipality.chain()[1:], row.slug)


def nearest(model: type[Row], chain: list[Municipality], slug: str) -> Row | None:
    """Of all rows with this slug the one of the first municipality in `chain`, whether in use or not."""
    order = {one.pk: index for index, one in enumerate(chain)}
    rows = model._default_manager.filter(municipality__in=chain, slug=slug)
    return min(rows, key=lambda row: order[row.municipality_id], default=None)


@transaction.atomic
def own_copy(row: Row, municipality: Municipality) -> Row:
    """The town's own row with the values and the slug of a row it inherits; its own row where it has one already.

    Details that hang on it one to one (a report's Category) are copied too; what names the row within the town names
    the copy from now on. Raises ValueError for a row of a municipality that stands nowhere above.
    """
    if row.municipality_id not in municipality.chain_ids():
        raise ValueError(f"{row!r} is not inherited by {municipality}")
    Municipality.objects.select_for_update().filter(pk=municipality.pk).first()
    model = type(row)
    known = model._default_manager.filter(municipality=municipality, slug=row.slug).first()
    if known is not None:
        return known
    copy = model(**{field.attname: getattr(row, field.attname) for field in _copied(row)})
    copy.municipality = municipality
    _name_nearest(copy, municipality)
    copy.save(force_insert=True)
    for relation in _relations(row, one_to_one=True):
        detail = relation.related_model._default_manager.filter(**{relation.field.name: row.pk}).first()
        if detail is not None:
            facts = {field.attname: getattr(detail, field.attname) for field in _copied(detail)}
            facts[relation.field.attname] = copy.pk
            relation.related_model._default_manager.create(**facts)
    reach = _reach(copy)
    for relation in _relations(row, one_to_one=False):
        found = relation.related_model._default_manager.filter(
            **{relation.field.name: row.pk, "municipality__in": reach}
        )
        found.update(**{relation.field.name: copy.pk})
    return copy


@transaction.atomic
def drop_own(row: Row) -> Row:
    """Delete a town's own row, so that the county's holds again; returns the county's.

    What named it names the county's. Raises ValidationError where there is nothing to go back to, and for a stage
    whose cases would stand in another state than their stage.
    """
    Municipality.objects.select_for_update().filter(pk=row.municipality_id).first()
    other = above(row)
    if other is None:
        raise ValidationError(_("Your county has nothing in its place, so there is nothing to go back to."))
    if isinstance(row, Stage) and isinstance(other, Stage) and row.state != other.state and (used := in_use(row)):
        raise ValidationError(
            ngettext(
                "Your county's stage belongs to another state, and %(n)d case stands in yours. Give it another stage"
                " first.",
                "Your county's stage belongs to another state, and %(n)d cases stand in yours. Give them another stage"
                " first.",
                used,
            )
            % {"n": used}
        )
    for relation in _relations(row, one_to_one=False):
        found = relation.related_model._default_manager.filter(**{relation.field.name: row.pk})
        found.update(**{relation.field.name: other.pk})
    row.delete()
    return other


def in_use(stage: Stage) -> int:
    """How many cases stand in a stage."""
    return Case.objects.filter(stage=stage).count()


def _copied(row: models.Model) -> list[models.Field[Any, Any]]:
    return [field for field in row._meta.concrete_fields if not field.primary_key]


def _relations(row: models.Model, *, one_to_one: bool) -> list[Any]:
    return [relation for relation in row._meta.related_objects if relation.one_to_one is one_to_one]


def _name_nearest(copy: Topic | Stage | TextBlock, municipality: Municipality) -> None:
    """Let a copy name the nearest group or category, not the county's, where the town has its own."""
    if isinstance(copy, Topic) and copy.parent is not None:
        copy.parent = nearest(Topic, municipality.chain(), copy.parent.slug)
    if isinstance(copy, TextBlock) and copy.topic is not None:
        copy.topic = nearest(Topic, municipality.chain(), copy.topic.slug)


def _reach(row: Topic | Stage | TextBlock) -> list[int]:
    """The municipalities for which this row is the nearest of its slug."""
    family = row.municipality.family_ids()
    others = type(row)._default_manager.filter(slug=row.slug, municipality__in=family).exclude(pk=row.pk)
    nearer = {pk for other in others.select_related("municipality") for pk in other.municipality.family_ids()}
    return [pk for pk in family if pk not in nearer]
