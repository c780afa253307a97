"""The pages of a deed for many cases: what is filled in, what would come of it, how far it is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from cases.errors import Denied, Invalid, Refused
from moderation import deeds
from moderation.access import staff, staff_only
from moderation.bulk import services as verbs
from moderation.bulk.forms import BulkForm
from moderation.bulk.policy import BY_NAME
from moderation.case.mails import shown_mail, whom
from moderation.case.page import case_for
from moderation.models import Bulk, Outcome
from moderation.tasks import drain_bulks
from notifications.policy import Role
from reports.privacy import findings

LINES = 50
"""So many cases of each kind are listed by name; the others are counted."""


@require_POST
@staff_only
def choose(request: HttpRequest) -> HttpResponse:
    """Take over what was marked in the list, then ask what is to be filled in."""
    user, query = staff(request), request.POST.get("ansicht", "")[:1500]
    try:
        bulk = verbs.choose(
            user=user,
            deed=request.POST.get("tun", ""),
            marked=request.POST.getlist("vorgang"),
            everything=request.POST.get("alle") == "1",
            query=query,
            at=timezone.now(),
        )
    except KeyError:
        raise Http404
    except Invalid as refused:
        messages.error(request, _words(refused))
        return redirect(f"{reverse('desk')}?{query}")
    return redirect("desk_bulk_fill" if BY_NAME[bulk.deed].fields else "desk_bulk_look", bulk.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """What holds for all of the cases."""
    user = staff(request)
    bulk = _bulk(user, pk)
    if bulk.started_at is not None:
        return redirect("desk_bulk_progress", bulk.pk)
    case = _first(user, bulk)
    form = BulkForm(request.POST or None, bulk=bulk, case=case)
    if "insert" in request.POST:
        form.insert()
        form.errors.clear()
    elif form.is_bound and form.is_valid():
        bulk.data = form.entered
        bulk.save(update_fields=["data"])
        return redirect("desk_bulk_look", bulk.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "moderation/bulk_fill.html", _context(bulk) | {"form": form, "case": case}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """What would become of each case and which mails would go out; from here it is started."""
    user = staff(request)
    bulk = _bulk(user, pk)
    if bulk.started_at is not None:
        return redirect("desk_bulk_progress", bulk.pk)
    if request.method == "POST":
        with_ = {int(one) for one in request.POST.getlist("vorgang") if one.isdecimal() and len(one) < 18}
        without = {case for case, _version in bulk.chosen} - with_
        try:
            verbs.start(bulk=bulk, user=user, without=without, at=timezone.now(), task=drain_bulks)
        except Invalid as refused:
            messages.error(request, _words(refused))
            return redirect("desk_bulk_look", bulk.pk)
        return redirect("desk_bulk_progress", bulk.pk)
    return render(request, "moderation/bulk_look.html", _context(bulk) | _looked(bulk, user))


def _looked(bulk: Bulk, user: User) -> dict[str, Any]:
    looked = verbs.look(bulk, user, at=timezone.now())
    good = [one for one in looked if one.problem is None]
    mails: Counter[Role] = Counter()
    for one in good:
        mails.update(one.mails)
    release = bulk.deed == "freigeben"
    return {
        "good": [
            {
                "case": one.case,
                "words": one.words,
                "findings": findings(one.words) if release else [],
                "mails": [shown_mail(mail) for mail in one.previews],
            }
            for one in good
        ],
        "refused": [one for one in looked if one.problem is not None],
        "gone": len(bulk.chosen) - len(looked),
        "mails": [whom(role, count) for role, count in mails.items() if role is not Role.REPORTER],
        "reporters": mails.get(Role.REPORTER, 0),
        "release": release,
        "texts": deeds.BY_NAME[bulk.deed].readers,
    }


@require_safe
@staff_only
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and what was not done and why. Without a script the page is loaded again by hand."""
    user = staff(request)
    bulk = _bulk(user, pk)
    if bulk.started_at is None:
        return redirect("desk_bulk_look", bulk.pk)
    waiting = Q(done_at=None, failed_at=None)
    numbers = bulk.items.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=waiting),
        broken=Count("pk", filter=Q(done_at=None, failed_at__isnull=False)),
        done=Count("pk", filter=Q(outcome=Outcome.DONE.value)),
    )
    left = bulk.items.exclude(outcome=Outcome.DONE.value).exclude(waiting).select_related("case__topic")
    context = _context(bulk) | {
        "numbers": numbers,
        "ready": numbers["total"] - numbers["waiting"],
        "finished": not numbers["waiting"],
        "left": left.order_by("pk")[:LINES],
        "left_more": max(0, left.count() - LINES),
        "undoable": verbs.undoable(bulk) if not numbers["waiting"] else [],
        "undone_by": Bulk.objects.filter(undoes=bulk).first(),
    }
    return render(request, "moderation/bulk_progress.html", context)


@require_POST
@staff_only
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Set back what can be set back."""
    user = staff(request)
    bulk = _bulk(user, pk)
    try:
        back = verbs.undo(bulk=bulk, user=user, at=timezone.now(), task=drain_bulks)
    except Invalid as refused:
        messages.error(request, _words(refused))
        return redirect("desk_bulk_progress", bulk.pk)
    return redirect("desk_bulk_progress", back.pk)


def _bulk(user: User, pk: int) -> Bulk:
    """A bulk of one's own: those of others do not exist."""
    return get_object_or_404(Bulk.objects.select_related("undoes"), pk=pk, owner=user)


def _first(user: User, bulk: Bulk) -> Any:
    for pk, _version in bulk.chosen:
        try:
            return case_for(user, pk)
        except Http404:
            continue
    raise Http404


def _context(bulk: Bulk) -> dict[str, Any]:
    return {
        "bulk": bulk,
        "known": BY_NAME[bulk.deed],
        "deed": deeds.BY_NAME[bulk.deed],
        "chosen": len(bulk.chosen),
        "list_url": reverse("desk") + (f"?{bulk.query}" if bulk.query else ""),
    }


def _words(refused: Refused) -> str:
    if isinstance(refused, Invalid):
        return " ".join(str(words) for found in refused.errors.values() for words in found)
    return _("You do not have the right to do this.") if isinstance(refused, Denied) else str(refused)
