"""Mails about cases that were merged, forwarded, split or handed over: a part of `notifications.plans`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cases.kinds import kind_of
from cases.models import Case, Forward, Merge
from cases.policy import Actor
from notifications import recipients
from notifications.planning import Happening, Planned, mail, news, story
from notifications.plans_desk import inside
from notifications.policy import Purpose
from notifications.recipients import Recipient
from reports.showing import place_of


def merged(happening: Happening) -> list[Planned]:
    """To the duplicate's reporter and to who followed it, once each; the original's people have no news."""
    case, entry = happening.case, happening.entry
    if entry is None or "original" not in entry.data:
        return []
    merge = Merge.objects.filter(pk=entry.data.get("merge")).select_related("original").first()
    if merge is None:
        return []
    reporter = recipients.reporter(case)
    mails = [mail(happening, Purpose.MERGED, reporter, _original)] if reporter is not None else []
    if not entry.public or not kind_of(case).is_public(case):
        return mails
    known = {reporter.address} if reporter is not None else set()
    known |= {one.address for one in [recipients.reporter(merge.original)] if one is not None}
    moved = [*merge.before.get("follows", [])]
    for follower in recipients.followers(merge.original, besides=reporter):
        if follower.id in moved and follower.address not in known:
            mails.append(mail(happening, Purpose.MERGED, follower, _original))
    return mails


def _original(happening: Happening, to: Recipient) -> dict[str, Any]:
    """Number of the original, and its page once it is public: from now on it is worked on there."""
    entry = happening.entry
    assert entry is not None
    original = Case.objects.select_related("municipality__parent__parent").get(pk=entry.data["original"])
    kind = kind_of(original)
    public = kind.is_public(original)
    page = original.municipality.base_url() + kind.public_path(original) if public else ""
    return {"text": entry.text, "original": original.number, "original_url": page}


def unmerged(happening: Happening) -> list[Planned]:
    """What was said to be a duplicate is worked on by itself again: told to who was told otherwise."""
    entry = happening.entry
    return news(happening, Purpose.MOVED, story) if entry is not None and "original" in entry.data else []


# Outside bodies ------------------------------------------------------------------------------------------------------
def forwarded(happening: Happening) -> list[Planned]:
    """The link to the outside body, at once, once more or as a reminder; the news to who reported or follows, once."""
    entry = happening.entry
    if entry is None:
        return []
    again = bool(entry.data.get("again") or entry.data.get("reminder"))
    mails = [] if again else news(happening, Purpose.MOVED, story)
    held = _forward(happening)
    if held is not None and held.ended_at is None:
        mails.append(mail(happening, Purpose.FORWARDED, recipients.outside(held), _link))
    return mails


def forward_answered(happening: Happening) -> list[Planned]:
    """To the unit that forwarded it, else the town hall: an outside body wrote, accepted or took a step."""
    unit = recipients.unit_or_town_hall(happening.case)
    return [mail(happening, Purpose.FORWARD_ANSWERED, unit, _answer)] if unit is not None else []


def forward_ended(happening: Happening) -> list[Planned]:
    """Handed back: to the unit. Taken back by staff: to the body whose link is dead, and what is public to all."""
    entry = happening.entry
    if entry is None:
        return []
    if entry.actor == Actor.OUTSIDE:
        return forward_answered(happening)
    mails = news(happening, Purpose.MOVED, story) if entry.public else []
    if (held := _forward(happening)) is not None:
        mails.append(mail(happening, Purpose.FORWARD_ENDED, recipients.outside(held), _body))
    return mails


def _forward(happening: Happening) -> Forward | None:
    entry = happening.entry
    pk = entry.data.get("forward") if entry is not None else None
    return Forward.objects.filter(pk=pk, case=happening.case).first() if pk else None


def _link(happening: Happening, to: Recipient) -> dict[str, Any]:
    """Words of the town hall, the place as the public may see it, and the key to their page."""
    held, case, entry = _forward(happening), happening.case, happening.entry
    assert held is not None
    assert entry is not None
    page = case.municipality.base_url() + reverse("forwarded", args=[held.token])
    return {
        "body": held.name,
        "words": held.text,
        "place": place_of(case),
        "reminder": bool(entry.data.get("reminder")),
        "expires_on": held.expires_at,
        "forward_url": page,
        "page_url": page,
        "title": "" if case.confidential else kind_of(case).title(case),
    }


def _body(happening: Happening, to: Recipient) -> dict[str, Any]:
    held = _forward(happening)
    return {"body": held.name if held is not None else "", "page_url": ""}


def _answer(happening: Happening, to: Recipient) -> dict[str, Any]:
    """Who did what; their words stand on the case."""
    entry = happening.entry
    data = entry.data if entry is not None else {}
    return {
        **inside(happening, to),
        "body": data.get("outside", ""),
        "accepted": bool(data.get("accepted")),
        "handed_back": bool(data.get("handed_back")),
    }


# Another municipality ------------------------------------------------------------------------------------------------
def handed_over(happening: Happening) -> list[Planned]:
    """To reporter and followers, who the controller is now; to the unit or town hall that has it from now on."""
    mails = news(happening, Purpose.HANDED_OVER, _towns)
    there = recipients.unit_or_town_hall(happening.case)
    return [*mails, mail(happening, Purpose.HANDED_OVER, there, _arrived)] if there is not None else mails


def _towns(happening: Happening, to: Recipient) -> dict[str, Any]:
    """Who had it, who has it, and where that one tells what it does with the data."""
    entry, town = happening.entry, happening.case.municipality
    data = entry.data if entry is not None else {}
    return {
        "before": data.get("town_before", ""),
        "now": data.get("town", ""),
        "privacy_url": town.base_url() + reverse("privacy"),
    }


def _arrived(happening: Happening, to: Recipient) -> dict[str, Any]:
    entry = happening.entry
    same = entry is None or bool(entry.data.get("same_category"))
    return {**inside(happening, to), **_towns(happening, to), "other_category": not same}
