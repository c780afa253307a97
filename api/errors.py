"""Errors as JSON: always `status`, `detail` and, where fields are to blame, `errors` per field name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge
from geo.proof.policy import WAIT


class ProofWanted(APIException):
    """A challenge is to be solved first; the answer brings it."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS

    def __init__(self, challenge: dict[str, Any]) -> None:
        super().__init__(_("Very many reports are coming in. Please solve the challenge and send it again."))
        self.challenge = challenge
        self.wait = WAIT


def problem(code: int, detail: str, errors: dict[str, list[str]] | None = None) -> Response:
    """One error answer; never kept by a cache, since the next try may succeed."""
    body: dict[str, Any] = {"status": code, "detail": detail}
    if errors:
        body["errors"] = errors
    return Response(body, status=code, headers={"Cache-Control": "no-store"})


def flat(detail: Any, name: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as {"contact.email": ["…"]}."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            found |= flat(value, f"{name}.{key}" if name else str(key))
        return found
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        found = {}
        for index, item in enumerate(detail):
            found |= flat(item, f"{name}.{index}" if name else str(index))
        return found
    messages = detail if isinstance(detail, list) else [detail]
    return {name or "__all__": [str(message) for message in messages]}


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal and every wrong request in one form; None (a 500) for what we did not expect."""
    set_rollback()
    if isinstance(exception, Invalid):
        return problem(400, _("Please check the input."), exception.errors)
    if isinstance(exception, KeyReused):
        return problem(
            409, _("This client_key was already used for something else."), {"client_key": [_("Used before.")]}
        )
    if isinstance(exception, Conflict):
        return problem(409, _("Somebody changed it meanwhile."))
    if isinstance(exception, NoSuchEdge):
        return problem(409, _("This is not possible in the present state."))
    if isinstance(exception, RequestDataTooBig):
        return problem(413, _("The request is too large."))
    if isinstance(exception, TooManyFilesSent):
        words = [_("At most %(n)d photos are possible.") % {"n": settings.PHOTO_MAX_COUNT}]
        return problem(400, _("Please check the input."), {"photos": words})
    if isinstance(exception, TooManyFieldsSent):
        return problem(400, _("The request has too many fields."))
    if isinstance(exception, Http404):
        return problem(404, _("Nothing is here."))
    if isinstance(exception, Denied | PermissionDenied):
        return problem(403, _("You may not do this."))
    if isinstance(exception, ValidationError):
        return problem(400, _("Please check the input."), flat(exception.detail))
    if isinstance(exception, APIException):
        response = problem(exception.status_code, str(exception.detail))
        if isinstance(exception, ProofWanted):
            response.data["challenge"] = exception.challenge
        wait = getattr(exception, "wait", None)
        if wait:
            response["Retry-After"] = str(int(wait))
        if exception.status_code == status.HTTP_405_METHOD_NOT_ALLOWED:
            response["Allow"] = ", ".join(context["view"].allowed_methods)
        return response
    return None
