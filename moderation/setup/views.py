"""`/verwaltung/einrichtung/`: an administrator sets the municipality up, step by step, and changes it later."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geo.arms import address, put_arms, remove_arms
from geo.colour import DARK, ENOUGH, LIGHT, contrast, darkened, lightened
from geo.models import Municipality
from geo.settling import MAIL_FIELDS, NAME_FIELDS, set_relay, settle
from moderation.access import staff
from moderation.setup import steps
from moderation.setup.access import administrators_only
from moderation.setup.forms import LookForm, MailForm, NameForm, tell
from moderation.setup.logged import logged, mail_of, row_of
from notifications.invitations import last_test, send_test


def page(
    request: HttpRequest, town: Municipality, step: str, form: BaseForm | None = None, **more: Any
) -> HttpResponse:
    """The page of a step; 422 where what was typed is wrong."""
    context = {**steps.context(town, step), "town": town, "form": form, **more}
    return render(request, f"moderation/setup/{step or 'overview'}.html", context, status=status_of(form))


def status_of(form: BaseForm | None) -> int:
    """409 where somebody else was faster, 422 where what was typed is wrong, else 200."""
    if form is None or not form.is_bound or not form.errors:
        return 200
    return 409 if getattr(form, "stale", False) else 422


@require_safe
@administrators_only
def overview(request: HttpRequest, town: Municipality) -> HttpResponse:
    """What is done and what comes next."""
    return page(request, town, "")


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def name(request: HttpRequest, town: Municipality) -> HttpResponse:
    """What it is called and how it is reached."""
    data = request.POST if request.method == "POST" else None
    form = NameForm(data, instance=town, label_suffix="")
    if form.is_valid():
        try:
            with logged(request, town, "name", row_of(town, NAME_FIELDS)):
                settle(municipality=town, **{field: form.cleaned_data[field] for field in NAME_FIELDS})
        except ValidationError as error:
            tell(form, error)
        else:
            return steps.finish(request, town, "name")
    return page(request, town, "name", form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def look(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Accent and arms; a colour that cannot be read is refused with the nearest one that can."""
    posted = request.method == "POST"
    form = LookForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"accent": town.accent},
        label_suffix="",
    )
    if form.is_valid() and _set_look(request, town, form):
        return steps.finish(request, town, "look")
    colour = str(form["accent"].value() or "").strip().lower()
    return page(request, town, "look", form, **_colours(colour if _is_colour(colour) else town.accent, town))


def _set_look(request: HttpRequest, town: Municipality, form: LookForm) -> bool:
    try:
        with logged(request, town, "look", row_of(town, ["accent", "coat_of_arms"])):
            settle(municipality=town, accent=form.cleaned_data["accent"])
            if form.cleaned_data["arms"]:
                put_arms(municipality=town, upload=form.cleaned_data["arms"])
            elif form.cleaned_data["remove"]:
                remove_arms(municipality=town)
    except ValidationError as error:
        tell(form, error) if hasattr(error, "error_dict") else form.add_error("arms", error)
        return False
    return True


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdef" for c in text[1:])


def _colours(colour: str, town: Municipality) -> dict[str, Any]:
    """Contrast in both schemes, as numbers and whether it is enough; a readable neighbour where it is not."""
    on_light, dark = contrast(colour, LIGHT), lightened(colour)
    readable = on_light >= ENOUGH
    return {
        "colour": colour,
        "on_light": f"{on_light:.1f}".replace(".", ","),
        "on_dark": f"{contrast(dark, DARK):.1f}".replace(".", ","),
        "dark_colour": dark,
        "readable": readable,
        "instead": "" if readable else darkened(colour),
        "uploaded": address(town),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def mail(request: HttpRequest, town: Municipality) -> HttpResponse:
    """Sender, answers, relay."""
    data = request.POST if request.method == "POST" else None
    form = MailForm(data, instance=town)
    if form.is_valid():
        try:
            with logged(request, town, "mail", mail_of(town, MAIL_FIELDS, "smtp_relay")):
                settle(municipality=town, **{field: form.cleaned_data[field] for field in MAIL_FIELDS})
                set_relay(municipality=town, relay=form.relay)
        except ValidationError as error:
            tell(form, error)
        else:
            if "probe" in request.POST:
                send_test(user=staff(request), municipality=town)
                return redirect("setup_mail")
            return steps.finish(request, town, "mail")
    return page(request, town, "mail", form, test=last_test(user=staff(request), municipality=town))


@require_POST
@administrators_only
def skip(request: HttpRequest, town: Municipality, step: str) -> HttpResponse:
    """Go on from a step whose settings are saved one by one (units, people)."""
    known = {one.slug for one in steps.STEPS}
    if step not in known:
        messages.error(request, _("There is no such step."))
        return redirect("setup")
    return steps.finish(request, town, step)
