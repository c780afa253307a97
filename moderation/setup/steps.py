"""The steps of setting a municipality up, in order, and how far somebody has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.setting_up import note_step, steps_done
from geo.models import Municipality
from moderation.access import staff


@dataclass(frozen=True)
class Step:
    """One step: `slug` is stored, `name` is the name of its address."""

    slug: str
    name: str
    title: Promise
    hint: Promise


STEPS: Final = (
    Step("name", "setup_name", _("Name and contact"), _("What you are called, and how citizens reach you.")),
    Step("look", "setup_look", _("Look"), _("Coat of arms and accent colour.")),
    Step("mail", "setup_mail", _("Mail"), _("Sender, answers, relay, and a test mail.")),
    Step("units", "setup_units", _("Units"), _("Who settles things: offices, the yard, companies.")),
    Step("categories", "setup_categories", _("Categories"), _("What citizens may report, and who settles it.")),
    Step("people", "setup_people", _("People"), _("Who works here, and in which role.")),
)


def context(municipality: Municipality, current: str = "") -> dict[str, Any]:
    """What every page of the set-up shows: the steps with their state, and how many are done."""
    done = steps_done(municipality)
    steps = [
        {
            "number": number,
            "slug": step.slug,
            "title": step.title,
            "hint": step.hint,
            "url": reverse(step.name),
            "done": done.get(step.slug),
            "current": step.slug == current,
        }
        for number, step in enumerate(STEPS, 1)
    ]
    return {
        "steps": steps,
        "count": len(STEPS),
        "done_count": sum(step.slug in done for step in STEPS),
        "complete": all(step.slug in done for step in STEPS),
        "step": next((one for one in steps if one["current"]), None),
        "next_step": next((one for one in steps if not one["done"]), None),
    }


def finish(request: HttpRequest, municipality: Municipality, slug: str) -> HttpResponse:
    """Note the step and go on: to the next one that is open, or to the overview when it was only changed."""
    known = steps_done(municipality)
    note_step(municipality=municipality, step=slug, at=timezone.now(), by=staff(request))
    if slug not in known:
        order = [step for step in STEPS if step.slug not in known and step.slug != slug]
        later = [step for step in order if STEPS.index(step) > [one.slug for one in STEPS].index(slug)]
        if following := (later or order):
            return redirect(following[0].name)
    return redirect("setup")
