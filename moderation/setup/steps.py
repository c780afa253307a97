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
#: What can be set up beside the steps, in the order of the overview; `slug` is how the names of its pages begin.
FURTHER: Final = (
    Step(
        "desk_pages",
        "desk_pages",
        _("Pages and texts"),
        _("Imprint, privacy, accessibility, contact, Leichte Sprache, sign language."),
    ),
    Step(
        "setup_intake",
        "setup_intake",
        _("Reports by mail"),
        _("An address citizens write to, and the mailbox it is fetched from."),
    ),
    Step(
        "setup_directory",
        "setup_directory",
        _("Login with the accounts of the town hall"),
        _("Your own directory says who works here, and in which role."),
    ),
    Step(
        "setup_key", "setup_keys", _("Keys for programs"), _("Apps and back-office systems that speak with this town.")
    ),
    Step("setup_ideas", "setup_ideas", _("Ideas"), _("How many supporters an idea needs, and how long it has.")),
    Step(
        "setup_responsibility",
        "setup_responsibility",
        _("Responsibility"),
        _("Who gets a new report, by category and place."),
    ),
    Step(
        "setup_stage",
        "setup_stages",
        _("Stages"),
        _("What the states are called here, and what citizens read with them."),
    ),
    Step("setup_block", "setup_blocks", _("Text blocks"), _("Prepared answers in several languages.")),
    Step(
        "setup_patience",
        "setup_patience",
        _("Reminders"),
        _("After how many days somebody is reminded of what lies undone."),
    ),
    Step(
        "setup_workdays",
        "setup_workdays",
        _("Working days"),
        _("Which days count for deadlines, and when the town hall is closed."),
    ),
    Step(
        "setup_embed", "setup_embed", _("Embed in your web site"), _("The latest reports in a frame, without scripts.")
    ),
    Step(
        "setup_posters",
        "setup_posters",
        _("Posters with QR codes"),
        _("For lamp posts, playgrounds, bins: scan, take a photo, send."),
    ),
    Step(
        "emergenc",
        "emergencies",
        _("Emergency mode"),
        _("Other categories and a notice for a flood day, prepared in quiet times."),
    ),
    Step(
        "setup_rules",
        "setup_rules",
        _("Rules as a file"),
        _("From a test platform to this one, with every difference shown first."),
    ),
    Step("setup_log", "setup_log", _("Log of the rules"), _("Who changed what here, and what it was before.")),
)


def context(municipality: Municipality, current: str = "") -> dict[str, Any]:
    """What every page of the set-up shows: the steps with their state, how many are done, and what else there is."""
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
        "further": [
            {"slug": one.slug, "title": one.title, "hint": one.hint, "url": reverse(one.name)} for one in FURTHER
        ],
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
