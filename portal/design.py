"""The live page of the design system: every component with invented data."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

STATES = (
    ("received", _("Received")),
    ("working", _("In progress")),
    ("waiting", _("Waiting for an answer")),
    ("done", _("Done")),
    ("closed", _("Closed without action")),
    ("withdrawn", _("Withdrawn")),
)


class SampleForm(forms.Form):
    """One field of each sort."""

    text = forms.CharField(
        label=_("What is the matter?"),
        help_text=_("Please name no people and no number plates: the text will be public."),
        widget=forms.Textarea,
    )
    email = forms.EmailField(label=_("E-mail"), help_text=_("Only to tell you what became of it."), required=False)
    side = forms.ChoiceField(label=_("Which side of the street?"), choices=[("l", _("left")), ("r", _("right"))])
    danger = forms.ChoiceField(
        label=_("Is it dangerous?"), choices=[("y", _("Yes")), ("n", _("No"))], widget=forms.RadioSelect
    )
    terms = forms.BooleanField(label=_("Show my name with the report"), required=False)


@cache
def icon_names() -> list[str]:
    """Names of all icons, as the sprite has them."""
    found = finders.find("icons/sprite.svg")
    return re.findall(r'<symbol id="([^"]+)"', Path(str(found)).read_text())


def _rows() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "title": "Lose Gehwegplatte vor der Bäckerei",
            "url": "#rows",
            "place": "Mühlenstraße 12",
            "state": "working",
            "label": STATES[1][1],
            "since": now - timedelta(days=2),
            "icon": "pavement",
            "supports": 12,
        },
        {
            "title": "Müll am Glascontainer",
            "url": "#rows",
            "place": "Parkplatz Südfeld",
            "state": "done",
            "label": STATES[3][1],
            "since": now - timedelta(hours=3),
            "icon": "trash",
        },
        {
            "title": "Laterne flackert",
            "url": "#rows",
            "place": "Am Alten Bahnhof, Ecke Lindenweg",
            "state": "received",
            "label": STATES[0][1],
            "since": now - timedelta(minutes=20),
            "icon": "lamp",
            "supports": 1,
        },
    ]


def _timeline() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"at": now - timedelta(days=6), "title": STATES[0][1], "state": "received", "text": "Danke für die Meldung."},
        {
            "at": now - timedelta(days=5),
            "title": "Notiz",
            "who": "T. Berger",
            "text": "Platte ist privat verlegt? Grundstücksgrenze prüfen.",
            "internal": True,
        },
        {
            "at": now - timedelta(days=2),
            "title": STATES[1][1],
            "state": "working",
            "who": "Bauhof",
            "text": "Die Stelle ist abgesperrt. Neue Platten sind bestellt.",
        },
        {"at": now - timedelta(hours=1), "title": STATES[3][1], "state": "done", "who": "Bauhof"},
    ]


def page(request: HttpRequest) -> HttpResponse:
    """`/design/`: all components in use; invented data only, no database."""
    context = {
        "states": STATES,
        "icon_names": icon_names(),
        "rows": _rows(),
        "entries": _timeline(),
        "form": SampleForm(auto_id="new_%s"),
        "refused": SampleForm({"email": "erika", "danger": "n", "side": "l"}, auto_id="refused_%s"),
        "list_page": Paginator(range(1, 248), 25).page(3),
    }
    return render(request, "portal/design.html", context)
