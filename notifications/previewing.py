"""Which mails a step would send, before it is taken: planned and rendered as they would be, with nothing kept of it.

`dry_run` does the step itself and takes it back, so what is shown is what the verb writes and the consumers plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Unit
from cases.models import Case, Entry, Forward
from cases.policy import Deed
from notifications import plans
from notifications.plans import Happening, Planned
from notifications.policy import Purpose, Role
from notifications.rendering import render
from notifications.services import happening_of
from outbox.events import recording
from subscriptions.matching import just_published, matching

PUBLISHING = frozenset(f"case.{deed}" for deed in (Deed.SUBMITTED, Deed.TEXT_RELEASED, Deed.PHOTO_RELEASED))
"""Events after which subscribers may hear of a new report; their mails are put together later."""


@dataclass(frozen=True)
class Preview:
    """What a kind of recipient would get: how many of them, and the words."""

    role: Role
    count: int
    subject: str
    text: str
    language: str = ""
    name: str = ""
    """What a unit or an outside body is called."""


def preview(*, case: Case, entry: Entry) -> list[Preview]:
    """Which mails would go out for `entry` (unsaved, as the verb would write it). Without keys and addresses."""
    return _grouped(plans.plan(Happening(f"case.{entry.deed}", case, entry.at or timezone.now(), entry)))


def dry_run(*, case: Case, run: Callable[[], object]) -> list[Preview]:
    """Which mails would go out if `run` were done to the case, by all the events it leads to. Nothing stays of it.

    A case that `run` opens shows no number yet: it gets the next one when it is done. Objects that `run` was given hold
    what it made of them and must be read anew. Raises what `run` raises.
    """
    planned: list[Planned] = []
    subscribers = 0
    newest = Case.objects.aggregate(pk=Max("pk"))["pk"] or 0
    with transaction.atomic():
        with recording() as events:
            run()
        for event in events:
            happening = happening_of(event)
            planned += plans.plan(happening) if happening is not None else []
            if event.name in PUBLISHING and event.payload.get("case") == case.pk:
                new = just_published(case.pk, event.payload["entry"])
                subscribers += len({found[2] for found in matching(new)}) if new is not None else 0
        found = _grouped(planned, newest)
        transaction.set_rollback(True)
    return [*found, Preview(Role.SUBSCRIBER, subscribers, "", "")] if subscribers else found


def _grouped(planned: Iterable[Planned], newest: int | None = None) -> list[Preview]:
    """One preview for all who get the same words. The numbers of cases after `newest` are not known yet."""
    groups: dict[tuple[Role, Purpose, str, int | None, int | None], list[Planned]] = {}
    for mail in planned:
        # People get the same words; units and outside bodies are told by name.
        named = mail.to.id if mail.to.role in {Role.UNIT, Role.OUTSIDE} else None
        case = mail.case.pk if mail.case is not None else None
        groups.setdefault((mail.to.role, mail.purpose, mail.to.language, case, named), []).append(mail)
    found = []
    for (role, _purpose, language, _case, named), mails in groups.items():
        about, rendered = mails[0].case, render(_without_keys(mails[0]))
        subject, text = rendered.subject, rendered.text
        if newest is not None and about is not None and about.number and about.pk > newest:
            subject, text = (words.replace(about.number, without_number(about.number)) for words in (subject, text))
        found.append(Preview(role, len(mails), subject, text, language, _name(role, named)))
    return found


def without_number(number: str) -> str:
    """A number that is not given yet: "HSW-2026-…"."""
    return f"{number.rpartition('-')[0]}-…"


def _name(role: Role, pk: int | None) -> str:
    """Name of a unit or of an outside body; "" for people and for the town hall itself."""
    if pk is None:
        return ""
    if role is Role.UNIT:
        return Unit.objects.filter(pk=pk).values_list("name", flat=True).first() or ""
    return Forward.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def _without_keys(mail: Planned) -> Planned:
    facts: dict[str, Any] = {key: "…" if key.endswith("_url") and value else value for key, value in mail.facts.items()}
    facts |= {"pictures": ["…" for _one in facts["pictures"]]} if "pictures" in facts else {}
    return replace(mail, facts=facts, to=replace(mail.to, stop_path="/…" if mail.to.stop_path else ""))
