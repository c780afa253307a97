"""Mails about what becomes public: a part of `notifications.plans`."""

from __future__ import annotations

from typing import Any

from cases.policy import Actor
from notifications import recipients
from notifications.planning import Happening, Planned, mail
from notifications.policy import Purpose
from notifications.recipients import Recipient
from reports.models import Report


def released(happening: Happening) -> list[Planned]:
    """To the reporter whose words were changed for the public; a release as they stand is no mail."""
    case, entry = happening.case, happening.entry
    if entry is None or not entry.data.get("reworded") or entry.actor == Actor.CITIZEN:
        return []
    reporter = recipients.reporter(case)
    return [mail(happening, Purpose.REWORDED, reporter, _wording)] if reporter is not None else []


def _wording(happening: Happening, to: Recipient) -> dict[str, Any]:
    """The reason, and the words as everybody reads them."""
    report = Report.objects.filter(case=happening.case, text_released=True).first()
    assert happening.entry is not None
    return {"reason": happening.entry.text, "text": report.public_text if report is not None else ""}
