"""`/konto/einladung/<token>/`: somebody who was invited chooses a password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.invitations import accept, invited
from accounts.models import User
from accounts.policy import Permission
from accounts.services import reach


class PasswordForm(forms.Form):
    """Name and a new password, twice."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        help_text=gettext_lazy("As your colleagues see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 10 characters, not only digits."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("The same once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("Both must be the same."))
        return data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """The form; afterwards one logs in as usual, which asks for the second factor where it is required."""
    user = invited(token)
    if user is None:
        return _page(request, {"form": None}, status=404)
    name = "" if user.name == user.email else user.name
    form = PasswordForm(request.POST if request.method == "POST" else None, initial={"name": name}, label_suffix="")
    if form.is_valid():
        try:
            done = accept(token=token, password=form.cleaned_data["password1"], name=form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error("password1", error)
        else:
            if done is None:
                return _page(request, {"form": None}, status=404)
            messages.success(request, _("Your password is set. Please log in with it."))
            return redirect(f"{reverse('account_login')}?{urlencode({'next': _first_page(done)})}")
    return _page(request, {"form": form, "person": user}, status=422 if form.is_bound else 200)


def _first_page(user: User) -> str:
    """Whoever administers begins with setting up, everybody else with their work."""
    administers = bool(reach(user, Permission.ADMINISTER))
    return reverse("setup") if administers else settings.LOGIN_REDIRECT_URL


def _page(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    response = render(request, "accounts/invitation.html", context, status=status)
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
