"""The pages of saved views: save one from the work list, and look after them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Unit, User
from cases.errors import Denied, Invalid
from moderation.access import staff, staff_only
from moderation.models import SavedView
from moderation.worklist import saved


def _unit(request: HttpRequest, user: User, current: Unit | None = None) -> Unit | None:
    """The unit that was chosen. Denied for one that cannot be chosen."""
    wanted = request.POST.get("einheit", "")
    if not wanted:
        return None
    if current is not None and wanted == str(current.pk):
        return current
    found = next((one for one in saved.sharing(user) if str(one.pk) == wanted), None)
    if found is None:
        raise Denied
    return found


def _view(user: User, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.of(user).select_related("unit", "owner"), pk=pk)


@require_POST
@staff_only
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the work list under a name, then back to the list."""
    user = staff(request)
    query = request.POST.get("ansicht", "")
    try:
        view = saved.save(user=user, name=request.POST.get("name", ""), query=query, unit=_unit(request, user))
    except Invalid as refused:
        messages.error(request, " ".join(words for found in refused.errors.values() for words in found))
        return redirect(f"{reverse('desk')}?{saved.normalised(query, user)}")
    except Denied:
        raise Http404
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(reverse("desk") + saved.address(view))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def manage(request: HttpRequest) -> HttpResponse:
    """All views of the person, to rename, share, move and delete."""
    user = staff(request)
    refused: dict[str, Any] = {}
    if request.method == "POST":
        pk = request.POST.get("pk", "")
        view = _view(user, int(pk) if pk.isdecimal() and len(pk) < 18 else 0)
        try:
            _do(request, user, view)
            return redirect("desk_views")
        except Invalid as invalid:
            refused = {"pk": view.pk, "words": invalid.errors["name"], "name": request.POST.get("name", "")}
        except Denied:
            raise Http404
    units = saved.sharing(user)
    rows = [
        {
            "view": view,
            "url": reverse("desk") + saved.address(view),
            "mine": view.owner_id == user.pk,
            "changeable": saved.may_change(view, user),
            "units": units if view.unit is None or view.unit in units else [*units, view.unit],
            "errors": refused.get("words", []) if refused.get("pk") == view.pk else [],
            "name": refused["name"] if refused.get("pk") == view.pk else view.name,
        }
        for view in SavedView.objects.of(user).select_related("unit", "owner")
    ]
    return render(request, "moderation/saved_views.html", {"rows": rows}, status=422 if refused else 200)


def _do(request: HttpRequest, user: User, view: SavedView) -> None:
    match request.POST.get("tun"):
        case "loeschen":
            saved.delete(user=user, view=view)
            messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        case "hoch":
            saved.move_up(user=user, view=view)
        case _:
            unit = _unit(request, user, view.unit)
            saved.change(user=user, view=view, name=request.POST.get("name", ""), unit=unit)
            messages.success(request, _("The view is saved."))
