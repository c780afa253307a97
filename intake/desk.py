"""`/verwaltung/posteingang/`: the mails that came in, what became of each and why, and what is left to do with them.

A mail is shown as plain text, whatever it was; its pictures come re-encoded. The mail as it came can be saved, never
opened in the browser.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.desk import staff, staff_only
from accounts.policy import Permission
from accounts.services import reach
from cases.errors import Denied, Invalid
from cases.files import previewed
from cases.models import Case, File
from intake import services
from intake.models import IncomingMail, IncomingMailQuerySet
from intake.policy import Outcome
from reports import flow
from reports.asking import here, remember
from reports.flow_pages import address_of

PAGE: Final = 50
LISTS: Final = (
    ("offen", gettext_lazy("to do")),
    ("entwuerfe", gettext_lazy("begun reports")),
    ("antworten", gettext_lazy("answers")),
    ("abgewiesen", gettext_lazy("not taken")),
    ("alle", gettext_lazy("all")),
)
_NUMBER: Final = re.compile(r"\b[A-Z]{2,6}-\d{4}-\d{1,9}\b")
_OPEN: Final = Q(closed_at=None) & ~Q(outcome="") & (Q(draft=None) | Q(draft__case=None))


def _chosen(rows: IncomingMailQuerySet, name: str) -> IncomingMailQuerySet:
    conditions = {
        "offen": _OPEN,
        "entwuerfe": Q(outcome=Outcome.DRAFT.value),
        "antworten": Q(outcome=Outcome.ANSWER.value),
        "abgewiesen": Q(outcome__in=[Outcome.REFUSED.value, Outcome.BOUNCE.value]) | Q(failed_at__isnull=False),
        "alle": Q(),
    }
    return rows.filter(conditions[name])


@require_safe
@staff_only
def index(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    user = staff(request)
    if not reach(user, Permission.SEE_CONTACT).municipalities:
        raise PermissionDenied
    rows = services.visible_to(user)
    known = [slug for slug, _label in LISTS]
    chosen = request.GET.get("liste", "")
    chosen = chosen if chosen in known else known[0]
    found = _chosen(rows, chosen).select_related("municipality", "draft__case", "case")
    found = found.defer("municipality__boundary", "text").order_by("-received_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("seite"))
    tabs = [
        {
            "label": label,
            "url": f"?liste={slug}",
            "current": slug == chosen,
            "count": _chosen(rows, slug).count() if slug == known[0] else None,
        }
        for slug, label in LISTS
    ]
    return render(request, "intake/list.html", {"tabs": tabs, "page": page, "address": here(request).intake()})


def _mail(request: HttpRequest, pk: int) -> IncomingMail:
    rows = services.visible_to(staff(request)).select_related(
        "municipality__parent", "draft__case", "case", "closed_by"
    )
    return get_object_or_404(rows.defer("municipality__boundary", "municipality__parent__boundary"), pk=pk)


def _shown(request: HttpRequest, mail: IncomingMail, **more: Any) -> HttpResponse:
    user = staff(request)
    cases = Case.objects.visible_to(user)
    about = mail.case_id or (mail.draft.case_id if mail.draft else None)
    case = cases.filter(pk=about).first() if about else None
    hidden = mail.outcome == Outcome.ANSWER.value and mail.case_id is not None and case is None
    named = _NUMBER.findall(mail.subject) if mail.case_id is None else []
    files = list(mail.draft.files.order_by("pk")) if mail.draft and mail.draft.case_id is None else []
    context = {
        "mail": mail,
        "case": case,
        "hidden": hidden,
        "named": list(cases.filter(number__in=named)) if named else [],
        "pictures": [
            {"url": reverse("intake_picture", args=[mail.pk, file.key]), "number": number}
            for number, file in enumerate(files, start=1)
            if previewed(file)
        ],
        "open": mail.closed_at is None and (mail.draft is None or mail.draft.case_id is None),
        "by_hand_url": _by_hand(),
        **more,
    }
    return render(request, "intake/mail.html", context, status=422 if more.get("errors") else 200)


def _by_hand() -> str:
    """Where the desk types in what came on another way, "" where there is no such page."""
    try:
        return reverse("desk_new")
    except NoReverseMatch:
        return ""


@require_safe
@staff_only
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail."""
    return _shown(request, _mail(request, pk))


@require_safe
@staff_only
def picture(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """A picture of a mail that is a draft still, for those who may read the mail."""
    mail = _mail(request, pk)
    file = get_object_or_404(File, key=key, draft=mail.draft_id or 0)
    for name in ("medium.jpg", "small.jpg"):
        if default_storage.exists(path := f"variants/{file.key}/{name}"):
            response = FileResponse(default_storage.open(path), content_type="image/jpeg")
            response["X-Content-Type-Options"] = "nosniff"
            return response
    raise Http404


@require_safe
@staff_only
def source(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The mail as it came, to be saved: who can read an encrypted one opens it in their mail program."""
    mail = _mail(request, pk)
    if not mail.path or not default_storage.exists(mail.path):
        raise Http404
    response = FileResponse(default_storage.open(mail.path), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@staff_only
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish the report for the sender, in the forms of the report flow."""
    mail = _mail(request, pk)
    draft = mail.draft
    if draft is None or draft.case_id is not None:
        messages.error(request, _("There is no draft any more."))
        return redirect("intake_mail", pk)
    if draft.municipality_id != here(request).pk:
        base = mail.municipality.base_url()
        messages.error(request, _("Please do that on the pages of the municipality: %(url)s") % {"url": base})
        return redirect("intake_mail", pk)
    remember(request, draft.secret)
    return redirect(address_of(draft, flow.first_gap(draft) or flow.CHECK))


@require_POST
@staff_only
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the sender."""
    mail = _mail(request, pk)
    text = request.POST.get("text", "")
    try:
        services.answer(mail=mail, text=text, by=staff(request), at=timezone.now())
    except Invalid as invalid:
        return _shown(request, mail, errors=invalid.errors["text"], typed=text)
    except Denied:
        raise PermissionDenied
    messages.success(request, _("The answer is on its way."))
    return redirect("intake_mail", pk)


@require_POST
@staff_only
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, or not done after all."""
    mail = _mail(request, pk)
    closed = "open" not in request.POST
    try:
        services.close(mail=mail, by=staff(request), at=timezone.now(), closed=closed)
    except Denied:
        raise PermissionDenied
    messages.success(request, _("Marked as done.") if closed else _("It is to do again."))
    return redirect("intake" if closed else reverse("intake_mail", args=[pk]))
