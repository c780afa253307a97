"""The page on which faces and number plates are painted over, and the door to the original of a photo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import Permission
from cases.areas import Area, Rectangle, read, to_lines
from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused
from cases.policy import LookFor
from cases.terms import ORIGINALS, ends_on
from moderation.access import staff, staff_only
from moderation.case import history
from moderation.case.page import CasePage, case_for
from moderation.forms.redaction import OriginalForm, RedactionForm
from moderation.refusals import STATUS
from moderation.worklist.lists import Query
from reports.models import Photo
from reports.redacting import open_original, redact_photo, uncovers

_TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}
_TYPES |= {"HEIF": ("image/heic", "heic"), "AVIF": ("image/avif", "avif")}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def redact(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """The photo large, and areas to paint over: drawn by the script, or typed. What is refused keeps all of them."""
    page = _page(request, pk)
    shown = _photo(page, photo)
    if request.method != "POST":
        form = RedactionForm(case=page.case, initial={"areas": to_lines(read(shown.file.redaction))})
        return _render(request, page, shown, form)
    form = RedactionForm(request.POST, case=page.case)
    valid = form.is_valid()
    if "preview" in request.POST:
        return _render(request, page, shown, form, status=200 if valid else 422)
    if not valid:
        return _render(request, page, shown, form, status=422, refused=True)
    typed = form.cleaned_data
    act = Act(at=page.at, client_key=typed["client_key"], version=typed["version"])
    again = shown.released and uncovers(shown, typed["areas"])
    try:
        redact_photo(photo=shown, shapes=typed["areas"], by=By.staff(page.user), act=act)
    except Refused as refused:
        return _refuse(request, pk, photo, form, refused)
    if not typed["areas"]:
        said = _("Nothing is painted over any more.")
    else:
        said = _("The photo is painted over. Nobody can see these areas any more.")
    if again:
        said += " " + _("It is no longer public: please check it, then release it again.")
    messages.success(request, said)
    return redirect(f"{page.url()}#case")


@require_POST
@staff_only
def original(request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
    """The original as a download, after the look at it is noted; 404 once it is deleted."""
    page = _page(request, pk)
    shown = _photo(page, photo)
    form = OriginalForm(request.POST)
    if not form.is_valid():
        return redirect("desk_redact", pk, photo)
    try:
        content = open_original(
            photo=shown,
            by=By.staff(page.user),
            purpose=LookFor(form.cleaned_data["purpose"]),
            act=Act(at=page.at),
        )
    except Denied as denied:
        raise PermissionDenied from denied
    except NoSuchEdge as gone:
        raise Http404 from gone
    kind, suffix = _TYPES.get(shown.file.format, ("application/octet-stream", "bin"))
    name = f"{page.case.number or page.case.pk}-{photo}.{suffix}"
    response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request: HttpRequest, pk: int) -> CasePage:
    user = staff(request)
    page = CasePage(user, case_for(user, pk), Query.read(request.GET, user), timezone.now())
    if Permission.RELEASE not in page.rights:
        raise PermissionDenied
    return page


def _photo(page: CasePage, pk: int) -> Photo:
    rows = Photo.objects.select_related("file", "report__case").filter(report__case=page.case)
    return get_object_or_404(rows, pk=pk)


def _refuse(request: HttpRequest, pk: int, photo: int, form: RedactionForm, refused: Refused) -> HttpResponse:
    """The page as it stands now with what was drawn, and what somebody else painted over meanwhile as well."""
    seen = form.cleaned_data["version"]
    page = _page(request, pk)
    shown = _photo(page, photo)
    form.case = page.case
    extra: dict[str, Any] = {"refused": True}
    match refused:
        case Conflict():
            form.take_in(read(shown.file.redaction))
            extra["conflict"] = page.since(seen)
            form.put(version=page.case.version)
        case KeyReused():
            fresh = RedactionForm(case=page.case)
            form.put(version=page.case.version, client_key=fresh["client_key"].value())
            extra["problem"] = _("This form was sent before. Please check the photo, then send it again.")
        case Invalid():
            for words in refused.errors.values():
                form.add_error("areas", words)
        case Denied():
            raise PermissionDenied
    return _render(request, page, shown, form, status=STATUS[type(refused)], **extra)


def _drawn(areas: list[Area], width: int, height: int) -> list[dict[str, Any]]:
    """Areas in pixels of the picture, for SVG."""
    found: list[dict[str, Any]] = []
    for area in areas:
        if isinstance(area, Rectangle):
            x, y, across, down = area.x * width, area.y * height, area.width * width, area.height * height
            found.append({"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{across:.1f}", "height": f"{down:.1f}"})
        else:
            # A single dot is a line of no length, which SVG draws with its round ends.
            places = [*area.points, area.points[-1]] if len(area.points) == 1 else area.points
            points = " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in places)
            found.append({"points": points, "size": f"{area.size * max(width, height):.1f}"})
    return found


def _render(
    request: HttpRequest, page: CasePage, photo: Photo, form: RedactionForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    case, file = page.case, photo.file
    ready = file.ready_at is not None
    context = {
        "view": page,
        "case": case,
        "form": form,
        "photo": photo,
        "number": next((one.number for one in page.photos if one.photo.pk == photo.pk), 1),
        "picture": history.shown(file) if ready else None,
        "drawn": _drawn(form.typed, file.width, file.height),
        "unit": max(file.width, file.height),
        "back": page.url(),
        "original_form": OriginalForm(),
        "delete_on": ends_on(case, ORIGINALS),
        "panel": True,
        **extra,
    }
    return render(request, "moderation/redact.html", context, status=status)
