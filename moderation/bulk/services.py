"""One deed for many cases: chosen, tried beforehand, done in the background, taken back where nothing was sent.

Each case goes through the form and the verb of the very deed that its page offers, under a key of its own, so that it
is done once whatever happens to the worker. Who did it is who started it, with the rights they have at that moment.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from cases.change import Act, By
from cases.errors import Denied, Invalid, NoSuchEdge, Refused
from cases.models import Case
from moderation import deeds
from moderation.access import rights, seen_by
from moderation.bulk.policy import BY_NAME, MOST, BulkDeed
from moderation.case.page import case_for
from moderation.forms import DeedForm
from moderation.models import Bulk, BulkItem, Outcome
from moderation.refusals import in_words
from moderation.worklist.lists import Query, Worklist
from notifications import plans
from notifications.policy import Role
from notifications.previewing import Preview, dry_run
from notifications.services import happening_of
from outbox.bell import ring_after_commit
from outbox.leases import Drained, drain
from outbox.models import Event
from outbox.registry import Doorbell
from reports.placeholders import fill

SAME = "="
"""In an assignment: leave unit or person as each case has it."""
KEEP = timedelta(days=30)
"""How long it is kept what was done; its words may speak of people."""
KEEP_UNSTARTED = timedelta(days=1)


# Choosing -------------------------------------------------------------------------------------------------------------
def choose(*, user: User, deed: str, marked: Iterable[str], everything: bool, query: str, at: datetime) -> Bulk:
    """Note which cases are meant, in which version each was seen: "id-version" of marked rows, or all of a list.

    Raises Invalid when nothing was chosen, or more than `MOST`; KeyError for an unknown deed.
    """
    known = BY_NAME[deed]
    asked = Query.read(QueryDict(query), user)
    if everything:
        found = Worklist(user, asked, at).found()
        chosen = [list(row) for row in found.values_list("pk", "version")[: MOST + 1]]
    else:
        pairs = dict(pair for one in marked if (pair := _pair(one)) is not None)
        seen = set(seen_by(user).filter(pk__in=list(pairs)[: MOST + 1]).values_list("pk", flat=True))
        chosen = [[pk, version] for pk, version in pairs.items() if pk in seen]
    if not chosen:
        raise Invalid({"vorgang": [_("Please choose at least one case.")]})
    if len(chosen) > MOST:
        raise Invalid({"vorgang": [_("At most %(n)d cases at once. Please narrow the list.") % {"n": MOST}]})
    # Nothing that names a person is kept with it.
    address = asked.address(seite="", **({"q": ""} if "@" in asked.q else {})).removeprefix("?")[:1500]
    return Bulk.objects.create(owner=user, deed=known.name, chosen=chosen, query=address, created_at=at)


def _pair(text: str) -> tuple[int, int] | None:
    pk, _dash, version = text.partition("-")
    if not (pk.isdecimal() and version.isdecimal() and len(pk) < 18 and len(version) < 9):
        return None
    return int(pk), int(version)


# One case -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Problem:
    """Why a case stays as it is."""

    outcome: Outcome
    words: str


def filled(bulk: Bulk, case: Case, *, version: int, extra: Mapping[str, Any] | None = None) -> DeedForm:
    """The form of the deed for one case, as if somebody had filled it in on its page."""
    form_class = deeds.BY_NAME[bulk.deed].form
    data = QueryDict(mutable=True)
    if bulk.deed == "freigeben":
        data["text"] = case.report.public_text or case.report.text
    data.update({name: str(value) for name, value in {**bulk.data, **(extra or {})}.items()})
    if data.get("unit") == SAME:
        data["unit"] = str(case.unit_id or "")
    if data.get("assignee") == SAME:
        data["assignee"] = str(case.assignee_id or "")
    if text := data.get("text"):
        # The number or place of each case; the day is that of the choosing, whenever the worker comes to it.
        data["text"] = fill(text, case, at=bulk.created_at, language=case.language)
    data["version"], data["client_key"] = str(version), str(key_of(bulk, case.pk))
    return form_class(data, case=case)


def key_of(bulk: Bulk, case_id: int) -> uuid.UUID:
    """The client_key of a case in a bulk."""
    return uuid.uuid5(bulk.key, str(case_id))


def problem_of(user: User, case: Case, bulk: Bulk, form: DeedForm, version: int) -> Problem | None:
    """What the page of the case would say before the verb is asked."""
    deed = deeds.BY_NAME[bulk.deed]
    if case.version != version:
        return Problem(Outcome.CHANGED, _("Somebody changed it meanwhile."))
    if deed.permission not in rights(user, case):
        return Problem(Outcome.REFUSED, said(Denied(), bulk.deed))
    if bulk.deed == "freigeben" and case.report.text_released:
        return Problem(Outcome.REFUSED, _("The text is released already."))
    if not deed.offered(case):
        return Problem(Outcome.REFUSED, said(NoSuchEdge(), bulk.deed))
    if not form.is_valid():
        return Problem(Outcome.REFUSED, " ".join(str(words) for found in form.errors.values() for words in found))
    return None


def said(refused: Refused, name: str) -> str:
    """A refusal in words."""
    return in_words(refused, no_edge=str(deeds.BY_NAME[name].no_edge))


def _run(bulk: Bulk, user: User, case: Case, form: DeedForm, at: datetime) -> None:
    act = Act(at=at, client_key=form.cleaned_data["client_key"], version=form.cleaned_data["version"])
    deeds.BY_NAME[bulk.deed].run(form, case, By.staff(user), act, [])


# Looking beforehand ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Looked:
    """What would become of one case."""

    case: Case
    version: int
    problem: Problem | None = None
    words: str = ""
    """What would be public, or what stands there so far."""
    mails: dict[Role, int] = field(default_factory=dict)
    previews: list[Preview] = field(default_factory=list)
    """The mails themselves, with their words."""


def look(bulk: Bulk, user: User, *, at: datetime) -> list[Looked]:
    """Try the deed on each case and take it back. Cases that are not seen any more are left out."""
    found = []
    for pk, version in bulk.chosen:
        try:
            case = case_for(user, pk)
        except Http404:
            continue
        found.append(_look(bulk, user, case, version, at))
    return found


def _look(bulk: Bulk, user: User, case: Case, version: int, at: datetime) -> Looked:
    form = filled(bulk, case, version=version)
    words = form["text"].value() if bulk.deed == "freigeben" else _as_it_is(case, bulk.deed)
    if problem := problem_of(user, case, bulk, form, version):
        return Looked(case, version, problem)
    mails: dict[Role, int] = {}
    try:
        previews = dry_run(case=case, run=lambda: _run(bulk, user, case, form, at))
        for one in previews:
            mails[one.role] = mails.get(one.role, 0) + one.count
    except Refused as refused:
        return Looked(case, version, Problem(Outcome.REFUSED, said(refused, bulk.deed)))
    return Looked(case, version, None, str(words or ""), mails, previews)


def _as_it_is(case: Case, deed: str) -> str:
    if deed == "zuweisen":
        return " · ".join(str(one) for one in (case.unit, case.assignee) if one) or _("no unit")
    return case.state_label if deed == "status" else ""


# Doing ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def start(*, bulk: Bulk, user: User, without: Iterable[int], at: datetime, task: Doorbell) -> Bulk:
    """Hand the chosen cases to the worker, each once. Started again it changes nothing. Raises Denied, Invalid."""
    row = Bulk.objects.select_for_update().get(pk=bulk.pk)
    if row.owner_id != user.pk:
        raise Denied
    if row.started_at is None:
        left = set(without)
        wanted = [(pk, version) for pk, version in row.chosen if pk not in left]
        present = set(Case.objects.filter(pk__in=[pk for pk, _version in wanted]).values_list("pk", flat=True))
        if not wanted:
            raise Invalid({"vorgang": [_("Please choose at least one case.")]})
        BulkItem.objects.bulk_create(
            BulkItem(bulk=row, case_id=pk, version=version, due_at=at) for pk, version in wanted if pk in present
        )
        row.started_at = at
        row.save(update_fields=["started_at"])
        ring_after_commit(task)
    return row


def run_items(*, at: datetime | None = None, seconds: float | None = None) -> Drained:
    """Do what is due, one case after the other (see `outbox.leases.drain`): the verb and the note commit together."""
    return drain(
        BulkItem,
        lambda item: do(item, at=at or timezone.now()),
        at=at,
        seconds=seconds,
        atomic=True,
        related=("bulk__owner", "bulk__undoes"),
    )


def do(item: BulkItem, *, at: datetime) -> dict[str, Any]:
    """Do the deed to one case, in the caller's transaction; returns what is noted of it."""
    bulk, user = item.bulk, item.bulk.owner
    with translation.override("de"):
        try:
            case = case_for(user, item.case_id)
        except Http404:
            return _noted(Problem(Outcome.REFUSED, _("You do not see this case any more.")))
        form = filled(bulk, case, version=item.version, extra=item.data)
        if problem := problem_of(user, case, bulk, form, item.version):
            return _noted(problem)
        before = _before(case)
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            with transaction.atomic():
                _run(bulk, user, case, form, at)
                _back_to_its_unit(item, user, at)
        except Refused as refused:
            return _noted(Problem(Outcome.REFUSED, said(refused, bulk.deed)))
    after = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    mails = _mails_since(case, last) if BY_NAME[bulk.deed].undo else 0
    return {"outcome": Outcome.DONE.value, "reason": "", "before": {**before, "mails": mails}, "after": after}


def _noted(problem: Problem) -> dict[str, Any]:
    return {"outcome": problem.outcome.value, "reason": problem.words[:300]}


def _before(case: Case) -> dict[str, Any]:
    return {"unit": case.unit_id, "assignee": case.assignee_id, "category": case.topic.category.pk}


def _mails_since(case: Case, last: int) -> int:
    """How many mails follow from what was just done."""
    events = [one for one in Event.objects.filter(pk__gt=last) if one.payload.get("case") == case.pk]
    return sum(len(plans.plan(found)) for one in events if (found := happening_of(one)) is not None)


def _back_to_its_unit(item: BulkItem, user: User, at: datetime) -> None:
    """Another category sends a case to the unit responsible for it: when it is taken back, so is that."""
    if item.bulk.undoes is None or item.bulk.deed != "kategorie":
        return
    case = case_for(user, item.case_id)
    unit, assignee = item.data.get("unit"), item.data.get("assignee")
    if (case.unit_id, case.assignee_id) == (unit, assignee):
        return
    form = deeds.BY_NAME["zuweisen"].form(
        {
            "version": case.version,
            "client_key": uuid.uuid5(key_of(item.bulk, case.pk), "unit"),
            "unit": unit or "",
            "assignee": assignee or "",
        },
        case=case,
    )
    if not form.is_valid():
        raise Invalid({"unit": [_("The unit it had cannot be set any more.")]})
    act = Act(at=at, client_key=form.cleaned_data["client_key"], version=case.version)
    deeds.BY_NAME["zuweisen"].run(form, case, By.staff(user), act, [])


# Taking back ----------------------------------------------------------------------------------------------------------
def undoable(bulk: Bulk) -> list[BulkItem]:
    """The cases that can be set back: nothing was sent about them, and nobody has changed them since; one query."""
    known: BulkDeed = BY_NAME[bulk.deed]
    if not known.undo or bulk.undoes_id is not None or Bulk.objects.filter(undoes=bulk).exists():
        return []
    rows = bulk.items.filter(outcome=Outcome.DONE.value).select_related("case")
    return [row for row in rows if row.after == row.case.version and not row.before.get("mails")]


@transaction.atomic
def undo(*, bulk: Bulk, user: User, at: datetime, task: Doorbell) -> Bulk:
    """Set back what can be set back, by the same verbs, in the background too. Raises Denied, Invalid."""
    row = Bulk.objects.select_for_update().get(pk=bulk.pk)
    if row.owner_id != user.pk:
        raise Denied
    items = undoable(row)
    if not items:
        raise Invalid({"": [_("Nothing of it can be taken back.")]})
    back = Bulk.objects.create(
        owner=user,
        deed=row.deed,
        query=row.query,
        undoes=row,
        chosen=[[one.case_id, one.after] for one in items],
        created_at=at,
        started_at=at,
    )
    BulkItem.objects.bulk_create(
        BulkItem(
            bulk=back,
            case_id=one.case_id,
            version=one.after or one.version,
            due_at=at,
            data={name: value if value is not None else "" for name, value in one.before.items() if name != "mails"},
        )
        for one in items
    )
    ring_after_commit(task)
    return back


def forget(*, at: datetime) -> int:
    """Delete what was done long ago, and what was chosen and never started; returns how many."""
    old = Bulk.objects.filter(created_at__lt=at - KEEP) | Bulk.objects.filter(
        started_at=None, created_at__lt=at - KEEP_UNSTARTED
    )
    busy = BulkItem.objects.unfinished().values("bulk_id")
    return old.exclude(pk__in=busy).delete()[1].get("moderation.Bulk", 0)
