"""What a planned mail is, and the facts that several mails share: the base of `notifications.plans`.

Facts are collected in the language of the recipient, and only what this recipient may see: nothing unreleased reaches a
follower, no contact data reaches anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import translation

from cases.kinds import kind_of
from cases.models import Case, Entry, Follow, Stage, Support
from cases.policy import FEEDBACK_DAYS, Actor, Deed, taken_up_again
from geo.localized import localized
from geo.models import Municipality
from notifications import recipients
from notifications.policy import STAFF, Purpose, Role
from notifications.recipients import Recipient
from reports.models import Photo
from reports.showing import picture


@dataclass(frozen=True)
class Happening:
    """What happened to a case, or would happen."""

    name: str
    """Name of the event, such as "case.moved"."""
    case: Case
    at: datetime
    entry: Entry | None = None
    follow: Follow | None = None
    support: Support | None = None


@dataclass(frozen=True)
class Planned:
    """One mail: which one, to whom, and what its templates may say."""

    purpose: Purpose
    to: Recipient
    municipality: Municipality | None
    at: datetime
    case: Case | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    urgent: bool = False


Facts = Callable[[Happening, Recipient], dict[str, Any]]


def mail(happening: Happening, purpose: Purpose, to: Recipient, facts: Facts, *, urgent: bool = False) -> Planned:
    """One mail with its facts, in the language of who gets it."""
    case = happening.case
    with translation.override(to.language):
        collected = {**general(case, to), **facts(happening, to)}
    return Planned(purpose, to, case.municipality, happening.at, case, collected, urgent)


def general(case: Case, to: Recipient) -> dict[str, Any]:
    """What every mail about a case may say."""
    kind, base = kind_of(case), case.municipality.base_url()
    if to.role in STAFF:
        page = reverse("desk_case", args=[case.pk])
    else:
        page = kind.own_path(case) if to.role is Role.REPORTER else kind.public_path(case)
    return {
        **kind.mail_context(case),
        "number": case.number,
        "title": kind.title(case),
        "mine": to.role is Role.REPORTER,
        "page_url": base + page,
    }


def nothing(happening: Happening, to: Recipient) -> dict[str, Any]:
    """No further facts."""
    return {}


def news(happening: Happening, purpose: Purpose, facts: Facts) -> list[Planned]:
    """To the reporter what is meant for them; to followers what everybody can read on the public page."""
    case, entry = happening.case, happening.entry
    if entry is None:
        return []
    mails = []
    reporter = recipients.reporter(case)
    if reporter is not None and entry.for_reporter and entry.actor != Actor.CITIZEN:
        mails.append(mail(happening, purpose, reporter, facts))
    if entry.public and kind_of(case).is_public(case):
        mails += [
            mail(happening, purpose, follower, facts) for follower in recipients.followers(case, besides=reporter)
        ]
    return mails


def words(happening: Happening, to: Recipient) -> dict[str, Any]:
    """The words of the entry: for mails to whom they are meant for alone."""
    return {"text": happening.entry.text if happening.entry else ""}


def story(happening: Happening, to: Recipient) -> dict[str, Any]:
    """Label, words and released pictures of a public entry; the date until which one may object.

    A citizen who takes a case up again writes to the town hall: of that the others learn only that it happened.
    """
    case, entry = happening.case, happening.entry
    assert entry is not None
    stage = Stage.objects.filter(pk=entry.data.get("stage")).first()
    base, kind = case.municipality.base_url(), kind_of(case)
    feedback = kind.feedback_path(case, to.role is Role.REPORTER)
    return {
        "text": entry.text if entry.public else "",
        "again": taken_up_again(entry.data.get("from"), entry.data.get("to")),
        "hinted": entry.deed == Deed.FEEDBACK.value,
        "label": localized(entry.data.get("label")) or _state_name(entry.data.get("to")),
        "stage_text": localized(stage.mail_text or stage.public_text) if stage else "",
        "expected_on": case.expected_on,
        "pictures": [base + path for path in _pictures(case, entry)],
        "answer_until": entry.at + timedelta(days=FEEDBACK_DAYS),
        "feedback_url": base + feedback if feedback else "",
    }


def _state_name(state: str | None) -> str:
    return str(dict(Case._meta.get_field("state").flatchoices).get(state, "")) if state else ""


def _pictures(case: Case, entry: Entry) -> list[str]:
    """Paths of what was released with the entry; of a case that is not public, nothing."""
    if entry.pk is None or not kind_of(case).is_public(case):
        return []
    photos = Photo.objects.filter(file__entry=entry, released=True).select_related("file")
    return [picture(photo).medium_jpeg for photo in photos]
