"""One category or group: made, changed, given back to the county."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from geo.localized import localized
from geo.models import Municipality
from moderation.access import staff
from moderation.rules.categories import context, row_or_404
from moderation.rules.category_forms import CategoryForm, GroupForm, TextsForm
from moderation.setup.access import administrators_only
from reports.cataloguing import Row, go_back, groups, rows_of, save_category, save_group
from reports.questioning import asked


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest, town: Municipality) -> HttpResponse:
    """A new category; `gruppe` says where."""
    return _category(request, town, None)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: HttpRequest, town: Municipality, slug: str) -> HttpResponse:
    """Change a category. What is inherited becomes the town's own version with the first change."""
    return _category(request, town, row_or_404(town, slug))


def _category(request: HttpRequest, town: Municipality, row: Row | None) -> HttpResponse:
    topic = row.topic if row is not None else None
    data = request.POST if request.method == "POST" else None
    group = request.GET.get("gruppe", "")
    form = CategoryForm(data, town=town, topic=topic, groups=groups(town), group=group)
    if form.is_valid():
        try:
            saved = save_category(
                municipality=town, topic=topic, group=form.chosen_group(), by=staff(request), facts=form.facts()
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("rules_category", saved.slug) if row is None else redirect("setup_categories")
    questions = asked(row.category) if row is not None else []
    return _page(request, town, "category", form, row=row, questions=questions)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def group(request: HttpRequest, town: Municipality, slug: str = "") -> HttpResponse:
    """Make a group or change one."""
    row = row_or_404(town, slug, group=True) if slug else None
    topic = row.topic if row is not None else None
    form = GroupForm(request.POST if request.method == "POST" else None, topic=topic)
    if form.is_valid():
        try:
            saved = save_group(municipality=town, topic=topic, by=staff(request), facts=form.facts())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("setup_categories")
    return _page(request, town, "group", form, row=row)


@require_POST
@administrators_only
def back(request: HttpRequest, town: Municipality, slug: str) -> HttpResponse:
    """Give up the own version of a category or group; the county's holds again."""
    row = rows_of(town).get(slug) or row_or_404(town, slug)
    try:
        county = go_back(municipality=town, topic=row.topic, by=staff(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("setup_categories")
    messages.success(request, _("“%(name)s” is as your county has it again.") % {"name": localized(county.name)})
    return redirect("setup_categories")


def _page(
    request: HttpRequest, town: Municipality, name: str, form: TextsForm, *, row: Row | None, **more: object
) -> HttpResponse:
    wrong = form.is_bound and bool(form.errors)
    status = 409 if form.stale else 422 if wrong else 200
    page = context(town, form=form, row=row, title=localized(row.topic.name) if row is not None else "", **more)
    return render(request, f"moderation/rules/{name}.html", page, status=status)
