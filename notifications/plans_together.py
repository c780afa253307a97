"""Mails about cases that were merged, forwarded, split or handed over: a part of `notifications.plans`."""

from __future__ import annotations

from typing import Any

from cases.kinds import kind_of
from cases.models import Case, Merge
from notifications import recipients
from notifications.planning import Happening, Planned, mail, news, story
from notifications.policy import Purpose
from notifications.recipients import Recipient


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
