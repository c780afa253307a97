"""Praise: thanked, passed on to those it is meant for, and settled, with one deed."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.change import Act, By
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Entry
from cases.policy import ACTIVE, State
from cases.services import assign, checked_text, move
from reports.policy import Sort

MARK = "praise"
"""In the data of an entry "assigned": the words went along, and nobody has to do anything."""


def is_praise(case: Case) -> bool:
    """Whether a case is of a category for praise."""
    category = getattr(case.topic, "category", None)
    return category is not None and category.sort == Sort.PRAISE.value


def can_be_passed_on(case: Case) -> bool:
    """Praise that nobody has settled yet, and no part of another case."""
    return is_praise(case) and State(case.state) in ACTIVE and case.part_of_id is None


def thanks(case: Case, unit: Unit | None, assignee: User | None = None) -> str:
    """Words to the citizen, in their language, that the desk proposes; a person of the town hall is not named."""
    with translation.override(case.language):
        if unit is not None:
            return _("Thank you for your praise! We have passed it on to: %(unit)s.") % {"unit": unit.shown_name}
        return _("Thank you for your praise! We have passed it on to those it is meant for.")


@transaction.atomic
def pass_on(
    *, case: Case, by: By, unit: Unit | None, assignee: User | None = None, text: str = "", act: Act | None = None
) -> Entry:
    """Give praise to a unit or a person: they get a mail with its words, the citizen is thanked with `text`, and the
    case is settled. The citizen's name goes along only if they want it public; e-mail and phone never do.

    Returns the entry that settled it. Raises NoSuchEdge (no praise, or settled), Invalid({"unit", "assignee", "text"}),
    Denied, Conflict, KeyReused.
    """
    act = act or Act()
    text = checked_text(text, required=False) or thanks(case, unit, assignee)
    known = act.client_key is not None and Entry.objects.filter(case=case, client_key=act.client_key).exists()
    # First what sees that somebody else was faster; refused later, it is taken back with the rest.
    given = assign(case=case, unit=unit, assignee=assignee, by=by, act=act)
    if not known:
        if not can_be_passed_on(Case.objects.select_related("topic__category").get(pk=case.pk)):
            raise NoSuchEdge
        if unit is None and assignee is None:
            raise Invalid({"unit": [_("To whom is it passed on?")]})
        if assignee is None and unit is not None and not unit.mailbox:
            raise Invalid({"unit": [_("This unit has no e-mail address. Please choose a person, or another unit.")]})
        given.data = {**given.data, MARK: True}
        given.save(update_fields=["data"])
    key = uuid.uuid5(act.client_key, "thanks") if act.client_key is not None else None
    then = replace(act, version=None, based_on=None, client_key=key)
    return move(case=case, to=State.DONE, by=by, text=text, act=then)
