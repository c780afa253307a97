"""`/verwaltung/seiten/`: the editor writes the pages, sees them before they are public, and sets the video."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from geo.models import Municipality
from moderation.access import staff
from moderation.setup.access import writers_only
from moderation.setup.forms import tell
from moderation.setup.logged import logged
from moderation.setup.page_forms import PageForm, StatementForm, VideoForm
from pages.authorities import AUTHORITIES
from pages.markdown import html
from pages.models import Page, Statement, Video
from pages.policy import ABOUT, Key
from pages.services import facts, filled, standard, text_of, write_page
from pages.statement import begun, statement_of, write_statement
from pages.video import put_video, remove_video

STATEMENT_FIELDS = ("conformance", "failing", "burden", "outside", "method", "prepared_on", "reviewed_on")


@require_safe
@writers_only
def pages(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All pages with whose text each shows."""
    rows = []
    for key, about in ABOUT.items():
        text = text_of(town, key)
        rows.append(
            {
                "title": about.title,
                "hint": about.hint,
                "url": reverse("desk_page", args=[about.path]),
                "public_url": reverse(key.value),
                "owner": text.owner,
                "own": text.owner is not None and text.owner.pk == town.pk,
                "changed_at": text.changed_at,
            }
        )
    return render(request, "moderation/pages/list.html", {"rows": rows, "town": town})


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def page(request: HttpRequest, town: Municipality, slug: str) -> HttpResponse:
    """Write one page; `preview` shows it as it will be, `save` makes it public."""
    key = next((key for key, about in ABOUT.items() if about.path == slug), None)
    if key is None:
        raise Http404
    row = Page.objects.filter(municipality=town, key=key.value).first()
    shown = text_of(town, key, "de")
    begin = row.text if row else {"de": shown.source, "en": _english(town, key)}
    form = PageForm(request.POST if request.method == "POST" else None, initial=begin, label_suffix="")
    preview = []
    if form.is_valid():
        words = {language: form.cleaned_data[language] for language in ("de", "en")}
        if "save" in request.POST:
            try:
                with logged(request, town, "page", lambda: _words(town, key), str(ABOUT[key].title)):
                    write_page(municipality=town, key=key, text=words, at=timezone.now(), by=staff(request))
            except ValidationError as error:
                tell(form, error)
            else:
                messages.success(request, _("“%(page)s” is saved and public.") % {"page": ABOUT[key].title})
                return redirect("desk_pages")
        else:
            preview = [(language, html(filled(text, town))) for language, text in words.items() if text.strip()]
    context = {
        "form": form,
        "about": ABOUT[key],
        "key": key,
        "town": town,
        "own": row is not None,
        "owner": shown.owner,
        "preview": preview,
        "facts": facts(town).items(),
        "public_url": reverse(key.value),
    }
    return render(request, "moderation/pages/edit.html", context, status=_status(form))


def _words(town: Municipality, key: Key) -> dict[str, str]:
    row = Page.objects.filter(municipality=town, key=key.value).first()
    return dict(row.text) if row else {}


def _english(town: Municipality, key: Key) -> str:
    """The English words to begin with, only where they are the same text."""
    text = text_of(town, key, "en")
    return text.source if text.language == "en" else ("" if text.owner else standard(key, "en"))


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def statement(request: HttpRequest, town: Municipality) -> HttpResponse:
    """What only the municipality can say in its statement on accessibility."""
    own = Statement.objects.filter(municipality=town).first()
    row = own or statement_of(town) or begun(town)
    form = StatementForm(request.POST if request.method == "POST" else None, instance=row, label_suffix="")
    if form.is_valid():
        try:
            with logged(request, town, "statement", lambda: _statement(town)):
                write_statement(municipality=town, by=staff(request), **form.facts())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _("The statement is saved and public."))
            return redirect("desk_pages")
    context = {"form": form, "town": town, "authority": AUTHORITIES[town.state_key]}
    return render(request, "moderation/pages/statement.html", context, status=_status(form))


def _statement(town: Municipality) -> dict[str, Any]:
    return Statement.objects.filter(municipality=town).values(*STATEMENT_FIELDS).first() or {}


def _video(town: Municipality) -> dict[str, Any]:
    return dict(Video.objects.filter(municipality=town).values("format", "bytes", "changed_at").first() or {})


def _status(form: PageForm | StatementForm) -> int:
    return 409 if form.stale else 422 if form.is_bound and form.errors else 200


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def video(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Set the video in sign language, or take it away."""
    own = Video.objects.filter(municipality=town).first()
    if request.method == "POST" and "remove" in request.POST:
        with logged(request, town, "video", lambda: _video(town)):
            remove_video(municipality=town)
        messages.success(request, _("The video is gone."))
        return redirect("desk_pages")
    posted = request.method == "POST"
    form = VideoForm(request.POST if posted else None, request.FILES if posted else None, label_suffix="")
    if form.is_valid():
        try:
            with logged(request, town, "video", lambda: _video(town)):
                put_video(municipality=town, upload=form.cleaned_data["video"], at=timezone.now(), by=staff(request))
        except ValidationError as error:
            form.add_error("video", error)
        else:
            messages.success(request, _("The video is set and public."))
            return redirect("sign_language")
    context = {"form": form, "town": town, "own": own}
    return render(request, "moderation/pages/video.html", context, status=422 if form.is_bound and form.errors else 200)
