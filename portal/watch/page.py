"""`/verwaltung/betrieb/`: how the platform is, and what somebody can do about what hangs.

The administrator of the platform sees everything. A municipality's administrator sees the mails of their own
municipality that did not go out, and nothing else.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import django
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policy import Permission
from accounts.services import may
from notifications.failures import failures, give_up, masked, resend
from notifications.models import Delivery
from outbox import leases
from outbox.bell import ring
from outbox.registry import TABLES
from outbox.work import Queue, parked, parked_rows
from portal.backup import nightly
from portal.backup.release import commit, version
from portal.models import Trouble
from portal.watch import slow
from portal.watch.facts import MAILS, gather
from portal.watch.judging import judge, minutes, size
from portal.watch.metrics import database_size
from portal.watch.policy import Level

SHOWN = 50
View = Callable[[HttpRequest, int | None], HttpResponse]


def operators_only(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """The view gets the id of the only municipality whose mails may be seen, None for the platform's administrator.

    Anonymous people log in first, everybody else gets the 403 page. Never cached.
    """

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        here: int = request.municipality.pk  # type: ignore[attr-defined]
        if user.is_superuser and user.is_active:
            response = view(request, None)
        elif may(user, Permission.ADMINISTER, municipality_id=here):
            response = view(request, here)
        else:
            raise PermissionDenied
        response["Cache-Control"] = "private, no-store"
        return response

    return checked


@require_safe
@operators_only
def show(request: HttpRequest, only: int | None) -> HttpResponse:
    """Everything at a glance, or the failed mails of one municipality."""
    context = _mails(only)
    if only is None:
        context |= _house(timezone.now())
    return render(request, "portal/operations.html", context)


def _mails(only: int | None) -> dict[str, Any]:
    rows = failures(municipality_id=only).select_related("case", "municipality")
    rows = rows.defer("text", "html", "headers", "municipality__boundary")
    return {
        "whole": only is None,
        "mails": [_mail(row, desk=only is not None) for row in rows[:SHOWN]],
        "mail_count": rows.count(),
        "again_count": rows.filter(bounced=False).count(),
    }


def _mail(row: Delivery, *, desk: bool) -> dict[str, Any]:
    """`desk`: whoever looks may open the case."""
    waiting = row.failed_at is None
    return {
        "row": row,
        "address": masked(row.address),
        "number": row.case.number if row.case is not None else "",
        "case_url": reverse("desk_case", args=[row.case_id]) if desk and row.case_id else "",
        "state": _("tried again by itself") if waiting else _("address refused") if row.bounced else _("given up"),
        "again": not row.bounced,
        "next_at": row.due_at if waiting else None,
    }


def _house(now: datetime) -> dict[str, Any]:
    facts = gather(at=now)
    findings = judge(facts)
    spatial = ".".join(str(part) for part in connection.ops.spatial_version)  # type: ignore[attr-defined]
    database = ".".join(str(part) for part in connection.get_database_version())
    return {
        "findings": [{"finding": one, "look": LOOKS[one.level], "word": _words()[one.level]} for one in findings],
        "bad": sum(not one.is_ok for one in findings),
        "troubles": Trouble.objects.order_by("-since")[:10],
        "queues": [_queue(one) for one in facts.queues if one.waiting or one.parked],
        "jobs": parked(leave_out=MAILS),
        "backups": [{"kept": one, "size": size(one.size)} for one in nightly.kept()],
        "backup_on": facts.backup.on,
        "slow": slow.recent()[:20],
        "versions": [
            (_("Platform"), f"{version()} {commit()[:12]}".strip()),
            (_("Database"), f"{connection.display_name} {database}, {size(database_size())}"),
            ("PostGIS" if connection.vendor == "postgresql" else "SpatiaLite", spatial),
            ("Python", platform.python_version()),
            ("Django", django.get_version()),
        ],
    }


LOOKS = {Level.OK: "done", Level.WARNING: "working", Level.FAILURE: "received"}
"""The state colours of the design system that stand for how bad it is."""


def _words() -> dict[Level, str]:
    return {Level.OK: _("in order"), Level.WARNING: _("to look at"), Level.FAILURE: _("broken")}


def _queue(one: Queue) -> dict[str, Any]:
    names = {
        "outbox.Job": _("Follow-up work"),
        MAILS: _("Mails"),
        "subscriptions.Mailing": _("Mailings to subscribers"),
        "moderation.BulkItem": _("Deeds for many cases"),
    }
    return {
        "name": names.get(one.table, one.table),
        "queue": one,
        "late": minutes(one.late) if one.late >= 60 else "",
        "oldest": minutes(one.oldest) if one.oldest >= 60 else "",
    }


@require_POST
@operators_only
def mails(request: HttpRequest, only: int | None) -> HttpResponse:
    """Try failed mails again, or give them up: one (its id), or all that may be seen ("all")."""
    now, deed, which = timezone.now(), request.POST.get("deed"), request.POST.get("mail", "")
    ids = [int(which)] if which.isdecimal() and len(which) < 18 else []
    if which == "all":
        ids = list(failures(municipality_id=only).values_list("pk", flat=True))
    if deed == "resend":
        count = resend(ids=ids, at=now, municipality_id=only)
        text = ngettext("%(n)d mail is sent again now.", "%(n)d mails are sent again now.", count)
    else:
        count = give_up(ids=ids, at=now, municipality_id=only)
        text = ngettext("%(n)d mail is not sent any more.", "%(n)d mails are not sent any more.", count)
    messages.success(request, text % {"n": count}) if count else _nothing(request)
    return redirect("operations")


@require_POST
@operators_only
def jobs(request: HttpRequest, only: int | None) -> HttpResponse:
    """Try jobs that were given up again, or end them for ever; a group with the same reason at once."""
    table = TABLES.get(request.POST.get("table", ""))
    if only is not None or table is None:
        raise PermissionDenied
    group = {name: request.POST.get(name, "") for name in ("table", "kind", "error")}
    rows = parked_rows(**group)
    if request.POST.get("deed") == "retry":
        count = leases.retry(rows)
        ring(table.task)
        text = ngettext("%(n)d job is tried again now.", "%(n)d jobs are tried again now.", count)
    else:
        count = leases.give_up(rows)
        text = ngettext("%(n)d job is not tried any more.", "%(n)d jobs are not tried any more.", count)
    messages.success(request, text % {"n": count}) if count else _nothing(request)
    return redirect("operations")


def _nothing(request: HttpRequest) -> None:
    messages.info(request, _("There was nothing left to do."))
