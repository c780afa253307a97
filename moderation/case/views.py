"""The page of a case, and every form on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import files
from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused
from cases.models import Entry, File
from geo.search import search
from moderation.access import seen_by, staff, staff_only
from moderation.case import narrow_views, presence
from moderation.case.bothversions import both_versions
from moderation.case.mails import shown_mails
from moderation.case.page import CasePage, case_for
from moderation.deeds import BY_NAME, Deed
from moderation.forms import DeedForm, PhotosField, PlaceForm, ReleaseForm, TextForm, WordingForm
from moderation.refusals import STATUS
from moderation.worklist.lists import Query

FIELDS = {"point": "lat"}
"""Where messages of a verb stand that name no field of the form."""


@require_safe
@staff_only
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The case; `?tun=` opens one panel. Without it the panel of the release is open where that is the next step."""
    page = _page(request, pk)
    wanted = request.GET.get("tun", "")
    step = page.step
    if not wanted and step is not None and step.name == "freigeben":
        wanted = step.name
    form = None
    if wanted in BY_NAME and BY_NAME[wanted].menu and page.offered(wanted):
        form = BY_NAME[wanted].form(case=page.case)
    return _render(request, page, BY_NAME[wanted] if form is not None else None, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def do(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One deed: form, verb, then back to the case. What is refused is told, and everything typed stays."""
    if name not in BY_NAME:
        raise Http404
    if _sent_before(request, pk):
        return _gone(request)
    deed, page = BY_NAME[name], _page(request, pk)
    if request.method != "POST":
        return redirect(page.url(name if deed.menu and page.offered(name) else ""))
    form = deed.form(request.POST, request.FILES, case=page.case)
    if deed.permission not in page.rights:
        return _refuse(request, page, deed, form, Denied())
    if request.POST.get("preview") == "alone":
        return _preview_alone(request, page, deed, form)
    kept, valid = form.kept_files, form.is_valid()
    try:
        _store(form, page, kept)
        if helped := _help(request, page, deed, form, kept):
            return helped
        if "preview" in request.POST and deed.mails:
            shown = shown_mails(page, deed, form, kept)
            again = _again(request, page, deed, kept, valid)
            return _render(request, again.page, deed, again.form, kept=kept, mails_shown=shown)
        if not valid:
            stale = form.cleaned_data.get("version") != page.case.version
            return _refuse(request, page, deed, form, Conflict(page.case) if stale else None, kept)
        act = Act(at=page.at, client_key=form.cleaned_data["client_key"], version=form.cleaned_data["version"])
        deed.run(form, page.case, By.staff(page.user), act, list({file.pk: file for file in kept}.values()))
    except Refused as refused:
        return _refuse(request, _page(request, pk), deed, form, refused, kept)
    messages.success(request, str(deed.said))
    if not seen_by(page.user).filter(pk=pk).exists():
        return _gone(request)
    if narrow_views.is_narrow(request):
        return redirect(narrow_views.address(pk))
    # The keyboard goes on in the case, not at the top of the page.
    return redirect(f"{page.url()}#case")


def _sent_before(request: HttpRequest, pk: int) -> bool:
    """Whether this form was sent already and with it the case left the person's desk (a second press of the button)."""
    user = staff(request)
    if request.method != "POST" or seen_by(user).filter(pk=pk).exists():
        return False
    try:
        key = uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return False
    return Entry.objects.filter(case_id=pk, client_key=key, user=user).exists()


def _gone(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("The case now lies with another unit."))
    return redirect(reverse("desk") + Query.read(request.GET, staff(request)).address())


def _page(request: HttpRequest, pk: int) -> CasePage:
    user = staff(request)
    return CasePage(user, case_for(user, pk), Query.read(request.GET, user), timezone.now())


def _help(request: HttpRequest, page: CasePage, deed: Deed, form: DeedForm, kept: list[File]) -> HttpResponse | None:
    """Buttons that only prepare: put in a text block, look up an address. They work without scripts."""
    if "insert" in request.POST and isinstance(form, TextForm):
        form.insert()
        form.errors.clear()
        if kept:
            form.put(kept=",".join(str(file.pk) for file in kept))
        return _render(request, page, deed, form, kept=kept)
    if "find" in request.POST and isinstance(form, PlaceForm):
        hits = search(page.case.municipality, request.POST.get("address", ""))
        form.errors.clear()
        return _render(request, page, deed, form, hits=[hit for hit in hits if hit.point], searched=True)
    if (chosen := request.POST.get("hit", "")) and isinstance(form, PlaceForm):
        lon, _comma, rest = chosen.partition("|")
        lat, _comma, label = rest.partition("|")
        form.put(lon=lon[:20], lat=lat[:20], address=label[:250])
        form.errors.clear()
        return _render(request, page, deed, form)
    return None


def _preview_alone(request: HttpRequest, page: CasePage, deed: Deed, form: DeedForm) -> HttpResponse:
    """The mails of a deed as a piece of the page, for the script that asks while somebody types."""
    if not deed.mails:
        raise Http404
    # While somebody still types, nothing is missing yet.
    shown = shown_mails(page, deed, form, form.kept_files) if form.is_valid() else None
    return render(request, "moderation/parts/mail_preview.html", {"mails_shown": shown})


@dataclass(frozen=True)
class _Again:
    page: CasePage
    form: DeedForm


def _again(request: HttpRequest, page: CasePage, deed: Deed, kept: list[File], valid: bool) -> _Again:
    """Page and form read anew, after something was tried on them that was taken back."""
    fresh = _page(request, page.case.pk)
    form = deed.form(request.POST, case=fresh.case)
    if valid:
        form.errors.clear()
    if kept:
        form.put(kept=",".join(str(file.pk) for file in kept))
    return _Again(fresh, form)


def _store(form: DeedForm, page: CasePage, kept: list[File]) -> None:
    """Keep what was uploaded before anything can be refused, so that nobody has to choose it again.

    Raises Invalid with the messages of all files that are no photos; the others are in `kept` then.
    """
    if not isinstance(form.fields.get("photos"), PhotosField):
        return
    problems: list[str] = []
    for upload in form.cleaned_data.get("photos", []):
        try:
            kept.append(files.store(upload=upload, case=page.case, at=page.at)[0])
        except Invalid as invalid:
            problems += invalid.errors["photos"]
    if problems:
        raise Invalid({"photos": problems})


def _refuse(
    request: HttpRequest,
    page: CasePage,
    deed: Deed,
    form: DeedForm,
    refused: Refused | None,
    kept: list[File] | None = None,
) -> HttpResponse:
    """The page again with what was typed, and in words why it was not done."""
    form.is_valid()
    seen = form.cleaned_data.get("version", page.case.version)
    extra: dict[str, Any] = {"refused": True}
    form.case = page.case
    if kept:
        form.put(kept=",".join(str(file.pk) for file in kept))
    match refused:
        case Conflict():
            extra |= {"conflict": page.since(seen), "both": both_versions(form, deed.form(case=page.case))}
            form.put(version=page.case.version)
        case KeyReused():
            extra |= {
                "problem": _("This form was sent before with other words. Please check the case, then send it again.")
            }
            fresh = deed.form(case=page.case)
            form.put(version=page.case.version, client_key=fresh["client_key"].value())
        case NoSuchEdge():
            extra |= {"problem": deed.no_edge}
            form.put(version=page.case.version)
        case Denied():
            extra |= {"problem": _("You do not have the right to do this.")}
        case Invalid():
            for field, words in refused.errors.items():
                target = FIELDS.get(field, field)
                form.add_error(target if target in form.fields else None, words)
    status = STATUS[type(refused)] if refused is not None else 422
    return _render(request, page, deed, form, status=status, kept=kept, **extra)


def _render(
    request: HttpRequest,
    page: CasePage,
    deed: Deed | None,
    form: DeedForm | None,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    opened = deed.name if deed is not None and deed.menu else ""
    context = page.context(opened) | {"deed": deed, "form": form, "panel": bool(opened)}
    in_panel = page.releasable_photos if isinstance(form, ReleaseForm) else []
    context["beside_panel"] = [one for one in page.photos if one not in in_panel]
    context["others"] = presence.note(page.case, page.user, writing=request.method == "POST")
    context |= {"findings": page.findings if isinstance(form, WordingForm) else [], **extra}
    if narrow_views.is_narrow(request):
        return render(request, narrow_views.TEMPLATE, context | narrow_views.context(page), status=status)
    return render(request, "moderation/case.html", context, status=status)
