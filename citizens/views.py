""" "Meine Meldungen": everything that belongs to an e-mail address, opened by a link, without an account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import following
from cases.following import email_hash
from cases.models import Case
from cases.reading import Unread, unread
from citizens import passkeys, services
from citizens.forms import AskForm
from citizens.models import Access
from citizens.policy import ASKS_PER_ADDRESS, ASKS_PER_MAIL, ROWS
from geo.localized import localized
from geo.proof.asking import refusal
from geo.proof.policy import Purpose
from geo.throttle import allowed
from reports.asking import SECRETS, here, private, too_often
from reports.search import shown
from subscriptions import services as subscription_services
from subscriptions.describing import rows_of

METHODS = ["GET", "HEAD", "POST"]
HOUR = 3600
_KEY = "citizen"
"""Session key of the access that this browser opened."""


def current(request: HttpRequest) -> Access | None:
    """What this browser may see; None when nothing was opened, or too long ago."""
    pk = request.session.get(_KEY) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if not isinstance(pk, int):
        return None
    return services.opened(access_id=pk, municipality=here(request), at=timezone.now())


def enter(request: HttpRequest, access: Access) -> None:
    """This browser may look from now on."""
    request.session.cycle_key()
    request.session[_KEY] = access.pk


def _close(request: HttpRequest) -> None:
    """Forget in this browser what was opened, with the pictures that its pages showed."""
    for key in (_KEY, SECRETS):
        request.session.pop(key, None)
    request.session.cycle_key()


# The link -------------------------------------------------------------------------------------------------------------
@private
@require_http_methods(METHODS)
def show(request: HttpRequest) -> HttpResponse:
    """The list; before that the form that asks for the address."""
    access = current(request)
    if request.method != "POST" and access is not None:
        return render(request, "citizens/mine.html", _listed(request, access))
    form = AskForm(request.POST) if request.method == "POST" else AskForm()
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return render(request, "citizens/asked.html", {"email": form.cleaned_data["email"]})
    context = {"form": form, "late": "zu-spaet" in request.GET, "closed": "abgemeldet" in request.GET}
    return render(request, "citizens/ask.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest, form: AskForm) -> bool:
    """The same for every address, known or not."""
    email = form.cleaned_data["email"]
    if words := refusal(request, Purpose.MINE):
        form.add_error(None, words)
        return False
    if _too_often(request, email):
        form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        return False
    services.ask(municipality=here(request), email=email, language=get_language() or "de", at=timezone.now())
    return True


def _too_often(request: HttpRequest, email: str) -> bool:
    if request.META.get("REMOTE_ADDR", "") in settings.TRUSTED_ADDRESSES:
        return False
    if too_often(request, "my-reports", limit=ASKS_PER_ADDRESS):
        return True
    return not allowed("my-reports-mail", email_hash(email), limit=ASKS_PER_MAIL, seconds=HOUR)


@private
@require_http_methods(METHODS)
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: a button, for link scanners follow GETs. It opens once, for the browser that pressed it."""
    access = services.find(token=token, municipality=here(request), at=timezone.now())
    if request.method == "POST" and access is not None and services.open_once(access=access, at=timezone.now()):
        enter(request, access)
        return redirect("my_reports")
    if access is None or request.method == "POST":
        if current(request) is not None:
            return redirect("my_reports")
        return render(request, "citizens/late.html", status=404)
    return render(request, "citizens/open.html", {"email": access.email})


# The page -------------------------------------------------------------------------------------------------------------
def _listed(request: HttpRequest, access: Access) -> dict[str, Any]:
    rows = list(
        services.reports(access)
        .select_related("topic", "stage", "report", "district", "contact", "municipality")
        .defer("municipality__boundary", "district__boundary")
        .order_by("-submitted_at", "-pk")
    )
    new = unread(rows)
    rows.sort(key=lambda case: (not new[case.pk].asked, not new[case.pk].news))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    subscriber = services.subscriber(access)
    return {
        "access": access,
        "page": page,
        "total": len(rows),
        "reports": [_row(case, new[case.pk], access) for case in page],
        "questions": sum(one.asked for one in new.values()),
        "others": _others(access),
        "subscriber": subscriber,
        "subscriptions": rows_of(subscriber) if subscriber is not None else [],
        "passkeys": passkeys.of(access),
        "refused": request.GET.get("fertig") == "passkey-nicht",
        "said": _said(request.GET.get("fertig", "")),
    }


def _others(access: Access) -> list[dict[str, Any]]:
    """Reports that this address follows or supports, once each; of those that are not public only the number."""
    found: dict[int, dict[str, Any]] = {}
    for follow in services.follows(access).select_related("case").order_by("-pk"):
        found.setdefault(follow.case_id, {"case": follow.case})["follow"] = follow
    for support in services.supports(access).select_related("case").order_by("-pk"):
        found.setdefault(support.case_id, {"case": support.case})["support"] = support
    for report in shown(list(found)):
        next(one for one in found.values() if one["case"].number == report.number)["report"] = report
    return list(found.values())


def _said(done: str) -> str:
    words = {
        "folgen": _("You do not follow this report any more."),
        "auch": _("You are not counted there any more."),
        "abo": _("The subscription is ended."),
        "passkey": _("The passkey is added. Next time it opens this page without a mail."),
        "passkey-weg": _("The passkey opens nothing any more."),
    }
    return words.get(done, "")


def _row(case: Case, new: Unread, access: Access) -> dict[str, Any]:
    return {
        "case": case,
        "title": localized(case.topic.name),
        "place": case.report.address or (case.district.name if case.district else ""),
        "town": case.municipality.title if case.municipality_id != access.municipality_id else "",
        "look": case.facts.look,
        "label": case.state_label,
        "asked": new.asked,
        "news": new.news,
    }


@private
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """End one follow, support or subscription of the own address; what is gone already stays gone."""
    access = current(request)
    if access is None:
        return _again()
    name = next((one for one in _ENDS if one in request.POST), "")
    pk = request.POST.get(name, "")
    if name and pk.isascii() and pk.isdigit() and len(pk) < 19:
        _ENDS[name](access, int(pk))
    answer = redirect("my_reports")
    answer["Location"] += f"?fertig={_DONE.get(name, '')}"
    return answer


def _end_follow(access: Access, pk: int) -> None:
    if (row := services.follows(access).filter(pk=pk).first()) is not None:
        following.unfollow(token=row.token)


def _end_support(access: Access, pk: int) -> None:
    if (row := services.supports(access).select_related("case").filter(pk=pk).first()) is not None:
        following.withdraw_support(case=row.case, email=access.email)


def _end_subscription(access: Access, pk: int) -> None:
    subscriber = services.subscriber(access)
    if subscriber is not None and (row := subscriber.subscriptions.filter(pk=pk).first()) is not None:
        subscription_services.end(subscription=row)


def _end_passkey(access: Access, pk: int) -> None:
    passkeys.of(access).filter(pk=pk).delete()


_ENDS = {
    "follow": _end_follow,
    "support": _end_support,
    "subscription": _end_subscription,
    "passkey": _end_passkey,
}
_DONE = {"follow": "folgen", "support": "auch", "subscription": "abo", "passkey": "passkey-weg"}


@private
@require_http_methods(METHODS)
def delete_all(request: HttpRequest) -> HttpResponse:
    """Delete the address everywhere; the page says before what that means."""
    access = current(request)
    if access is None:
        return _again()
    if request.method != "POST":
        return render(request, "citizens/delete.html", {"access": access, "total": services.reports(access).count()})
    services.delete_all(access=access, at=timezone.now())
    _close(request)
    return render(request, "citizens/deleted.html")


@private
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Close the page in this browser; the link of the mail opens nothing any more."""
    access = current(request)
    if access is not None:
        services.end(access=access)
    _close(request)
    answer = redirect("my_reports")
    answer["Location"] += "?abgemeldet"
    return answer


def _again() -> HttpResponse:
    answer = redirect("my_reports")
    answer["Location"] += "?zu-spaet"
    return answer
