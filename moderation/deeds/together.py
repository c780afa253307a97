"""Deeds on cases that belong together, or in other hands."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases import forwarding, merging
from cases.change import Act, By
from cases.errors import Invalid
from cases.models import Case, File
from cases.policy import ACTIVE, EDGES, State
from geo.models import Municipality
from moderation.deeds.base import Deed, Readers
from moderation.forms import together as forms
from reports.handing_over import can_be_handed_over, hand_over
from reports.splitting import can_be_split, split

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


def _forward(form: forms.ForwardForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    typed = form.cleaned_data
    forwarding.forward(
        case=case,
        by=by,
        name=typed["name"],
        email=typed["email"],
        text=typed["text"],
        unit=typed["unit"],
        with_contact=bool(typed.get("with_contact")),
        photos=[int(one) for one in typed.get("shown", [])],
        days=typed["days"],
        act=act,
    )


def _send_again(form: forms.SendAgainForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    forwarding.send_again(case=case, by=by, days=form.cleaned_data["days"], act=act)


def _take_back(form: forms.TakeBackForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    forwarding.take_back(case=case, by=by, act=act)


def _split(form: forms.SplitForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    split(case=case, parts=form.cleaned_data["parts"], by=by, act=act)


def _hand_over(form: forms.HandOverForm, case: Case, by: By, act: Act, files: Sequence[File]) -> None:
    hand_over(case=case, to=form.cleaned_data["to"], by=by, act=act)


# When a deed applies. Verbs check the same; the desk only does not offer what they would refuse, or what is of no use.
def can_be_merged(case: Case) -> bool:
    """It may be closed as a duplicate of another one."""
    return case.duplicate_of_id is None and case.part_of_id is None and State.REJECTED in EDGES[State(case.state)]


def is_merged(case: Case) -> bool:
    """It was closed as a duplicate."""
    return case.duplicate_of_id is not None


def can_be_forwarded(case: Case) -> bool:
    """It needs something and no outside body has it."""
    return State(case.state) in ACTIVE and not case.forwarded_to


def is_forwarded(case: Case) -> bool:
    """An outside body has it."""
    return bool(case.forwarded_to)


def _somebody_else(case: Case) -> bool:
    """It may be handed over, and there is another municipality."""
    others = Municipality.objects.filter(active=True).exclude(pk=case.municipality_id)
    return can_be_handed_over(case) and others.exists()


DEEDS = (
    Deed(
        "weiterleiten",
        _("Forward to an outside body"),
        _("Forward"),
        _("Forwarded. The link is on its way."),
        P.ASSIGN,
        forms.ForwardForm,
        _forward,
        offered=can_be_forwarded,
        menu="external",
    ),
    Deed(
        "weiterleitung-erneut",
        _("Send the link to the outside body again"),
        _("Send a new link"),
        _("A new link is on its way. The old one is dead."),
        P.ASSIGN,
        forms.SendAgainForm,
        _send_again,
        offered=is_forwarded,
        menu="mail",
    ),
    Deed(
        "weiterleitung-beenden",
        _("Take it back from the outside body"),
        _("Take it back"),
        _("Taken back. The link is dead."),
        P.ASSIGN,
        forms.TakeBackForm,
        _take_back,
        offered=is_forwarded,
        menu="back",
    ),
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
    Deed(
        "aufteilen",
        _("Split into parts"),
        _("Make the parts"),
        _("The parts are made. The reporter hears of this case alone."),
        P.ASSIGN,
        forms.SplitForm,
        _split,
        offered=can_be_split,
        menu="merge",
        readers=Readers.STAFF,
    ),
    Deed(
        "uebergeben",
        _("Hand over to another municipality"),
        _("Hand it over"),
        _("Handed over. The reporter is told."),
        P.ASSIGN,
        forms.HandOverForm,
        _hand_over,
        offered=_somebody_else,
        menu="external",
    ),
)
