"""Template tags of the design system: one tag per component, used by name from every package's templates.

The tags take plain values or objects with the named attributes and import nothing of ours, so a template of a lower
package may load them. A state comes with its class (`received working waiting done closed withdrawn`) and its label
from the data; here stands only how it is drawn. `/design/` shows every component, docs/design-system.md how to use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

STATES = ("received", "working", "waiting", "done", "closed", "withdrawn")
ALERT_ICONS = {"info": "info", "success": "check-circle", "warning": "alert", "danger": "danger"}
MESSAGE_KINDS = {"debug": "info", "error": "danger"}
DAY = 86_400


def draw(name: str, classes: str = "", label: str = "") -> SafeString:
    """The `<svg>` of an icon of static/icons/sprite.svg; hidden from screen readers unless it has a `label`."""
    classes = f"icon {classes}".strip()
    address = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, address)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """`{% icon "camera" %}`, `{% icon "camera" "icon--l" %}`; sizes icon--s 20, default 24, icon--l 32, icon--xl 48."""
    return draw(name, classes, label)


@register.simple_tag
def sprite() -> str:
    """Address of the sprite, for scripts (base.html puts it on <html data-sprite>)."""
    return static("icons/sprite.svg")


def spoken(moment: datetime | date, now: datetime | None = None) -> str:
    """How people say it: "vor 3 Tagen", "gestern"; beyond four weeks the date itself. Future: "in 3 Tagen"."""
    now = timezone.localtime(now or timezone.now())
    if not isinstance(moment, datetime):
        return _spoken_days((now.date() - moment).days, moment)
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment.replace(tzinfo=now.tzinfo)
    seconds = (now - local).total_seconds()
    if 0 <= seconds < 90:
        return _("just now")
    if 0 <= seconds < 3600:
        minutes = round(seconds / 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    days = (now.date() - local.date()).days
    if days == 0 and seconds > 0:
        hours = max(1, int(seconds // 3600))
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return _spoken_days(days, local.date())


def _spoken_days(days: int, day: date) -> str:
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days == -1:
        return _("tomorrow")
    if 1 < days < 14:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if 14 <= days < 29:
        weeks = days // 7
        return ngettext("%(n)d week ago", "%(n)d weeks ago", weeks) % {"n": weeks}
    if -14 < days < -1:
        return ngettext("in %(n)d day", "in %(n)d days", -days) % {"n": -days}
    return date_format(day, "DATE_FORMAT" if day.year != timezone.localdate().year else "MONTH_DAY_FORMAT")


@register.simple_tag
def age(moment: datetime | date | None, classes: str = "") -> SafeString | str:
    """`<time>` as people speak, with the full date in the markup and on hover; "" without a moment."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        full = date_format(local, "DATETIME_FORMAT")
        machine = local.isoformat(timespec="minutes")
    else:
        full, machine = date_format(moment, "DATE_FORMAT"), moment.isoformat()
    start = format_html('<time class="{}"', classes) if classes else mark_safe("<time")
    return format_html('{} datetime="{}" title="{}">{}</time>', start, machine, full, spoken(moment))


@register.inclusion_tag("components/state.html")
def state(kind: str, label: str, since: datetime | date | None = None, badge: bool = False) -> dict[str, Any]:
    """State as icon + word + age. `kind` is one of STATES (an unknown one is an error), `label` the public word."""
    if kind not in STATES:
        raise template.TemplateSyntaxError(f"Unknown state class {kind!r}; one of {', '.join(STATES)}.")
    return {"kind": kind, "label": label, "since": since, "badge": badge}


@register.simple_tag
def dot(kind: str, label: str = "") -> SafeString:
    """Filled dot with the state's sign, for dense rows; give `label` where no word stands beside it."""
    if kind not in STATES:
        raise template.TemplateSyntaxError(f"Unknown state class {kind!r}; one of {', '.join(STATES)}.")
    return format_html('<span class="dot is-{}">{}</span>', kind, draw(f"state-{kind}", label=label))


@register.simple_tag
def pin(kind: str, name: str) -> SafeString:
    """A map pin: category icon `name` in the colour of the state; static/js/pin.js draws the same for Leaflet."""
    return format_html(
        '<span class="pin pin--{}">{}{}</span>',
        kind,
        draw(name, "pin__icon"),
        draw(f"state-{kind}", "pin__mark") if kind not in {"received", "working"} else "",
    )


@register.inclusion_tag("components/row.html")
def report_row(row: Any, level: int = 3, lazy: bool = True, current: bool = False) -> dict[str, Any]:
    """One report in a list, inside `<ul class="rows">`.

    `row` (mapping or object) has title, url, place, state (class), label, since and, where known, photo (address),
    photo_webp, photo_alt, icon (category, drawn without a photo), supports (int), number, distance (text).
    """
    return {"row": row, "heading": f"h{level}", "lazy": lazy, "current": current}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any], level: int = 3) -> dict[str, Any]:
    """Entries from old to new or new to old as given: at, title, and where known who, text, state (class), photos
    (see `photo`), internal (bool). The texts are those of the town hall, in its language."""
    return {"entries": entries, "heading": f"h{level}", "language": settings.LANGUAGE_CODE}


@register.inclusion_tag("components/photo.html")
def photo(item: Any, caption: str = "", lazy: bool = True) -> dict[str, Any]:
    """A picture: item has src (JPEG) and alt, and where known webp, large (opened by a click), width, height."""
    return {"photo": item, "caption": caption, "lazy": lazy}


@register.inclusion_tag("components/gallery.html")
def gallery(photos: Iterable[Any], label: str = "", small: bool = False) -> dict[str, Any]:
    """Pictures side by side, swiped on a phone; the items are those of `photo`."""
    return {"photos": list(photos), "label": label or _("Photos"), "small": small}


@register.inclusion_tag("components/stepper.html")
def stepper(number: int, total: int, question: str, back: str = "") -> dict[str, Any]:
    """Head of a step: back, "Schritt 2 von 5", bar, question as h1 (id="question", takes the focus after a step)."""
    return {"number": number, "total": total, "question": question, "back": back}


@register.inclusion_tag("components/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any], key: str = "page", what: str = "") -> dict[str, Any]:
    """Back and forward through a `Page`; keeps the other parts of the address."""
    query = context["request"].GET.copy() if "request" in context else QueryDict(mutable=True)

    def part(number: int) -> str:
        query[key] = str(number)
        return query.urlencode()

    return {
        "page": page,
        "what": what or _("reports"),
        "before": part(page.previous_page_number()) if page.has_previous() else "",
        "after": part(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", name: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """A designed empty state: icon `name`, what is (not) here, and the next step as a button."""
    return {"title": title, "text": text, "icon_name": name, "url": url, "action": action}


@register.simple_block_tag
def alert(content: str, kind: str, title: str, role: str = "") -> SafeString:
    """`{% alert "warning" "Title" %}<p>…</p>{% endalert %}`; info, success, warning, danger; the body may be empty.

    `role="alert"` or `"status"` only for what appears in answer to something; a note on the page has none.
    """
    kind = MESSAGE_KINDS.get(kind, kind)
    head = format_html(
        '<div class="kern-alert__header">{}<p class="kern-title">{}</p></div>', draw(ALERT_ICONS[kind]), title
    )
    body = format_html('<div class="kern-alert__body">{}</div>', content) if content.strip() else ""
    attribute = format_html(' role="{}"', role) if role else ""
    return format_html('<div class="kern-alert kern-alert--{}"{}>{}{}</div>', kind, attribute, head, body)


@register.filter
def alert_kind(tags: str) -> str:
    """KERN's kind for the tags of a Django message ("error" is "danger")."""
    level = tags.split()[-1] if tags else "info"
    return MESSAGE_KINDS.get(level, level if level in ALERT_ICONS else "info")


@register.filter
def alert_icon(kind: str) -> str:
    """Icon of an alert kind."""
    return ALERT_ICONS.get(kind, "info")


# Forms --------------------------------------------------------------------------------------------------------------
def _fields_with_errors(form: BaseForm) -> list[tuple[str, str]]:
    """(anchor, message) of every error of the form, its own first."""
    found = [("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        for message in bound.errors:
            found.append((_first_id(bound), f"{_said(str(bound.label))} {message}"))
    return found


def _said(label: str) -> str:
    """The label as the beginning of a sentence: "E-mail:", but "Is it dangerous?" stays."""
    return label if not label or label[-1] in "?!.:" else f"{label}:"


def _first_id(bound: BoundField) -> str:
    """Id of the control that the error summary should lead to: of a group the first choice."""
    if isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """All errors of one or more forms with links to the fields; nothing where there is none. Takes the focus.

    Where no field is wrong (somebody was quicker, too often), the heading does not ask to check one.
    """
    errors = [pair for form in forms if form is not None and form.is_bound for pair in _fields_with_errors(form)]
    return {"errors": errors, "general": not any(anchor for anchor, _message in errors)}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "", classes: str = "", **extra: Any) -> dict[str, Any]:
    """Label, hint, control and error of any Django form field, in KERN's markup and tied together by ids.

    `extra` are attributes of the control (underscores become dashes): `{% field form.email autocomplete="email" %}`.
    """
    widget = bound.field.widget
    hint = hint or str(bound.help_text or "")
    base = bound.auto_id or bound.html_name
    described = " ".join([*([f"{base}-hint"] if hint else []), *([f"{base}-error"] if bound.errors else [])])
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in extra.items()}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    kind = _kind(widget)
    if kind in {"input", "textarea", "select"}:
        block = "select" if kind == "select" else "input"
        names = [f"kern-form-input__{block}", widget.attrs.get("class", ""), attrs.get("class", "")]
        if bound.errors:
            names.append(f"kern-form-input__{block}--error")
        attrs["class"] = " ".join(filter(None, names))
    elif kind == "check":
        attrs["class"] = "kern-form-check__checkbox" + (" kern-form-check__checkbox--error" if bound.errors else "")
    return {
        "bound": bound,
        "kind": kind,
        "hint": hint,
        "base": base,
        "described": described,
        "control": None if kind == "group" else bound.as_widget(attrs=attrs),
        "choices": _choices(bound, attrs) if kind == "group" else (),
        "radio": isinstance(widget, RadioSelect) and not isinstance(widget, CheckboxSelectMultiple),
        "classes": classes,
        "optional": not bound.field.required and not _answered(bound, kind),
    }


def _answered(bound: BoundField, kind: str) -> bool:
    """Whether a choice stands there already, so that nobody has to be told that none is needed."""
    if kind in {"check", "hidden"}:
        return True
    one = kind == "select" or (kind == "group" and not isinstance(bound.field.widget, CheckboxSelectMultiple))
    return one and bound.value() not in (None, "", [])


def _kind(widget: Any) -> str:
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, Select):
        return "select"
    if isinstance(widget, Textarea):
        return "textarea"
    return "several" if widget.use_fieldset else "input"


def _choices(bound: BoundField, attrs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The choices of a group as (id, label, input); each input names the group's hint and error."""
    radio = not isinstance(bound.field.widget, CheckboxSelectMultiple)  # which is a kind of RadioSelect
    word = "radio" if radio else "checkbox"
    found = []
    for subwidget in bound.subwidgets:
        data = subwidget.data
        own = {
            "type": word,
            "name": data["name"],
            "value": data["value"],
            "id": data["attrs"].get("id", ""),
            "class": f"kern-form-check__{word}" + (f" kern-form-check__{word}--error" if bound.errors else ""),
            **{name: value for name, value in attrs.items() if name not in {"class"}},
        }
        insists = radio and bound.field.required and bound.form.use_required_attribute
        flags = {"checked": data["selected"], "required": insists}
        text = format_html_join("", ' {}="{}"', own.items()) + format_html_join(
            "", " {}", ((name,) for name, on in flags.items() if on)
        )
        found.append({"id": own["id"], "label": subwidget.choice_label, "input": format_html("<input{}>", text)})
    return found
