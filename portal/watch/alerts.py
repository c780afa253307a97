"""Mails to the operator when something is wrong: once when it begins, again every six hours, and once when it is over.

What was told stands in `Trouble`, so neither a restart nor a second watcher repeats it. A mail goes the way of all
mails while that works, and straight to the relay when the queue itself is what hangs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo.models import Municipality
from net import smtp
from net.guard import NetError
from notifications.models import new_message_id
from notifications.plans import Planned
from notifications.policy import Purpose, Role
from notifications.recipients import Recipient
from notifications.rendering import render
from notifications.services import write
from notifications.tasks import drain_deliveries
from outbox.bell import ring_after_commit
from portal.models import Trouble
from portal.watch.facts import Facts, gather
from portal.watch.judging import Finding, is_relay_down, is_silent, judge, moment
from portal.watch.policy import KEEP_TROUBLES, RANK, STEADY, TELL_AGAIN, TRY_AGAIN, Level, Process

log = structlog.get_logger("anliegen.watch")


def watch(*, at: datetime) -> int:
    """Look at everything, note what began and what is over, and tell the operator; returns how many mails were made."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = gather(at=at)
        found = [finding for finding in judge(facts) if finding.alert and not finding.is_ok]
        with transaction.atomic():
            _note(found, at)
        return tell(facts, found, at=at)


def _note(found: Sequence[Finding], at: datetime) -> None:
    """Bring the table up to what was found."""
    known = {row.key: row for row in Trouble.objects.select_for_update()}
    for finding in found:
        row = known.pop(finding.key, None) or Trouble(key=finding.key, since=at)
        if row.over_at is not None and at - row.over_at >= STEADY:
            row.since = at
        if row.pk is None or row.over_at is not None:
            log.error("trouble", key=finding.key, severity=finding.level.value, text=finding.text)
        row.over_at, row.level = None, finding.level.value
        row.title, row.text = finding.title, finding.text
        row.save()
    for row in known.values():
        if row.over_at is None:
            row.over_at = at
            row.save(update_fields=["over_at"])
            log.info("trouble_over", key=row.key)
    Trouble.objects.filter(over_at__lt=at - KEEP_TROUBLES).delete()


def tell(facts: Facts, found: Sequence[Finding], *, at: datetime) -> int:
    """Write to the operator about what is new, lasts or is over; returns how many mails were made."""
    if not settings.OPERATOR_EMAIL:
        return 0
    fresh = [row for row in Trouble.objects.filter(over_at=None).order_by("since", "pk") if _is_news(row, at)]
    mended = list(
        Trouble.objects.filter(over_at__lte=at - STEADY, told_at__gte=F("since"))
        .filter(Q(mended_told_at=None) | Q(mended_told_at__lt=F("told_at")))
        .order_by("pk")
    )
    fresh, mended = _claimed(fresh, at), _claimed(mended, at)
    if not fresh and not mended:
        return 0
    subject, text = _words(fresh, mended, {finding.key: finding.advice for finding in found})
    if not _send(subject, text, direct=_hangs(facts), at=at):
        return 0
    for row in fresh:
        Trouble.objects.filter(pk=row.pk).update(told_at=at, told_level=row.level, tried_at=None)
    Trouble.objects.filter(pk__in=[row.pk for row in mended]).update(mended_told_at=at, tried_at=None)
    return len(settings.OPERATOR_EMAIL)


def _is_news(row: Trouble, at: datetime) -> bool:
    """Never told, told long ago, or worse than when it was told."""
    if row.told_at is None or row.told_at <= at - TELL_AGAIN:
        return True
    return row.told_at >= row.since and RANK[Level(row.level)] > RANK[Level(row.told_level)]


def _claimed(rows: list[Trouble], at: datetime) -> list[Trouble]:
    """Those that nobody else is telling of right now."""
    free = Q(tried_at=None) | Q(tried_at__lte=at - TRY_AGAIN)
    return [row for row in rows if Trouble.objects.filter(free, pk=row.pk).update(tried_at=at)]


def _hangs(facts: Facts) -> bool:
    """Whether a mail in the queue would wait with all the others."""
    return (
        is_silent(facts, Process.WORKER)
        or is_silent(facts, Process.SCHEDULER)
        or is_relay_down(facts)
        or facts.late > settings.ALERT_QUEUE_MINUTES * 60
    )


def _words(fresh: list[Trouble], mended: list[Trouble], advice: dict[str, str]) -> tuple[str, str]:
    """Subject and text of a mail; `advice` by key."""
    if fresh:
        titles = ", ".join(row.title for row in fresh)
        subject = ngettext("Trouble: %(what)s", "%(n)d troubles: %(what)s", len(fresh)) % {
            "n": len(fresh),
            "what": titles,
        }
    else:
        subject = _("Mended: %(what)s") % {"what": ", ".join(row.title for row in mended)}
    parts = []
    for row in fresh:
        lines = [f"{row.title}: {row.text}", advice.get(row.key, ""), _("Since %(at)s.") % {"at": moment(row.since)}]
        parts.append("\n".join(line for line in lines if line))
    for row in mended:
        over = row.over_at or row.since
        span = {"what": row.title, "since": moment(row.since), "until": moment(over)}
        parts.append(_("Mended: %(what)s (%(since)s to %(until)s)") % span)
    if home := Municipality.objects.default():
        parts.append(_("Everything at a glance: %(url)s") % {"url": home.base_url() + reverse("operations")})
    if fresh:
        parts.append(_("The same trouble is told once in six hours while it lasts, and once when it is over."))
    return subject, "\n\n".join(parts)


def _send(subject: str, text: str, *, direct: bool, at: datetime) -> bool:
    """Hand the mail over; False where the relay does not take it, so that it is tried again."""
    planned = [
        Planned(
            Purpose.OPERATION,
            Recipient(Role.OPERATOR, address.lower(), settings.LANGUAGE_CODE, number),
            None,
            at,
            facts={"headline": subject, "text": text},
            urgent=True,
        )
        for number, address in enumerate(settings.OPERATOR_EMAIL, start=1)
    ]
    if not direct:
        write(planned=planned, event=None)
        ring_after_commit(drain_deliveries)
        return True
    taken = [_send_directly(mail, at) for mail in planned]
    return any(taken)


def _send_directly(planned: Planned, at: datetime) -> bool:
    rendered = render(planned)
    message = EmailMessage()
    for name, value in rendered.headers.items():
        message[name] = value
    message["To"], message["Subject"], message["Date"] = planned.to.address, rendered.subject, at
    message["Message-ID"] = new_message_id(rendered.sender.rpartition("@")[2])
    message.set_content(rendered.text, cte="quoted-printable")
    try:
        smtp.send(
            message,
            envelope_from=rendered.sender,
            recipients=[planned.to.address],
            relay_url=str(settings.RELAY_URL),
        )
    except NetError as error:
        log.error("alert_not_sent", reason=error.log_text)
        return False
    log.info("alert_sent_directly")
    return True
