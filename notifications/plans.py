"""Which mails follow from what happened, to whom and with which facts. Reads rows, writes none.

An event and a preview at the desk go the same way: `plan` takes what happened, or what would happen (an Entry that is
not stored yet), and returns the mails. Facts are collected in the language of the recipient, and only what this
recipient may see: nothing unreleased reaches a follower, no contact data reaches anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.urls import reverse

from cases import routing
from cases.kinds import kind_of
from cases.models import Case
from cases.policy import CONTACT_DAYS, Deed, State
from notifications import plans_desk, plans_release, plans_together, recipients
from notifications.planning import Happening, Planned, mail, news, nothing, story, words
from notifications.policy import Purpose
from notifications.recipients import Recipient
from reports.models import Category

__all__ = ["CONFIRMATION_ASKED", "INTEREST_ASKED", "PLANNERS", "Happening", "Planned", "events", "plan"]

log = structlog.get_logger("anliegen.mail")

INTEREST_ASKED = "case.interest_asked"
CONFIRMATION_ASKED = "case.confirmation_asked"
"""The reporter wants the mail with the link to confirm once more."""


def plan(happening: Happening) -> list[Planned]:
    """The mails that follow, [] where nobody is to be told."""
    planner = PLANNERS.get(happening.name)
    return planner(happening) if planner is not None else []


def events() -> list[str]:
    """Names of the events that may lead to mails."""
    return list(PLANNERS)


# To the reporter and the on-call service, at once --------------------------------------------------------------------
def _submitted(happening: Happening) -> list[Planned]:
    case, mails = happening.case, []
    if _category(case) is not None and _category(case).danger:  # type: ignore[union-attr]
        on_call = recipients.on_call(case)
        if on_call is None:
            log.error("danger_without_address", case=case.pk, municipality=case.municipality.slug)
        else:
            mails.append(mail(happening, Purpose.DANGER, on_call, _danger, urgent=True))
    if (to := recipients.first_mail(case)) is not None:
        mails.append(mail(happening, Purpose.RECEIPT, to, _receipt))
    return mails


def _confirmation(happening: Happening) -> list[Planned]:
    """The receipt once more, while the address is not confirmed."""
    contact, to = happening.case.contact, recipients.first_mail(happening.case)
    if to is None or contact is None or contact.confirmed_at is not None:
        return []
    return [mail(happening, Purpose.RECEIPT, to, _receipt)]


def _category(case: Case) -> Category | None:
    """What reports know of the topic, None for other kinds of business."""
    return getattr(case.topic, "category", None)


def _danger(happening: Happening, to: Recipient) -> dict[str, Any]:
    """The place, for staff; no words of the citizen, since those may name people."""
    case = happening.case
    report = getattr(case, "report", None)
    return {
        "place": (report.address if report else "") or (case.district.name if case.district else ""),
        "coordinates": f"{case.point.y:.5f}, {case.point.x:.5f}" if case.point else "",
        "submitted_at": case.submitted_at,
    }


def _receipt(happening: Happening, to: Recipient) -> dict[str, Any]:
    """No word of the report: anybody may have typed this address."""
    case, contact, category = happening.case, happening.case.contact, _category(happening.case)
    town = case.municipality
    facts: dict[str, Any] = {
        "first_answer_on": routing.due(town, case.submitted_at, town.first_answer_days),
        "due_on": case.due_at if category is None or category.rules.supportable else None,
    }
    if category is not None and category.danger:
        phone = (case.unit.on_call_phone if case.unit else "") or town.phone_on_call
        facts["on_call_phone"] = phone
    if contact is not None and contact.confirmed_at is None:
        facts["confirm_url"] = town.base_url() + reverse("confirm_contact", args=[contact.token])
        facts["delete_on"] = contact.created_at + timedelta(days=CONTACT_DAYS)
    return facts


# To the reporter and the followers -----------------------------------------------------------------------------------
def _moved(happening: Happening) -> list[Planned]:
    data = happening.entry.data if happening.entry is not None else {}
    settled = data.get("to") == State.DONE and data.get("from") != data.get("to")
    return news(happening, Purpose.DONE if settled else Purpose.MOVED, story)


def _update(happening: Happening) -> list[Planned]:
    return news(happening, Purpose.UPDATE, story)


def _question(happening: Happening) -> list[Planned]:
    return news(happening, Purpose.QUESTION, words)


def _message(happening: Happening) -> list[Planned]:
    return news(happening, Purpose.MESSAGE, nothing)


def _interest(happening: Happening) -> list[Planned]:
    """One link confirms both wishes of a person, so one mail does."""
    wish = happening.follow or happening.support
    if wish is None or wish.confirmed_at is not None or not wish.email:
        return []
    return [mail(happening, Purpose.INTEREST, recipients.interested(wish), _wishes)]


def _wishes(happening: Happening, to: Recipient) -> dict[str, Any]:
    wish = happening.follow or happening.support
    assert wish is not None
    base = happening.case.municipality.base_url()
    return {
        "follow": happening.follow is not None,
        "support": happening.support is not None,
        "confirm_url": base + reverse("confirm_interest", args=[wish.token]),
        "delete_on": wish.created_at + timedelta(days=CONTACT_DAYS),
    }


# To the units --------------------------------------------------------------------------------------------------------
def _feedback(happening: Happening) -> list[Planned]:
    """A citizen took the case up again ("ist noch da"): the unit has to know, and whoever was told that it is settled.

    The reporter who said it themselves knows.
    """
    case, entry = happening.case, happening.entry
    if entry is None or "to" not in entry.data:
        return []
    reporter, unit = recipients.reporter(case), recipients.unit_or_town_hall(case)
    told = [reporter] if reporter is not None and not entry.for_reporter else []
    if kind_of(case).is_public(case):
        told += recipients.followers(case, besides=reporter)
    mails = [mail(happening, Purpose.REOPENED, unit, plans_desk.inside)] if unit is not None else []
    return mails + [mail(happening, Purpose.MOVED, to, story) for to in told]


PLANNERS: dict[str, Callable[[Happening], list[Planned]]] = {
    f"case.{Deed.SUBMITTED}": _submitted,
    f"case.{Deed.MOVED}": plans_desk.also_watchers(_moved),
    f"case.{Deed.TEXT_RELEASED}": plans_release.released,
    f"case.{Deed.UPDATE}": plans_desk.also_watchers(_update),
    f"case.{Deed.QUESTION}": plans_desk.also_watchers(_question),
    f"case.{Deed.MESSAGE}": plans_desk.also_watchers(_message),
    f"case.{Deed.ANSWER}": plans_desk.also_watchers(),
    f"case.{Deed.ASSIGNED}": plans_desk.assigned,
    f"case.{Deed.CATEGORY_CHANGED}": plans_desk.rerouted,
    f"case.{Deed.PLACE_CHANGED}": plans_desk.rerouted,
    f"case.{Deed.HANDED_BACK}": plans_desk.handed_back,
    f"case.{Deed.REMINDED}": plans_desk.reminded,
    f"case.{Deed.ESCALATED}": plans_desk.escalated,
    f"case.{Deed.GOAL_REACHED}": plans_desk.goal_reached(_update),
    f"case.{Deed.FEEDBACK}": plans_desk.also_watchers(_feedback),
    f"case.{Deed.MERGED}": plans_together.merged,
    f"case.{Deed.UNMERGED}": plans_together.unmerged,
    f"case.{Deed.HANDED_OVER}": plans_together.handed_over,
    f"case.{Deed.FORWARDED}": plans_together.forwarded,
    f"case.{Deed.FORWARD_ANSWERED}": plans_together.forward_answered,
    f"case.{Deed.FORWARD_ENDED}": plans_together.forward_ended,
    INTEREST_ASKED: _interest,
    CONFIRMATION_ASKED: _confirmation,
}
