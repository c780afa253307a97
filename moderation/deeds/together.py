"""Deeds on cases that belong together, or in other hands."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases import merging
from cases.change import Act, By
from cases.errors import Invalid
from cases.models import Case, File
from cases.policy import EDGES, State
from moderation.deeds.base import Deed, Readers
from moderation.forms import together as forms

P = Permission


def _merge(form: forms.MergeForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    try:
        merging.merge(duplicate=case, original=typed["number"], by=by, text=typed["text"], act=act)
    except Invalid as invalid:
        if "original" in invalid.errors:
            raise Invalid({"number": invalid.errors["original"]}) from invalid
        raise


def _unmerge(form: forms.UnmergeForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    merging.unmerge(duplicate=case, by=by, act=act)


# When a deed applies. Verbs check the same; the desk only does not offer what they would refuse, or what is of no use.
def can_be_merged(case: Case) -> bool:
    """It may be closed as a duplicate of another one."""
    return case.duplicate_of_id is None and case.part_of_id is None and State.REJECTED in EDGES[State(case.state)]


def is_merged(case: Case) -> bool:
    """It was closed as a duplicate."""
    return case.duplicate_of_id is not None


DEEDS = (
    Deed(
        "zusammenfuehren",
        _("Merge with another case"),
        _("Merge"),
        _("Merged. Whoever it concerns hears of the other case from now on."),
        P.MOVE,
        forms.MergeForm,
        _merge,
        offered=can_be_merged,
        menu="merge",
        readers=Readers.EVERYBODY,
    ),
    Deed(
        "trennen",
        _("Undo the merging"),
        _("Undo the merging"),
        _("Undone. Everything is as it was before."),
        P.MOVE,
        forms.UnmergeForm,
        _unmerge,
        no_edge=_("This case is not merged."),
        offered=is_merged,
        menu="merge",
    ),
)
