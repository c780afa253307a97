"""How every page of the report flow is drawn and who may see it: head of the step, local copy, caching."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.models import Draft
from geo.models import Municipality
from reports import flow
from reports.asking import remember as remember
from reports.flow_photos import all_shown

View = Callable[..., HttpResponse]


def here(request: HttpRequest) -> Municipality:
    """The municipality of the page."""
    municipality: Municipality = request.municipality  # type: ignore[attr-defined]
    return municipality


def language() -> str:
    """The language of the page, two letters."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def client(request: HttpRequest) -> str:
    """The network address, for throttles only."""
    return str(request.META.get("REMOTE_ADDR", ""))


def private(view: View) -> View:
    """The page is nobody else's business: not stored, and not indexed unless the view says otherwise."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return shown


def address_of(draft: Draft, step: str, then: str = "") -> str:
    """Path of a step; `then` is the step to return to."""
    return reverse("report_step", args=[draft.secret, step]) + (f"?dann={then}" if then else "")


def wanted(request: HttpRequest) -> str:
    """ "pruefen" if the person came from there to change something."""
    return flow.CHECK if request.GET.get("dann") == flow.CHECK else ""


def go(request: HttpRequest, draft: Draft, step: str) -> HttpResponseRedirect:
    """On to the next step, or back to checking where the person came from, as soon as nothing is missing."""
    if wanted(request):
        gap = flow.first_gap(draft)
        if gap is None:
            return redirect(address_of(draft, flow.CHECK))
        if gap != flow.CONTACT:
            return redirect(address_of(draft, gap, flow.CHECK))
    return redirect(address_of(draft, step))


def gone(request: HttpRequest) -> HttpResponse:
    """The draft is not there (any more): say so, give back the words that were just sent, and offer a new start."""
    words = request.POST.get("text", "").replace("\x00", "").strip()
    return render(request, "reports/flow/gone.html", {"days": flow.DRAFT_DAYS, "words": words}, status=404)


def page(
    request: HttpRequest,
    draft: Draft,
    step: str,
    question: str,
    *,
    back: str,
    form: BaseForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """One step: its number, the question, the way back, the form, and the copy for the browser's own keeping."""
    typed = flow.read(draft)
    number, total = flow.numbered(step)
    then = wanted(request)
    failed = bool(context.get("problems")) or (form is not None and form.is_bound and bool(form.errors))
    return render(
        request,
        f"reports/flow/{step}.html",
        {
            "draft": draft,
            "typed": typed,
            "step": step,
            "question": question,
            "number": number,
            "total": total,
            "title": _("Step %(number)d of %(total)d: %(question)s")
            % {"number": number, "total": total, "question": question},
            "back": address_of(draft, flow.CHECK) if then else back,
            "then": then,
            "form": form,
            "failed": failed,
            "photos": all_shown(draft),
            "photo_limit": settings.PHOTO_MAX_COUNT,
            "local": local(draft, typed, step),
            **context,
        },
        status=status,
    )


def local(draft: Draft, typed: flow.Typed, step: str) -> dict[str, Any]:
    """What the browser keeps until the report is sent: enough to send it by itself through the API."""
    report: dict[str, Any] = {
        "client_key": str(draft.client_key),
        "municipality": draft.municipality.slug,
        "category": typed.category,
        "text": typed.text,
        "address": typed.address,
        "answers": typed.answers,
        "contact": {
            "email": typed.email,
            "name": typed.name,
            "phone": typed.phone,
            "public_name": typed.public_name,
        },
    }
    if typed.asset:
        report["asset"] = typed.asset
    if typed.point:
        report["point"] = {"type": "Point", "coordinates": list(typed.point)}
    return {
        "secret": draft.secret,
        "step": step,
        "report": report,
        "complete": flow.first_gap(draft) is None,
        "placeless": typed.placeless,
        "told": typed.told,
        "seen": typed.contact_seen,
        "anonymous": draft.municipality.allow_anonymous,
        "check": address_of(draft, flow.CHECK),
        "photos": reverse("report_photos", args=[draft.secret]),
    }
