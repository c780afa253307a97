"""The page of an outside body `/weitergeleitet/<token>/`: see what was forwarded, and answer, without an account."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases import files as stored
from cases import forwarding
from cases.change import Act
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge
from cases.files import VARIANTS
from cases.models import File, Forward
from reports.asking import gone, here, private, too_often
from reports.forwarding import BY_SLUG, TheirStep, offered, shown, tell, visible_files
from reports.policy import TEXT_MAX
from reports.public_forms import TOO_LONG, PhotosField
from reports.public_forms import tell as tell_form

ANSWERS_PER_HOUR = 30
LOOKS_PER_HOUR = 300
PHOTOS_IN_ALL = 40
_NOBODY = "x" * 22


class ForwardedForm(forms.Form):
    """What they say: one step, words, proof photos."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    step = forms.ChoiceField(
        label=gettext_lazy("What do you want to tell us?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Words to the town hall"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Only the town hall reads it."),
        error_messages=TOO_LONG,
    )
    photos = PhotosField(label=gettext_lazy("Photos, for instance as a proof"), required=False)
    kept = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    """Keys of photos that arrived with an earlier, incomplete sending."""

    def __init__(self, *args: Any, steps: list[TheirStep], **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step.slug, step.label) for step in steps]

    def clean(self) -> dict[str, Any]:
        """Who hands back or only writes says something."""
        typed = dict(self.cleaned_data)
        step = BY_SLUG.get(typed.get("step", ""))
        if step is not None and step.words and not typed.get("text") and "text" not in self.errors:
            self.add_error("text", _("Please write a few words."))
        return typed


def find(token: str) -> Forward:
    """The forwarding of a token; 404 otherwise. The index holds 128 random bits; a miss compares as long as a hit."""
    found = (
        Forward.objects.select_related(
            "case__municipality__parent__parent",
            "case__topic__category",
            "case__district",
            "case__contact",
            "case__stage",
            "case__report",
        )
        .filter(token=token)
        .first()
    )
    known = found.token if found is not None else _NOBODY
    if not secrets.compare_digest(token.encode(), known.encode()) or found is None:
        raise Http404
    return found


@private
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The page; a POST is one step. A wrong link is told as such, an ended or expired one says so."""
    if too_often(request, "forwarded", limit=LOOKS_PER_HOUR):
        return render(request, "reports/forwarded_ended.html", {"why": "often"}, status=429)
    try:
        forward = find(token)
    except Http404:
        return gone(request)
    town = forward.case.municipality
    if town.pk not in here(request).family_ids():
        return HttpResponseRedirect(town.base_url() + request.path)
    now = timezone.now()
    if not forwarding.works(forward, now) and not _sent_before(request, forward):
        return _ended(request, forward)
    if request.method != "POST":
        forwarding.opened(forward=forward, at=now)
        return _page(request, forward, ForwardedForm(steps=offered(forward), initial={"client_key": uuid.uuid4()}))
    form = ForwardedForm(request.POST, request.FILES, steps=offered(forward))
    if _sent_before(request, forward) and "step" in form.errors:
        return _back(forward, request.POST.get("step", ""))  # a second press, after the first one closed the choice
    if _told(request, forward, form):
        return _back(forward, form.cleaned_data["step"])
    return _page(request, find(token), form, status=422)


def _sent_before(request: HttpRequest, forward: Forward) -> bool:
    """Whether this very form was taken already: the button was pressed twice."""
    try:
        key = uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return False
    return forward.case.entries.filter(client_key=key, data__forward=forward.pk).exists()


def _back(forward: Forward, step: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('forwarded', args=[forward.token])}?fertig={step}")


def _told(request: HttpRequest, forward: Forward, form: ForwardedForm) -> bool:
    """Whether the step was done. Photos that arrived stay, also when something else was missing."""
    if too_often(request, "forwarded-answer", limit=ANSWERS_PER_HOUR):
        form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        return False
    form.is_valid()
    typed: dict[str, Any] = form.cleaned_data
    kept = list(forward.case.files.filter(entry=None, photo=None, key__in=typed.get("kept", "").split()[:20]))
    try:
        _keep(forward, typed.get("photos") or [], kept)
        if not form.errors:
            tell(
                forward=forward,
                step=BY_SLUG[typed["step"]],
                text=typed["text"],
                files=list(dict.fromkeys(kept)),
                act=Act(client_key=typed["client_key"]),
            )
            return True
    except Invalid as invalid:
        tell_form(form, invalid)
    except (KeyReused, Conflict):
        form.add_error(None, _("This was sent before with other words. Please check it and send it again."))
    except (NoSuchEdge, Denied):
        form.add_error(None, _("This is not possible any more: the report has moved on."))
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["kept"], data["client_key"] = " ".join(file.key for file in kept), str(uuid.uuid4())
    form.data = data
    return False


def _keep(forward: Forward, uploads: list[Any], kept: list[File]) -> None:
    """Store uploads with the case, into `kept`; Invalid when one is unusable or there are too many by now."""
    case = forward.case
    if uploads and case.files.count() + len(uploads) > PHOTOS_IN_ALL:
        raise Invalid({"photos": [_("This report has enough photos. Please write instead.")]})
    errors: list[str] = []
    for upload in uploads:
        try:
            kept.append(stored.store(upload=upload, at=timezone.now(), case=case)[0])
        except Invalid as invalid:
            errors += invalid.errors["photos"]
    if errors:
        raise Invalid({"photos": errors})


def _page(request: HttpRequest, forward: Forward, form: ForwardedForm, status: int = 200) -> HttpResponse:
    done = BY_SLUG.get(request.GET.get("fertig", ""))
    seen = shown(forward)
    context = {
        "forward": forward,
        "report": seen,
        "town": forward.case.municipality,
        "photos": [
            {
                "src": reverse("forwarded_photo", args=[forward.token, file.key, "medium"]),
                "large": reverse("forwarded_photo", args=[forward.token, file.key, "large"]),
                "width": file.width,
                "height": file.height,
                "alt": _("Photo %(n)d") % {"n": number},
            }
            for number, file in enumerate(seen.photos, 1)
        ],
        "form": form,
        "kept": len(str(form["kept"].value() or "").split()),
        "said": str(done.done) if done is not None and not form.is_bound else "",
        "look": forward.case.facts.look,
        "label": forward.case.state_label,
    }
    return render(request, "reports/forwarded.html", context, status=status)


def _ended(request: HttpRequest, forward: Forward) -> HttpResponse:
    done = BY_SLUG.get(request.GET.get("fertig", ""))
    context = {
        "why": "expired" if forward.ended_at is None and not forward.case.facts.closed else "ended",
        "number": forward.case.number,
        "town": forward.case.municipality,
        "said": str(done.done) if done is not None and forward.answered_at is not None else "",
    }
    return render(request, "reports/forwarded_ended.html", context, status=200 if context["said"] else 410)


@require_safe
def photo(request: HttpRequest, token: str, key: str, variant: str) -> HttpResponseBase:
    """A photo they may see, as long as the link works; without metadata, as all that is served."""
    forward = find(token)
    if variant not in VARIANTS or not forwarding.works(forward, timezone.now()):
        raise Http404
    file = next((one for one in visible_files(forward) if one.key == key), None)
    if file is None:
        raise Http404
    try:
        content = default_storage.open(f"variants/{file.key}/{variant}.jpg")
    except FileNotFoundError:
        raise Http404
    response = FileResponse(content, content_type="image/jpeg")
    response["Cache-Control"], response["X-Robots-Tag"] = "private, no-store", "noindex, nofollow"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
