"""Who may set the municipality of this site up, and who may write its pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.policy import Permission
from accounts.services import may
from geo.models import Municipality
from moderation.access import staff, staff_only

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Municipality, P], HttpResponse]
Plain = Callable[Concatenate[HttpRequest, P], HttpResponse]


def allowed_to(permission: Permission) -> Callable[[View[P]], Plain[P]]:
    """The view gets the municipality of the host; 403 for staff who have no such right in it."""

    def decorate(view: View[P]) -> Plain[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            here: Municipality = request.municipality  # type: ignore[attr-defined]
            if not may(staff(request), permission, municipality_id=here.pk):
                raise PermissionDenied
            # Read anew: what the middleware keeps may be some seconds old, and has no boundary.
            town = Municipality.objects.select_related("parent__parent").defer(
                "boundary", "parent__boundary", "parent__parent__boundary"
            )
            return view(request, town.get(pk=here.pk), *args, **kwargs)

        return cast(Plain[P], staff_only(checked))

    return decorate


administrators_only = allowed_to(Permission.ADMINISTER)
writers_only = allowed_to(Permission.WRITE)
