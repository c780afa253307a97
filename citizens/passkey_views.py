"""Adding a passkey on the page of "Meine Meldungen", and opening the page by one. The rules stand in `passkeys`."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from citizens import passkeys
from citizens.forms import AskForm
from citizens.policy import PASSKEY_TRIES
from citizens.views import METHODS, current, enter
from reports.asking import here, private, too_often

_STATE = "citizen-passkey"
"""Session key of the question that waits for an answer."""


def _site(request: HttpRequest) -> passkeys.Site:
    host = request.get_host()
    return passkeys.Site(f"{request.scheme}://{host}".lower(), host.partition(":")[0].lower(), here(request).title)


def _ask(request: HttpRequest, name: str, asked: tuple[passkeys.State, passkeys.State]) -> HttpResponse:
    options, state = asked
    request.session[_STATE] = {name: state}
    return JsonResponse({"creation_options" if name == "add" else "request_options": options})


def _answered(request: HttpRequest, name: str) -> tuple[passkeys.State, Any] | None:
    """The question, which is asked once, and the answer."""
    state = request.session.pop(_STATE, {}).get(name)
    sent = request.POST.get("credential", "")
    if state is None or len(sent) > passkeys.ANSWER_MAX:
        return None
    try:
        return state, json.loads(sent)
    except (ValueError, RecursionError):
        return None


def _busy(request: HttpRequest) -> bool:
    return too_often(request, "my-passkey", limit=PASSKEY_TRIES)


@private
@require_http_methods(METHODS)
def add(request: HttpRequest) -> HttpResponse:
    """GET: the question for the device; POST: its answer, kept."""
    access = current(request)
    if access is None or _busy(request):
        return JsonResponse({}, status=403) if request.method != "POST" else redirect("my_reports")
    if request.method != "POST":
        asked = passkeys.begin_adding(access=access, site=_site(request))
        return _ask(request, "add", asked) if asked is not None else JsonResponse({}, status=409)
    answer = _answered(request, "add")
    made = None
    if answer is not None:
        state, sent = answer
        made = passkeys.add(access=access, site=_site(request), state=state, answer=sent, at=timezone.now())
    there = redirect("my_reports")
    there["Location"] += f"?fertig={'passkey' if made else 'passkey-nicht'}"
    return there


@private
@require_http_methods(METHODS)
def open_page(request: HttpRequest) -> HttpResponse:
    """GET: the question for the device; POST: its answer opens the page."""
    busy = _busy(request)
    if request.method != "POST":
        if busy:
            return JsonResponse({}, status=429)
        return _ask(request, "open", passkeys.begin_opening(site=_site(request)))
    answer = None if busy else _answered(request, "open")
    access = None
    if answer is not None:
        state, sent = answer
        access = passkeys.open_by(
            municipality=here(request), site=_site(request), state=state, answer=sent, at=timezone.now()
        )
    if access is not None:
        enter(request, access)
        return redirect("my_reports")
    form = AskForm({})
    form.errors.clear()
    form.add_error(None, _("This passkey opens nothing here. Please have a link sent to you."))
    return render(request, "citizens/ask.html", {"form": form}, status=422)
