"""Mails to people at work: units, colleagues who watch, the complaint management. A part of `notifications.plans`.

They say what it is about and where to go on, and no word of a citizen (but praise): a mailbox has many readers. Of a
confidential case not even the topic.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Absence, Unit
from accounts.policy import MailRhythm
from accounts.services import home_of
from cases.kinds import kind_of
from cases.models import Case
from cases.policy import ACTIVE, Actor, Deed
from notifications import recipients
from notifications.planning import Happening, Planned, mail
from notifications.policy import Purpose
from notifications.recipients import Recipient
from reports.praise import MARK

LISTED = 40
"""More cases than this a morning mail counts only."""
Planner = Callable[[Happening], list[Planned]]


def inside(happening: Happening, to: Recipient) -> dict[str, Any]:
    """What the mailbox of a unit may read: of a confidential case not even the topic."""
    case = happening.case
    return {"title": ""} if case.confidential else {"due_on": case.due_at}


# With whom it lies ---------------------------------------------------------------------------------------------------
def assigned(happening: Happening) -> list[Planned]:
    """To the unit a colleague hands the case to, unless it wants one mail in the morning; without a unit to the person.

    What comes in and is routed by the table fills the work list and the morning mail, not the mailbox.
    """
    case, entry = happening.case, happening.entry
    if entry is None or entry.actor != Actor.STAFF:
        return []
    if entry.data.get(MARK):
        person = case.assignee if case.assignee is not None and case.assignee.has_mailbox else None
        whom = recipients.colleague(person) if person is not None else recipients.unit(case)
        return [mail(happening, Purpose.PRAISE, whom, _praise)] if whom is not None else []
    if case.unit is None and case.assignee is not None and case.assignee_id != entry.user_id:
        to: Recipient | None = recipients.colleague(case.assignee) if case.assignee.has_mailbox else None
    elif entry.data.get("from") == entry.data.get("unit"):
        return []
    else:
        to = _at_once(case)
    return [mail(happening, Purpose.ASSIGNED, to, _narrow)] if to is not None else []


def _praise(happening: Happening, to: Recipient) -> dict[str, Any]:
    """The citizen's words, meant for those who read this; their name only if it may be public, no way to reach them."""
    case, contact = happening.case, happening.case.contact
    report = getattr(case, "report", None)
    return {
        "words": (report.text if report else "").strip(),
        "name": contact.name if contact is not None and contact.public_name else "",
        "said_on": case.submitted_at,
    }


def rerouted(happening: Happening) -> list[Planned]:
    """To the unit that has it after a change of category or place."""
    entry = happening.entry
    if entry is None or entry.actor != Actor.STAFF or entry.data.get("unit_before") == entry.data.get("unit"):
        return []
    to = _at_once(happening.case)
    return [mail(happening, Purpose.ASSIGNED, to, _narrow)] if to is not None else []


def handed_back(happening: Happening) -> list[Planned]:
    """To the unit above the team, or to the complaint management."""
    case = happening.case
    if case.unit is not None:
        to = _at_once(case)
        return [mail(happening, Purpose.ASSIGNED, to, _narrow)] if to is not None else []
    return [mail(happening, Purpose.DESK, one, _handed_back) for one in recipients.management(case)]


def _at_once(case: Case) -> Recipient | None:
    wanted = case.unit is not None and case.unit.mail_rhythm == MailRhythm.AT_ONCE.value
    return recipients.unit(case) if wanted else None


def _narrow(happening: Happening, to: Recipient) -> dict[str, Any]:
    """With the link to the page that works without training."""
    page = happening.case.municipality.base_url() + reverse("desk_narrow", args=[happening.case.pk])
    return {**inside(happening, to), "page_url": page}


def _handed_back(happening: Happening, to: Recipient) -> dict[str, Any]:
    number = happening.case.number
    return {
        **inside(happening, to),
        "subject_line": _("Handed back: %(number)s") % {"number": number},
        "intro": _("A unit has handed the case %(number)s back. The reason stands on the case; please hand it on.")
        % {"number": number},
    }


# Ideas ---------------------------------------------------------------------------------------------------------------
def goal_reached(planner: Planner) -> Planner:
    """To the public as an update, and to the unit that owes the answer."""

    def planned(happening: Happening) -> list[Planned]:
        unit = recipients.unit_or_town_hall(happening.case)
        mails = [mail(happening, Purpose.DESK, unit, _goal_reached)] if unit is not None else []
        return [*planner(happening), *mails]

    return planned


def _goal_reached(happening: Happening, to: Recipient) -> dict[str, Any]:
    number = happening.case.number
    return {
        **inside(happening, to),
        "subject_line": _("Enough supporters: %(number)s") % {"number": number},
        "intro": _("The idea %(number)s found the supporters it needed. Citizens now wait for an answer.")
        % {"number": number},
    }


# What lies too long --------------------------------------------------------------------------------------------------
def reminded(happening: Happening) -> list[Planned]:
    """To the unit, else to the complaint management; a unit with a morning mail reads it there."""
    case = happening.case
    if case.unit is None:
        return [mail(happening, Purpose.DESK, one, _reminded) for one in recipients.management(case)]
    to = _at_once(case)
    return [mail(happening, Purpose.DESK, to, _reminded)] if to is not None else []


def escalated(happening: Happening) -> list[Planned]:
    """To the complaint management."""
    return [mail(happening, Purpose.DESK, one, _escalated) for one in recipients.management(happening.case)]


def lying(subject: str) -> str:
    """What lies too long, as a sentence; the subjects of geo.policy.PATIENCE."""
    return {
        "accept": _("Nobody has accepted this case yet."),
        "answer": _("The citizen has had no first answer yet."),
        "release": _("The text or a photo waits for a release."),
        "reason": _("The case was closed without a reason that the citizen can read."),
        "question": _("The reporter has not answered our question."),
        "forward": _("The outside body has not answered."),
    }.get(subject, _("This case has been lying for some time."))


def _subject(happening: Happening) -> str:
    return str(happening.entry.data.get("subject", "")) if happening.entry is not None else ""


def _reminded(happening: Happening, to: Recipient) -> dict[str, Any]:
    return {
        **inside(happening, to),
        "subject_line": _("Reminder: %(number)s") % {"number": happening.case.number},
        "intro": lying(_subject(happening)),
    }


def _escalated(happening: Happening, to: Recipient) -> dict[str, Any]:
    case = happening.case
    return {
        **inside(happening, to),
        "subject_line": _("Still undone: %(number)s") % {"number": case.number},
        "intro": lying(_subject(happening)),
        "more": _("It lies with: %(unit)s. A reminder has not helped.") % {"unit": case.unit.name} if case.unit else "",
    }


# To colleagues who watch ---------------------------------------------------------------------------------------------
def watched(happening: Happening) -> list[Planned]:
    """To colleagues who watch the case and still may see it, not to the one who did it."""
    done_by = happening.entry.user_id if happening.entry is not None else None
    return [
        mail(happening, Purpose.DESK, one, _watched) for one in recipients.watchers(happening.case, besides=done_by)
    ]


def also_watchers(planner: Planner | None = None) -> Planner:
    """A planner whose mails are followed by those to the watchers."""

    def both(happening: Happening) -> list[Planned]:
        return (planner(happening) if planner is not None else []) + watched(happening)

    return both


def _watched(happening: Happening, to: Recipient) -> dict[str, Any]:
    entry, case = happening.entry, happening.case
    said = {
        Deed.UPDATE.value: _("A public update was written."),
        Deed.QUESTION.value: _("The reporter was asked something."),
        Deed.MESSAGE.value: _("Somebody wrote to the reporter."),
        Deed.ANSWER.value: _("The reporter has answered."),
        Deed.FEEDBACK.value: _("A citizen has said whether it is settled."),
    }
    deed = entry.deed if entry is not None else ""
    return {
        **inside(happening, to),
        "subject_line": _("News of %(number)s") % {"number": case.number},
        "intro": said.get(deed, "") or _("State: %(state)s") % {"state": case.state_label},
        "more": _("You get this mail because you watch the case."),
    }


# Once in the morning -------------------------------------------------------------------------------------------------
def digest(*, unit: Unit, since: datetime, until: datetime) -> Planned | None:
    """The morning mail of a unit: what came to it and is not accepted yet, and what it is reminded of; None for
    nothing."""
    to = recipients.of_unit(unit)
    if to is None:
        return None
    active = Case.objects.real().filter(unit=unit, state__in=[state.value for state in ACTIVE])
    new = active.filter(assigned_at__gt=since, assigned_at__lte=until, accepted_at=None)
    late = active.filter(
        entries__deed__in=[Deed.REMINDED.value, Deed.ESCALATED.value], entries__at__gt=since, entries__at__lte=until
    ).exclude(pk__in=new.values("pk"))
    rows = new.select_related("topic", "report", "municipality").defer("municipality__boundary")
    again = late.distinct().select_related("topic", "report", "municipality").defer("municipality__boundary")
    ordered = ("due_at", "pk")
    found, reminders = list(rows.order_by(*ordered)[: LISTED + 1]), list(again.order_by(*ordered)[: LISTED + 1])
    if not found and not reminders:
        return None
    facts = {
        "unit": unit.name,
        "new": [_line(case) for case in found[:LISTED]],
        "late": [_line(case) for case in reminders[:LISTED]],
        "more": len(found) > LISTED or len(reminders) > LISTED,
        "count": len(found[:LISTED]) + len(reminders[:LISTED]),
        "desk_url": unit.municipality.base_url() + reverse("desk") + "?liste=stelle",
    }
    return Planned(Purpose.DIGEST, to, unit.municipality, until, facts=facts)


def _line(case: Case) -> dict[str, Any]:
    report = getattr(case, "report", None)
    open_to_all = not case.confidential
    return {
        "number": case.number,
        "title": kind_of(case).title(case) if open_to_all else _("confidential"),
        "place": report.address if report is not None and open_to_all else "",
        "due_on": case.due_at,
        "url": case.municipality.base_url() + reverse("desk_narrow", args=[case.pk]),
    }


# To somebody who stands in -------------------------------------------------------------------------------------------
def standing_in(absence: Absence, at: datetime) -> Planned:
    """The mail to a deputy: for whom, and from when to when."""
    to, town = recipients.colleague(absence.deputy), home_of(absence.deputy)
    with translation.override(to.language):
        facts = {
            "subject_line": _("You stand in for %(name)s") % {"name": absence.user},
            "intro": _("From %(first)s to %(last)s the cases of %(name)s are on your desk as well.")
            % {
                "first": date_format(absence.from_on, "DATE_FORMAT"),
                "last": date_format(absence.until_on, "DATE_FORMAT"),
                "name": absence.user,
            },
            "button": _("To your desk"),
            "page_url": (town.base_url() if town is not None else "") + reverse("desk") + "?liste=meine",
        }
    return Planned(Purpose.DESK, to, town, at, facts=facts)
