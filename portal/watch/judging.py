"""What is wrong, judged from the facts: the one place that decides, for the page, alerts, metrics and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import Mailbox
from portal.watch import beats
from portal.watch.facts import Disk, Facts
from portal.watch.policy import SCARCE, STUCK_AFTER, Level, Process

GIGABYTE = 10**9


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in the language of the moment."""

    key: str
    """The same for the same trouble: "queue", "disk.DATA_DIR" …"""
    level: Level
    title: str
    text: str
    """What was found, without personal data."""
    advice: str = ""
    """What to do about it; "" where nothing is to be done."""
    alert: bool = True
    """Whether it is worth a mail to the operator when it is not ok."""

    @property
    def is_ok(self) -> bool:
        """Whether there is nothing to do."""
        return self.level is Level.OK


def judge(facts: Facts) -> list[Finding]:
    """Everything that is looked at all the time, good or bad, in the order of a page."""
    return [
        _process(facts, Process.SCHEDULER),
        _process(facts, Process.WORKER),
        _queue(facts),
        _relay(facts),
        *(_mailbox(facts, row) for row in facts.mailboxes),
        _given_up(facts),
        _parked(facts),
        _backup(facts),
        *(_disk(disk) for disk in facts.disks),
    ]


def minutes(seconds: float) -> str:
    """ "3 minutes", "5 hours", "4 days" in words."""
    if seconds < 2 * 3600:
        count = int(seconds // 60)
        return ngettext("%(n)d minute", "%(n)d minutes", count) % {"n": count}
    if seconds < 2 * 86400:
        count = int(seconds // 3600)
        return ngettext("%(n)d hour", "%(n)d hours", count) % {"n": count}
    count = int(seconds // 86400)
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def moment(at: datetime) -> str:
    """Date and time of Berlin, short."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def is_silent(facts: Facts, process: Process) -> bool:
    """Whether a process gave no sign of life for longer than the settings bear."""
    return beats.is_silent(facts.beats.get(process), facts.at)


def _process(facts: Facts, process: Process) -> Finding:
    names = {Process.SCHEDULER: _("Scheduler"), Process.WORKER: _("Worker")}
    silence = facts.silence(process)
    level, advice = Level.OK, ""
    if silence is None:
        text = _("has never shown itself")
    else:
        text = _("last sign of life %(time)s ago") % {"time": minutes(silence)} if silence >= 60 else _("is alive")
    if is_silent(facts, process):
        level = Level.FAILURE
        advice = _(
            "Start it (script/server, or the service of this name) and look into its log."
            " Does Redis run, where it is used?"
        )
        if process is Process.WORKER and is_silent(facts, Process.SCHEDULER):
            # A worker without a scheduler has hardly anything to do, so its silence says nothing about it.
            level, advice = Level.WARNING, _("Start the scheduler first: without it the worker has nothing to do.")
    return Finding(process.value, level, names[process], text, advice)


def _queue(facts: Facts) -> Finding:
    waiting = sum(one.due for one in facts.queues)
    if facts.late <= settings.ALERT_QUEUE_MINUTES * 60:
        text = ngettext("%(n)d job is due", "%(n)d jobs are due", waiting) % {"n": waiting}
        return Finding("queue", Level.OK, _("Queue"), text)
    worst = max(facts.queues, key=lambda one: one.late)
    text = _("The oldest job has been due for %(time)s: %(what)s. %(n)d jobs are due in all.") % {
        "time": minutes(facts.late),
        "what": f"{worst.table} {worst.kind}".strip(),
        "n": waiting,
    }
    advice = _("Is the worker alive, and does its log name errors? manage.py outbox_drain does by hand what is due.")
    return Finding("queue", Level.FAILURE, _("Queue"), text, advice)


def is_relay_down(facts: Facts) -> bool:
    """Whether mails fail and none has gone out for so long that the relay is to blame."""
    return facts.mails.none_gets_through and facts.mails.failing_for > STUCK_AFTER.total_seconds()


def _relay(facts: Facts) -> Finding:
    mails, title = facts.mails, _("Outgoing mail")
    if is_relay_down(facts):
        text = ngettext(
            "No mail has gone out for %(time)s; %(n)d mail fails.",
            "No mail has gone out for %(time)s; %(n)d mails fail.",
            mails.failing,
        ) % {"time": minutes(mails.failing_for), "n": mails.failing}
        return Finding("mail", Level.FAILURE, title, text, _("Look at the relay: manage.py doctor asks it."))
    if mails.failing:
        text = ngettext(
            "%(n)d mail could not be sent yet and is tried again.",
            "%(n)d mails could not be sent yet and are tried again.",
            mails.failing,
        ) % {"n": mails.failing}
        return Finding("mail", Level.OK, title, text)
    return Finding("mail", Level.OK, title, _("Mails go out."))


def _mailbox(facts: Facts, row: Mailbox) -> Finding:
    """A mailbox that is set up and cannot be fetched; those that can are not worth a line."""
    title = _("Mailbox of %(town)s") % {"town": row.municipality.title}
    silence = (facts.at - row.failing_since).total_seconds() if row.failing_since else 0.0
    text = _("not read for %(time)s: %(why)s") % {"time": minutes(silence), "why": row.error}
    advice = _(
        "See the set-up of the municipality, “Reports by mail”: it tries at once. The mails wait there meanwhile."
    )
    return Finding(f"mailbox.{row.municipality.slug}", Level.FAILURE, title, text, advice)


def _given_up(facts: Facts) -> Finding:
    count, title = facts.mails.given_up, _("Mails given up")
    if not count:
        return Finding("mails_given_up", Level.OK, title, _("none"))
    text = ngettext("%(n)d mail was given up.", "%(n)d mails were given up.", count) % {"n": count}
    advice = _("See why on the operations page; send them again there, or take them off the list.")
    return Finding("mails_given_up", Level.WARNING, title, text, advice)


def _parked(facts: Facts) -> Finding:
    parked = {one.kind: one.parked for one in facts.queues if one.parked}
    count = sum(parked.values()) - facts.mails.given_up - facts.mails.bounced
    title = _("Jobs given up")
    if count <= 0:
        return Finding("jobs_given_up", Level.OK, title, _("none"))
    text = ngettext("%(n)d job was given up.", "%(n)d jobs were given up.", count) % {"n": count}
    advice = _("The log names the error (item_parked). Mend the cause, then try them again on the operations page.")
    return Finding("jobs_given_up", Level.WARNING, title, text, advice)


def _backup(facts: Facts) -> Finding:
    status, title = facts.backup, _("Backup")
    if not status.on:
        advice = _("Set BACKUP_DIR for a backup every night.")
        return Finding("backup", Level.WARNING, title, _("none is made by itself"), advice, alert=False)
    made = _("The last good one is of %(at)s.") % {"at": moment(status.made_at)} if status.made_at else ""
    if status.error:
        text = _("The last try failed: %(why)s") % {"why": status.error}
        advice = _("It is tried again every hour. Is there room in BACKUP_DIR, and is the passphrase there?")
        return Finding("backup", Level.FAILURE, title, f"{text} {made}".strip(), advice)
    if status.made_at is None:
        advice = _("The first one is made after two o'clock in the night, while worker and scheduler run.")
        return Finding("backup", Level.WARNING, title, _("none was made yet"), advice, alert=False)
    if status.late(facts.at):
        text = _("None was made for %(time)s.") % {"time": minutes((facts.at - status.made_at).total_seconds())}
        advice = _("Do worker and scheduler run at night? manage.py backup FILE makes one by hand.")
        return Finding("backup", Level.FAILURE, title, f"{text} {made}", advice)
    return Finding("backup", Level.OK, title, f"{made} {_('It was read back and is whole.')}")


def _disk(disk: Disk) -> Finding:
    wanted = settings.ALERT_DISK_GB * GIGABYTE
    text = _("%(free)s of %(total)s free") % {"free": size(disk.free), "total": size(disk.total)}
    level = Level.FAILURE if disk.free < wanted / SCARCE else Level.WARNING if disk.free < wanted else Level.OK
    advice = ""
    if level is not Level.OK:
        advice = _("Make room or enlarge the disk; when it is full nothing more is taken in.")
    return Finding(f"disk.{disk.name}", level, _("Disk of %(folder)s") % {"folder": disk.name}, text, advice)


def size(count: int) -> str:
    """ "12,4 GB", "870 MB" in the language of the moment."""
    for unit, name in ((GIGABYTE, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= unit:
            value = count / unit
            return f"{_number(value)} {name}"
    return f"{count} B"


def _number(value: float) -> str:
    return number_format(value, 1 if value < 100 else 0)
