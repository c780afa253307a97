"""What a refused verb answers at the desk: its status and its words."""

from django.utils.translation import gettext as _

from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused

STATUS: dict[type[Refused], int] = {Denied: 403, Conflict: 409, KeyReused: 409, NoSuchEdge: 409, Invalid: 422}


def in_words(refused: Refused, *, no_edge: str = "") -> str:
    """Why it was not done, in a sentence; `no_edge` is what the deed itself says where the state does not allow it."""
    match refused:
        case Invalid(errors=errors):
            return " ".join(str(words) for found in errors.values() for words in found)
        case Conflict() | KeyReused():
            return _("Somebody changed it meanwhile. Please look at it again.")
        case Denied():
            return _("You do not have the right to do this.")
        case NoSuchEdge():
            return no_edge or _("The state of the case does not allow this any more.")
    return _("This was not done")
