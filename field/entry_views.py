"""How a phone comes in and goes out: enrolled by a code, opened by a PIN, logged out. Pages without scripts.

Who has an account with e-mail and password uses the login of the desk; both come to the same field view.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts import phones
from accounts.directory.sessions import remember
from accounts.models import Phone
from geo.throttle import allowed
from reports.flow_pages import client

COOKIE: Final = "crew_phone"
COOKIE_DAYS: Final = 400
"""The longest that browsers keep a cookie (RFC 6265bis, 5.5)."""
SESSION_HOURS: Final = 12
"""A working day; then the PIN is asked for again. What waits on the phone stays there."""
TYPED: Final = re.compile(r"([\w-]{16,64})/?$", re.ASCII)
"""A code, or the address that holds it: an app on an iPhone's home screen cannot be opened by the camera."""
PER_HOUR: Final = 60
"""Tries of one address."""


class PinInput(forms.PasswordInput):
    """Digits, kept out of password managers' guesses; never written back into the page."""

    def __init__(self, autocomplete: str) -> None:
        super().__init__(attrs={"inputmode": "numeric", "autocomplete": autocomplete, "maxlength": 8})


class PinForm(forms.Form):
    """The PIN of a phone that is known."""

    pin = forms.CharField(label=gettext_lazy("PIN"), max_length=8, widget=PinInput("current-password"))


class NewPinForm(forms.Form):
    """A PIN, twice."""

    pin = forms.CharField(
        label=gettext_lazy("New PIN"),
        max_length=8,
        help_text=gettext_lazy("Four to eight digits. It is asked for once a day."),
        widget=PinInput("new-password"),
    )
    again = forms.CharField(label=gettext_lazy("Once more"), max_length=8, widget=PinInput("new-password"))

    def clean(self) -> dict[str, Any]:
        """Both are the same, and it is a PIN."""
        typed: dict[str, Any] = super().clean() or {}
        if "pin" in typed and "again" in typed:
            if typed["pin"] != typed["again"]:
                raise ValidationError({"again": [_("The two are different. Please type both once more.")]})
            phones.check_pin(typed["pin"])
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """`anmelden/`: the PIN on a phone that is enrolled; every other one is told how it gets in."""
    if typed := TYPED.search(request.GET.get("code", "").strip()):
        return redirect("field_enrol", typed[1])
    secret = request.COOKIES.get(COOKIE, "")
    phone = phones.known(secret)
    locked = phone is not None and phone.wrong >= phones.TRIES
    form = PinForm(request.POST if request.method == "POST" and not locked else None, label_suffix="")
    if phone is not None and form.is_valid():
        if not allowed("crew-pin", client(request), limit=PER_HOUR, seconds=3600):
            form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        else:
            try:
                opened = phones.unlock(secret=secret, pin=form.cleaned_data["pin"], at=timezone.now())
            except phones.WrongPin as wrong:
                locked = not wrong.left
                form.add_error("pin", _wrong(wrong.left))
            else:
                if opened is None:
                    return redirect("field_login")
                return _enter(request, opened)
    facts = {"phone": phone, "form": form, "locked": locked, "staff_login": _staff_login()}
    return render(request, "field/sign_in.html", facts, status=422 if form.errors else 200)


def _wrong(left: int) -> str:
    return ngettext(
        "This is not the PIN. You can try it once more.",
        "This is not the PIN. You can try it %(left)d times more.",
        left,
    ) % {"left": left}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """`telefon/<code>/`: where the QR code leads; a PIN is chosen and this phone is the crew's."""
    now = timezone.now()
    phone = phones.waiting(code, at=now)
    form = NewPinForm(request.POST if request.method == "POST" else None, label_suffix="")
    if phone is not None and form.is_valid():
        done = phones.enrol(code=code, pin=form.cleaned_data["pin"], at=now)
        if done is not None:
            response = _enter(request, done[0])
            _keep(response, done[1])
            return response
        phone = None
    if phone is None:
        return render(request, "field/enrol_over.html", {"staff_login": _staff_login()}, status=410)
    facts = {"phone": phone, "unit": phones.unit_of(phone), "form": form}
    return render(request, "field/enrol.html", facts, status=422 if form.errors else 200)


@csrf_exempt
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """`abmelden/`: the session ends, the phone stays enrolled. The app asks with its own header and gets 204, a form
    is led to the login.

    Without a token: a request of a foreign site brings no session along (SameSite=Lax), so it ends none.
    """
    logout(request)
    if "Field-Schema" in request.headers:
        return HttpResponse(status=204)
    return redirect("field_login")


def _enter(request: HttpRequest, phone: Phone) -> HttpResponse:
    """Log in as the crew, with a new session; device and PIN are two factors."""
    login(request, phone.user)
    remember(request, phone.user, strong=True)
    request.session.set_expiry(SESSION_HOURS * 3600)
    return redirect("field")


def _keep(response: HttpResponse, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_DAYS * 24 * 3600,
        path=reverse("field"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _staff_login() -> str:
    return f"{reverse('account_login')}?next={reverse('field')}"
