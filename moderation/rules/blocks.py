"""`/verwaltung/einrichtung/textbausteine/`: prepared answers, by state and category, in several languages."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import routing, rules
from cases.models import STATES, TextBlock, Topic
from geo.folding import fold
from geo.localized import localized
from geo.models import Municipality
from moderation.access import staff
from moderation.rules.rows import do, everything, look_of, row_of
from moderation.rules.sample import as_read, case_for
from moderation.rules.words import InLanguages
from moderation.setup import steps
from moderation.setup.access import administrators_only
from reports.placeholders import NAMED, PLACEHOLDERS, left_open, unknown

ANY: Final = "-"
"""In the filters: for every state, for every category."""
Choices = list[tuple[str, list[tuple[str, str]]]]


def topic_choices(town: Municipality) -> tuple[dict[str, Topic], Choices]:
    """The categories that hold in a town by slug, and as choices in their groups, each group itself first."""
    rows = routing.inherited(
        Topic.objects.filter(municipality__in=town.chain()).select_related("parent", "category"), town
    )
    found: dict[str, Topic] = {row.slug: row for row in rows}
    groups: Choices = []
    for group in rows:
        if group.parent_id is None:
            inside = [row for row in rows if row.parent is not None and row.parent.slug == group.slug]
            whole = (group.slug, _("%(group)s: all") % {"group": group})
            groups.append((str(group), [whole, *((row.slug, str(row)) for row in inside)]))
    return found, groups


class BlockForm(InLanguages, forms.Form):
    """A prepared answer; `number` names the case the preview is filled with."""

    title = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As colleagues find it in the list. Citizens never see it."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("For which state?"),
        required=False,
        help_text=gettext_lazy("It is offered first when a case goes to this state."),
    )
    topic = forms.ChoiceField(label=gettext_lazy("For which category?"), required=False)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    number = forms.CharField(
        label=gettext_lazy("Number of a case for the preview"),
        required=False,
        max_length=24,
        help_text=gettext_lazy("Empty: the latest one that fits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, block: TextBlock, topics: dict[str, Topic], choices: Choices) -> None:
        slug = block.topic.slug if block.topic is not None else ""
        first = {"title": block.title, "state": block.state, "active": block.active, "topic": slug}
        super().__init__(data, initial=first, label_suffix="")
        self.block, self.topics = block, topics
        for_state, for_topic = self.fields["state"], self.fields["topic"]
        assert isinstance(for_state, forms.ChoiceField)
        assert isinstance(for_topic, forms.ChoiceField)
        for_state.choices = [("", _("for every state")), *STATES]
        for_topic.choices = [("", _("for every category")), *choices]
        if slug and slug not in topics:
            # Switched off since: it stays named, and can be chosen no more.
            self.topics = {**topics, slug: block.topic}  # type: ignore[dict-item]
            for_topic.choices = [*for_topic.choices, (slug, str(block.topic))]
        self.add_words("text", _("Text"), block.text, rows=8, longest=rules.BLOCK_MAX, needed=True)
        self.texts = self.bound_words("text")

    def clean(self) -> dict[str, Any]:
        """Placeholders that nothing will ever fill are refused at once, not when somebody sends it."""
        data = super().clean()
        for language, _word in settings.LANGUAGES:
            wrong = unknown(data.get(f"text_{language}") or "")
            if wrong:
                words = _("%(wrong)s is no placeholder. All that there are stand below the text.")
                self.add_error(f"text_{language}", words % {"wrong": ", ".join(wrong)})
        return data

    def facts(self) -> dict[str, Any]:
        """Arguments for `cases.rules.save_text_block`."""
        typed = self.cleaned_data
        return {
            "title": typed["title"],
            "state": typed["state"],
            "topic": self.topics.get(typed["topic"]),
            "text": self.words("text", self.block.text),
            "active": typed["active"],
        }


@require_safe
@administrators_only
def blocks(request: HttpRequest, town: Municipality) -> HttpResponse:
    """All prepared answers by state, in order; `q`, `status` and `kategorie` narrow them."""
    typed = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "status", "kategorie")}
    rows, origin = everything(TextBlock, town)
    _known, choices = topic_choices(town)
    named = {row.pk: row for row in Topic.objects.filter(pk__in={row.topic_id for row in rows if row.topic_id})}
    filtered = any(typed.values())
    wanted = [row for row in rows if _wanted(row, typed, named)]
    groups = []
    for state, label in [("", _("for every state")), *STATES]:
        of_state = [row for row in wanted if row.state == state]
        shown = [
            {
                "row": row,
                "topic": named.get(row.topic_id) if row.topic_id else None,
                "origin": origin[row.pk],
                "first": place == 0,
                "last": place == len(of_state) - 1,
            }
            for place, row in enumerate(of_state)
        ]
        if shown:
            groups.append({"state": state, "label": label, "look": look_of(state) if state else "", "rows": shown})
    context: dict[str, Any] = {
        "groups": groups,
        "count": len(wanted),
        "all": len(rows),
        "filtered": filtered,
        "typed": typed,
        "states": [(ANY, _("for every state")), *STATES],
        "categories": choices,
        "any": ANY,
    }
    return _page(request, town, "blocks", **context)


def _wanted(row: TextBlock, typed: dict[str, str], topics: dict[int, Topic]) -> bool:
    """Whether a row fits the filters: all words of `q` in its name or one of its texts."""
    slug = topics[row.topic_id].slug if row.topic_id else ANY
    if typed["status"] and (row.state or ANY) != typed["status"]:
        return False
    if typed["kategorie"] and slug != typed["kategorie"]:
        return False
    words = fold(" ".join([row.title, *row.text.values()]))
    return all(word in words for word in fold(typed["q"]).split())


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def block(request: HttpRequest, town: Municipality, pk: int | None = None) -> HttpResponse:
    """Make a prepared answer or change one; `preview` shows what it reads like and saves nothing."""
    row, origin = row_of(TextBlock, town, pk) if pk is not None else (TextBlock(municipality=town, text={}), None)
    if origin is not None and not origin.own:
        if request.method == "POST":
            return redirect("setup_block", row.pk)
        return _page(request, town, "block_inherited", row=row, origin=origin, preview=_preview(request, town, row))
    topics, choices = topic_choices(town)
    form = BlockForm(request.POST if request.method == "POST" else None, block=row, topics=topics, choices=choices)
    preview = None
    if form.is_valid():
        if "preview" in request.POST:
            facts = form.facts()
            tried = TextBlock(municipality=town, topic=facts["topic"], text=facts["text"])
            preview = _preview(request, town, tried, form.cleaned_data["number"].strip())
            if preview is None:
                form.add_error("number", _("There is no case with this number that you may see."))
        else:
            try:
                saved = rules.save_text_block(
                    municipality=town, by=staff(request), block=row if row.pk else None, **form.facts()
                )
            except ValidationError as error:
                form.tell(error)
            else:
                messages.success(request, _("“%(row)s” is saved.") % {"row": saved})
                return redirect("setup_blocks")
    return _page(request, town, "block", form, row=row, origin=origin, preview=preview)


def _preview(request: HttpRequest, town: Municipality, row: TextBlock, number: str = "") -> dict[str, Any] | None:
    """The texts as they would be read, with what stays open; None where the number leads to no case."""
    now = timezone.now()
    case = case_for(town, staff(request), topic=row.topic, number=number, at=now)
    if case is None:
        return None
    texts = []
    for language, word in settings.LANGUAGES:
        if row.text.get(language, "").strip():
            read = as_read(row.text[language], case, at=now, language=language)
            texts.append({"language": language, "word": word, "text": read, "open": left_open(read)})
    return {"case": case, "category": localized(case.topic.name), "texts": texts}


@require_POST
@administrators_only
def deed(request: HttpRequest, town: Municipality, pk: int) -> HttpResponse:
    """Own version, back to the county's, up, down, delete."""
    row, origin = row_of(TextBlock, town, pk)
    done = do(request, town, row, origin, staff(request))
    if request.POST.get("deed") == "own" and done is not None:
        return redirect("setup_block", done.pk)
    return redirect(f"{reverse('setup_blocks')}#baustein-{done.slug}" if done is not None else "setup_blocks")


def _page(
    request: HttpRequest, town: Municipality, name: str, form: BlockForm | None = None, **more: Any
) -> HttpResponse:
    known = [(f"{{{name}}}", one.means) for name, one in PLACEHOLDERS.items()]
    keys = [*known, *((f"{{{name}}}", means) for name, means in NAMED.items())]
    context = {**steps.context(town), "town": town, "form": form, "keys": keys, **more}
    wrong = form is not None and form.is_bound and bool(form.errors)
    status = 409 if form is not None and form.stale else 422 if wrong else 200
    return render(request, f"moderation/rules/{name}.html", context, status=status)
