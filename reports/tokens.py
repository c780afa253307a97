"""Links out of mails: confirm, unsubscribe. A GET shows a page with one button, for link scanners follow GETs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases import following, services
from cases.models import Case, Contact, Follow, Support
from reports.asking import gone, private
from reports.showing import PublicReport, public_report, readable

METHODS = ["GET", "HEAD", "POST"]


def _public(case: Case | None) -> PublicReport | None:
    """What everybody may know of the report a link is about; None when it is not public (any more)."""
    shown = readable().filter(pk=case.pk).first() if case is not None else None
    return public_report(shown) if shown is not None else None


@private
@require_http_methods(METHODS)
def confirm_contact(request: HttpRequest, token: str) -> HttpResponse:
    """The reporter's address. Confirming again is the same."""
    contact = Contact.objects.filter(token=token).select_related("case").first()
    if contact is None or not hasattr(contact, "case"):
        return gone(request)
    done = contact.confirmed_at is not None
    if request.method == "POST":
        services.confirm_contact(contact=contact)
        done = True
    return render(request, "reports/confirm_contact.html", {"case": contact.case, "done": done})


@private
@require_http_methods(METHODS)
def confirm_interest(request: HttpRequest, token: str) -> HttpResponse:
    """Support and following of somebody else."""
    follow = Follow.objects.filter(token=token).select_related("case").first()
    support = Support.objects.filter(token=token).select_related("case").first()
    row = follow or support
    if row is None:
        return gone(request)
    done = row.confirmed_at is not None
    if request.method == "POST":
        following.confirm(token=token, at=timezone.now())
        done = True
    context = {"report": _public(row.case), "done": done, "follow": follow is not None}
    return render(request, "reports/confirm_interest.html", context)


@csrf_exempt
@private
@require_http_methods(METHODS)
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """Stop following: one click of the mail program (RFC 8058) or the button. Again is the same, so never an error."""
    if request.method == "POST":
        case = following.unfollow(token=token)
        return render(request, "reports/unsubscribe.html", {"report": _public(case), "done": True})
    follow = Follow.objects.filter(token=token).select_related("case").first()
    if follow is None:
        return gone(request)
    return render(request, "reports/unsubscribe.html", {"report": _public(follow.case), "done": False})


@csrf_exempt
@private
@require_http_methods(METHODS)
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """The reporter wants no more mails; the own page stays. Again is the same."""
    contact = Contact.objects.filter(token=token).first()
    if contact is None:
        return gone(request)
    if request.method == "POST":
        services.stop_mails(contact=contact, at=timezone.now())
    done = contact.mails_stopped_at is not None
    return render(request, "reports/unsubscribe.html", {"report": None, "done": done, "own": True})
