"""A report goes to another municipality of the platform, with all that belongs to it.

Number and secret link stay; contact data, photos, followers and history move. From then on nobody of the municipality
that had it sees anything of it any more: the other one is the controller now (Art. 4 (7) DSGVO).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.policy import Permission
from cases import routing
from cases.change import Act, By, change
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Draft, Entry, Watcher
from cases.policy import ACTIVE, Deed, State
from geo.models import Municipality
from geo.services import district_of, owner_of
from reports.categories import category_of, tree
from reports.models import Category
from reports.services import unrelease

CATCH_ALL = ("sonstiges", "anderes")
"""Slugs of a category for whatever has none."""


def can_be_handed_over(case: Case) -> bool:
    """It needs something and is not tied to other cases or an outside body."""
    tied = case.duplicate_of_id is not None or case.part_of_id is not None or bool(case.forwarded_to)
    return State(case.state) in ACTIVE and not tied


def goals(case: Case) -> list[Municipality]:
    """The municipalities it could go to, the one whose ground the point lies on first."""
    rows = list(Municipality.objects.filter(active=True).exclude(pk=case.municipality_id).defer("boundary"))
    owner = owner_of(case.point) if case.point is not None else None
    return sorted(rows, key=lambda row: (owner is None or row.pk != owner.pk, row.name))


def hand_over(*, case: Case, to: Municipality, by: By, act: Act | None = None) -> Entry:
    """Give a case to another municipality, as new there: category by slug, unit, deadline and district by its rules.

    What the other one has no category for goes to its catch-all, or its first one of the kind; the entry's data say so.
    Raises Invalid({"to": …}), NoSuchEdge (closed), Denied, Conflict, KeyReused.
    """
    asked = {"to": to.pk}
    with change(case=case, by=by, deed=Deed.HANDED_OVER, permission=Permission.ASSIGN, asked=asked, act=act) as step:
        if step.replayed:
            return step.entry
        row, entry = step.case, step.entry
        if State(row.state) not in ACTIVE:
            raise NoSuchEdge
        if row.practice_by_id is not None:
            raise Invalid({"to": [_("What you practise on stays here.")]})
        if to.pk == row.municipality_id or not to.active:
            raise Invalid({"to": [_("Please choose another municipality.")]})
        if not can_be_handed_over(row) or row.duplicates.exists() or row.parts.exists():
            raise Invalid(
                {"to": [_("It is tied to other cases or lies with an outside body. Please undo that first.")]}
            )
        before = row.municipality
        category, same = _category(row, to)
        stage = next(iter(routing.stages(to, State.NEW)), None)
        entry.data = {
            "from": row.state,
            "to": State.NEW.value,
            "stage": stage.pk if stage else None,
            "label": {"de": f"übergeben an: {to.title}", "en": f"handed over to: {to.title}"},
            "town_before": before.title,
            "town": to.title,
            "same_category": same,
        }
        entry.public, entry.for_reporter = True, True
        row.municipality, row.topic = to, category.topic
        row.confidential = row.confidential or category.topic.confidential
        row.state, row.stage, row.state_since = State.NEW.value, stage, entry.at
        row.waiting_since, row.waits_for, row.resubmit_on, row.expected_on = None, "", None, None
        row.file_number = row.file_url = ""
        row.district = district_of(to, row.point) if row.point is not None else None
        due = routing.due(to, entry.at, category.topic.working_days)
        row.due_at = due if category.rules.deadline else None
        row.unit = row.assignee = None
        routing.give(row, routing.unit_for(municipality=to, topic=category.topic, point=row.point), at=entry.at)
        if row.confidential or not category.rules.public:
            unrelease(row)
            entry.public = False
        Watcher.objects.filter(case=row).delete()
        Draft.objects.filter(case=row).update(municipality=to)
    return step.entry


def _category(case: Case, to: Municipality) -> tuple[Category, bool]:
    """The category there, and whether it is the same one."""
    found = category_of(to, case.topic.slug)
    if found is not None and not found.redirect_text:
        return found, True
    sort = case.topic.category.sort
    offered = [one for group in tree(to) for one in group.categories if not one.redirect_text]
    ranked = sorted(offered, key=lambda one: (one.sort != sort, one.topic.slug not in CATCH_ALL))
    if not ranked:
        raise Invalid({"to": [_("This municipality takes no reports yet.")]})
    return ranked[0], False
