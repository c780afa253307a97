"""What somebody typed into a form that could not be taken: shown again, and sent again at a click.

For forms whose token is too old and for people who were logged out meanwhile: neither may cost them their words.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

_NEVER = ("password", "csrfmiddlewaretoken")
"""Begin the names of fields that are not shown or sent again."""


@dataclass(frozen=True)
class Typed:
    """One sending that was not taken."""

    url: str
    fields: list[tuple[str, str]]
    """What to send again; empty where the form did not come from our own page, so that nobody can be lured into it."""
    words: list[str]
    """What a person wrote, to look at and to copy."""
    files: bool
    """Files came along; they cannot be kept."""


def typed(request: HttpRequest) -> Typed:
    """What `request` brought. The pages of the login give nothing back."""
    url = request.get_full_path()
    if request.method != "POST" or request.path.startswith("/konto/"):
        return Typed(url, [], [], False)
    sent = [(name, value) for name, values in request.POST.lists() for value in values if not name.startswith(_NEVER)]
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    words = [value for _name, value in sent if " " in value.strip()]
    return Typed(url, sent if ours and words else [], words, bool(request.FILES))
