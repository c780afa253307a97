"""The questions of a category: a draft that is put together row by row, shown as citizens see it, then published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forms.build import condition_text
from forms.models import FormVersion
from forms.services import build_form
from geo.localized import FALLBACK, localized
from geo.models import Municipality
from moderation.access import staff
from moderation.rules.categories import context, row_or_404
from moderation.rules.category_forms import languages
from moderation.rules.option_field import moved_up
from moderation.rules.question_forms import TYPES, QuestionForm, beginning
from moderation.setup.access import administrators_only
from reports.cataloguing import Row
from reports.questioning import (
    Editing,
    Stale,
    discard,
    editing,
    move,
    own_questions,
    publish_questions,
    put,
    remove,
    take_from_above,
)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show(request: HttpRequest, town: Municipality, slug: str) -> HttpResponse:
    """All questions with their preview (`sprache` says in which language); POST moves, removes, publishes, discards."""
    row = row_or_404(town, slug)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            _do(request, town, row)
        except ValidationError as error:
            problems, status = error.messages, 422
        except Stale:
            problems = [_("Somebody else has changed the questions in the meantime. This is how they are now.")]
            status = 409
        else:
            return redirect("rules_questions", slug)
    now = editing(town, row.topic)
    known = [code for code, _language in languages()]
    language = request.GET.get("sprache", "")
    language = language if language in known else FALLBACK
    page = context(
        town,
        row=row,
        title=localized(row.topic.name),
        editing=now,
        questions=_shown(now),
        problems=problems,
        preview=build_form(now.definition, language=language, prefix="v") if now.fields else None,
        language=language,
        languages=languages(),
        versions=_versions(now),
        own=own_questions(town, row.topic),
    )
    return render(request, "moderation/rules/questions.html", page, status=status)


def _do(request: HttpRequest, town: Municipality, row: Row) -> None:
    """One deed of the page; raises what the verbs raise, Http404 for an unknown deed."""
    typed, by, seen = request.POST, staff(request), request.POST.get("seen", "")
    facts: dict[str, Any] = {"municipality": town, "topic": row.topic, "by": by}
    if "up" in typed or "down" in typed:
        up = "up" in typed
        move(**facts, name=typed["up" if up else "down"], up=up, seen=seen)
    elif "remove" in typed:
        remove(**facts, name=typed["remove"], seen=seen)
    elif "publish" in typed:
        publish_questions(**facts, seen=seen)
        messages.success(request, _("Citizens are asked this from now on. Reports that are here keep their questions."))
    elif "discard" in typed:
        discard(**facts)
        messages.success(request, _("The draft is gone; what is asked stays."))
    elif "above" in typed:
        take_from_above(**facts)
        messages.success(request, _("Your county's questions are asked again."))
    else:
        raise Http404


def _shown(now: Editing) -> list[dict[str, Any]]:
    language = get_language() or FALLBACK
    by_slug = {field["slug"]: field for field in now.fields}
    return [
        {
            "slug": field["slug"],
            "label": localized(field["label"]),
            "type": TYPES.get(field["type"], field["type"]),
            "required": field.get("required"),
            "private": field.get("private"),
            "options": [localized(option["label"]) for option in field.get("options", [])],
            "when": condition_text(field["when"], by_slug, language) if field.get("when") else "",
            "first": index == 0,
            "last": index == len(now.fields) - 1,
        }
        for index, field in enumerate(now.fields)
    ]


def _versions(now: Editing) -> list[FormVersion]:
    """What was asked when, the newest first, with how many reports were asked so."""
    if now.published is None:
        return []
    rows = FormVersion.objects.filter(form=now.published.form_id).published().order_by("-number")
    return list(rows.annotate(reports=Count("report"), last=Max("report__case__submitted_at"))[:10])


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: HttpRequest, town: Municipality, slug: str, name: str = "") -> HttpResponse:
    """Make a question or change one, in the draft. Some buttons only change the form: its type, its answers."""
    row = row_or_404(town, slug)
    now = editing(town, row.topic)
    question = now.field(name) if name else None
    if name and question is None:
        raise Http404
    earlier = now.before(name) if name else now.fields
    begin = beginning(question, earlier)
    kind = str(question["type"]) if question is not None else "choice"
    posted = request.POST if request.method == "POST" else None
    if posted is not None and posted.get("type") in TYPES:
        kind = posted["type"]
    form = QuestionForm(posted, kind=kind, earlier=earlier, question=question, begin=begin)
    if posted is not None and (changed := _reshaped(form, posted)) is not None:
        again = QuestionForm(None, kind=kind, earlier=earlier, question=question, begin={**begin, **changed})
        return _page(request, town, row, now, again, question)
    if form.is_valid():
        try:
            put(municipality=town, topic=row.topic, by=staff(request), field=form.field(), name=name, seen=now.mark)
        except ValidationError as error:
            form.refuse(error)
        except Stale:
            form.add_error(None, _("Somebody else has changed this in the meantime. Nothing of yours is saved yet."))
        else:
            return redirect("rules_questions", slug)
    return _page(request, town, row, now, form, question)


def _reshaped(form: QuestionForm, posted: QueryDict) -> dict[str, Any] | None:
    """What was typed, where a button was pressed that only changes the form; None where it is to be saved."""
    if "retype" not in posted and "options-more" not in posted and "options-up" not in posted:
        return None
    typed = form.raw()
    if "options" in typed and (number := str(posted.get("options-up", ""))).isdecimal():
        typed["options"] = moved_up(typed["options"], int(number))
    return typed


def _page(
    request: HttpRequest,
    town: Municipality,
    row: Row,
    now: Editing,
    form: QuestionForm,
    question: dict[str, Any] | None,
) -> HttpResponse:
    wrong = form.is_bound and bool(form.errors)
    page = context(
        town,
        row=row,
        form=form,
        title=localized(question["label"]) if question is not None else "",
        category=localized(row.topic.name),
        editing=now,
    )
    return render(request, "moderation/rules/question.html", page, status=409 if form.stale else 422 if wrong else 200)
