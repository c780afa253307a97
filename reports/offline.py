"""Pages that open without a network: the report flow in one page, what waits on this device, and "you are offline".

They hold nothing about anybody, so that the service worker may keep them (see portal.offline). What is typed into them
stays in the browser's own storage until it is sent through the interface (static/js/flow/shell.js).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from forms.services import build_form
from geo.localized import localized
from reports import flow
from reports.categories import offered
from reports.flow_forms import ContactForm, PlaceForm, WhatForm
from reports.flow_pages import here, language
from reports.flow_steps import choices
from reports.models import Category
from reports.policy import TEXT_MAX

#: Nobody's page, but it changes with every category: asked for again each time there is a network.
fresh = cache_control(public=True, max_age=0)


@require_safe
@fresh
def shell(request: HttpRequest) -> HttpResponse:
    """All steps of the report flow in one page, out of the same parts as the steps themselves."""
    municipality = here(request)
    groups = offered(municipality, timezone.localdate())
    rows = [one for group in groups for one in group.categories]
    questions = {
        one.topic.slug: build_form(version.definition, language=language(), prefix="q")
        for one in rows
        if (version := flow.questions(one)) is not None
    }
    numbers = {step: flow.numbered(step) for step in (flow.PLACE, flow.WHAT, flow.CONTACT, flow.CHECK)}
    response = render(
        request,
        "reports/flow/offline.html",
        {
            "place_form": PlaceForm(),
            "what_form": WhatForm(groups=groups),
            "contact_form": ContactForm(municipality=municipality),
            "questions": questions,
            "numbers": numbers,
            "typed": flow.Typed(),
            "photo_limit": settings.PHOTO_MAX_COUNT,
            "facts": {
                "municipality": municipality.slug,
                "title": municipality.title,
                "anonymous": municipality.allow_anonymous,
                "textMax": TEXT_MAX,
                "start": reverse("report_new"),
                "device": reverse("device"),
                "categories": {one.topic.slug: _facts(one, one.topic.slug in questions) for one in rows},
            },
            **choices(groups),
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _facts(category: Category, asks: bool) -> dict[str, Any]:
    """What the page must know of a category to ask and to check what the server would."""
    return {
        "name": localized(category.topic.name),
        "icon": category.icon,
        "danger": localized(category.danger_text) if category.danger else None,
        "elsewhere": localized(category.redirect_text),
        "placed": category.rules.place_required,
        "public": category.rules.public and not category.topic.confidential,
        "asks": asks,
        "photos": category.photo_rule,
    }


@require_safe
@fresh
def device(request: HttpRequest) -> HttpResponse:
    """What waits on this device, what was sent from it, and what was begun; filled by the browser itself."""
    response = render(request, "reports/flow/device.html", {"title": _("Reports on this device")})
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@fresh
def offline(request: HttpRequest) -> HttpResponse:
    """Shown instead of every other page that could not be loaded."""
    response = render(request, "reports/flow/no_network.html", {"title": _("You are offline")})
    response["X-Robots-Tag"] = "noindex"
    return response
