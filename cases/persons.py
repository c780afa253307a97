"""What belongs to one person, by their e-mail address: information (Art. 15 DSGVO) and erasure (Art. 17).

Each package that keeps addresses registers a Holder in its AppConfig.ready(), so that nobody has to know them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import files
from cases.change import Act, By
from cases.duties import erase, held
from cases.following import email_hash
from cases.kinds import kind_of
from cases.models import Case, Draft, Follow, Support
from cases.policy import Actor, Part
from geo.models import Municipality


@dataclass(frozen=True)
class Piece:
    """One thing that is kept of a person."""

    what: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    """(label, words)."""
    case: Case | None = None
    """The case they handed in, None for everything else."""
    kept: str = ""
    """Why it is not deleted, "" where nothing stands against it."""


@dataclass(frozen=True)
class Holder:
    """Who keeps addresses: finds what belongs to one in a municipality, and deletes it."""

    name: str
    find: Callable[[str, Municipality], list[Piece]]
    erase: Callable[[str, Municipality, By, datetime], int]
    """Returns how many rows or files."""


_holders: dict[str, Holder] = {}


def register(holder: Holder) -> None:
    """Make a holder known; again is the same."""
    _holders[holder.name] = holder


def find(*, email: str, municipality: Municipality) -> list[Piece]:
    """Everything that belongs to an address (any case of letters) in this municipality."""
    address = email.strip().lower()
    return [piece for holder in _holders.values() for piece in holder.find(address, municipality)] if address else []


@transaction.atomic
def forget(*, email: str, municipality: Municipality, by: By, at: datetime, words: bool = False) -> dict[str, int]:
    """Delete an address wherever it stands; with `words` also words and photos of the person's closed cases.

    Cases under a hold stay as they are. Returns rows per holder. Raises Denied where `by` may not.
    """
    address = email.strip().lower()
    if words:
        for case in own_cases(address, municipality):
            if case.facts.closed and held(case) is None:
                erase(case=case, parts={Part.CASE}, by=by, act=Act(at=at))
    return {name: holder.erase(address, municipality, by, at) for name, holder in _holders.items()}


# What the package of cases keeps itself -------------------------------------------------------------------------------
def own_cases(address: str, municipality: Municipality) -> list[Case]:
    """Cases handed in under the address, confirmed or not, newest first."""
    rows = Case.objects.filter(municipality=municipality, contact__email__iexact=address)
    return list(rows.select_related("contact", "topic", "unit", "stage", "municipality").order_by("-submitted_at"))


def stamp(at: datetime) -> str:
    """Day and time as people of the municipality write them."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def _facts(case: Case) -> list[tuple[str, str]]:
    contact = case.contact
    assert contact is not None
    facts = [
        (_("Received"), stamp(case.submitted_at)),
        (_("State"), case.state_label),
        (_("Name"), contact.name),
        (_("E-mail"), contact.email + ("" if contact.confirmed_at else f" ({_('not confirmed')})")),
        (_("Phone"), contact.phone),
        *kind_of(case).words(case),
    ]
    for entry in case.entries.filter(for_reporter=True).exclude(text=""):
        who = _("to the town hall") if entry.actor == Actor.CITIZEN.value else _("from the town hall")
        facts.append((f"{stamp(entry.at)}, {who}", entry.text))
    return [(str(label), words) for label, words in facts if words]


def _find(address: str, municipality: Municipality) -> list[Piece]:
    found = []
    for case in own_cases(address, municipality):
        hold = held(case)
        kept = _("Kept on purpose: %(reason)s") % {"reason": hold.reason} if hold else ""
        found.append(Piece(_("Case %(number)s") % {"number": case.number}, _facts(case), case, kept))
    for follow in Follow.objects.filter(case__municipality=municipality, email=address).select_related("case"):
        facts = [(_("Case"), follow.case.number or ""), (_("Since"), stamp(follow.created_at))]
        found.append(Piece(_("Follows a case"), facts))
    for support in _supports(address, municipality).select_related("case"):
        facts = [(_("Case"), support.case.number or ""), (_("Since"), stamp(support.created_at))]
        found.append(Piece(_("Noticed it too"), facts))
    for draft in _drafts(address, municipality):
        found.append(Piece(_("Report that was not sent"), _typed(draft.data)))
    return found


def _supports(address: str, municipality: Municipality) -> Any:
    return Support.objects.filter(case__municipality=municipality, email_hash=email_hash(address))


def _drafts(address: str, municipality: Municipality) -> list[Draft]:
    rows = Draft.objects.filter(municipality=municipality, case=None).order_by("pk")
    return [row for row in rows.iterator() if str(row.data.get("email", "")).strip().lower() == address]


def _typed(data: dict[str, Any]) -> list[tuple[str, str]]:
    labels = {
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "address": _("Place"),
        "text": _("Text"),
    }
    return [(label, str(data[name])) for name, label in labels.items() if data.get(name)]


def _erase(address: str, municipality: Municipality, by: By, at: datetime) -> int:
    number = 0
    for case in own_cases(address, municipality):
        if held(case) is None:
            erase(case=case, parts={Part.CONTACT}, by=by, act=Act(at=at))
            number += 1
    number += _deleted(Follow.objects.filter(case__municipality=municipality, email=address))
    number += _deleted(_supports(address, municipality))
    return number + _discard(_drafts(address, municipality))


def _discard(drafts: Iterable[Draft]) -> int:
    number = 0
    for draft in drafts:
        for file in draft.files.filter(case=None):
            files.delete(file=file)
        draft.delete()
        number += 1
    return number


def _deleted(rows: Any) -> int:
    return int(rows.delete()[0])


CASES = Holder("cases", _find, _erase)
register(CASES)
