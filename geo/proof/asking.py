"""The proof of work for views: of a form, of a browser that sends by itself, of a program; and what solves it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from geo.models import Municipality
from geo.proof import challenges, delay, gate
from geo.proof.policy import Purpose

FIELD, TOKEN_FIELD = "proof", "proof_token"
HEADER = "Proof-Of-Work"
_REFUSED = "_proof_refused"


def _here(request: HttpRequest) -> Municipality:
    municipality: Municipality = request.municipality  # type: ignore[attr-defined]
    return municipality


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def refusal(request: HttpRequest, purpose: Purpose) -> str:
    """Count a sent form and say in words what is missing; "" when it may pass. The page has `{% proof %}` in it."""
    refused = gate.admit(
        municipality=_here(request),
        purpose=purpose,
        address=_address(request),
        at=timezone.now(),
        proof=request.POST.get(FIELD, "") or request.headers.get(HEADER, ""),
        token=request.POST.get(TOKEN_FIELD, ""),
    )
    if refused is None:
        return ""
    setattr(request, _REFUSED, refused)
    return ngettext(
        "Very many are writing to us at the moment. Please wait a second, then press the button once more. "
        "Everything you typed is kept.",
        "Very many are writing to us at the moment. Please wait %(n)d seconds, then press the button once more. "
        "Everything you typed is kept.",
        refused.wait,
    ) % {"n": refused.wait}


def refused_program(request: HttpRequest, purpose: Purpose, municipality: Municipality) -> dict[str, Any] | None:
    """The same for the interface: the challenge to solve, None when it may pass."""
    refused = gate.admit(
        municipality=municipality,
        purpose=purpose,
        address=_address(request),
        at=timezone.now(),
        proof=request.headers.get(HEADER, ""),
        program=True,
    )
    if refused is None:
        return None
    return challenges.challenge(purpose=purpose, municipality_id=municipality.pk, at=timezone.now())


def fresh(request: HttpRequest, purpose: Purpose) -> dict[str, Any]:
    """A new challenge for a form of this site."""
    return challenges.challenge(purpose=purpose, municipality_id=_here(request).pk, at=timezone.now())


def shown(request: HttpRequest, purpose: Purpose) -> dict[str, Any]:
    """What the template tag `proof` draws; `on` False draws nothing."""
    refused: gate.Refused | None = getattr(request, _REFUSED, None)
    here = _here(request)
    if refused is None and not gate.wanted(municipality=here, address=_address(request)):
        return {"on": False}
    token = refused.token if refused else delay.token(purpose=purpose, municipality_id=here.pk, at=timezone.now())
    return {
        "on": True,
        "again": refused is not None and refused.alone,
        "token": token,
        "url": reverse("geo:proof", args=[purpose.value]),
    }


@require_safe
def challenge(request: HttpRequest, purpose: str) -> HttpResponse:
    """A new challenge, for the script of a page."""
    if purpose not in set(Purpose):
        raise Http404
    response = JsonResponse(fresh(request, Purpose(purpose)))
    response["Cache-Control"] = "no-store"
    return response
