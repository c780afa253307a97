"""The registry of the kinds of business (reports, later applications …).

Each kind registers itself in its AppConfig.ready(); whoever shows or mails a case asks the registry instead of
comparing `case.kind`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cases.models import Case


@dataclass(frozen=True)
class Kind:
    """What the rest of the house may ask of a kind of case."""

    name: str
    """The value of Case.kind."""
    public_path: Callable[[Case], str]
    """Path of the public page of a case."""
    own_path: Callable[[Case], str]
    """Path of the reporter's own page, with the secret in it."""
    title: Callable[[Case], str]
    """One line that names the case to anybody (nothing unreleased in it)."""
    is_public: Callable[[Case], bool]
    """Whether the public page shows the case."""
    mail_context: Callable[[Case], dict[str, Any]]
    """What mail templates may show: nothing that is not released."""
    erase: Callable[[Case], None]
    """Blank the words and the place in the kind's own row; see cases.duties."""
    words: Callable[[Case], list[tuple[str, str]]]
    """(label, words) of what the citizen handed in, for whoever may read them; [] where nothing is left."""
    feedback_path: Callable[[Case, bool], str] = lambda case, own: ""
    """Where to say whether it is settled: for the reporter (own, with the secret) or for anybody; "" for nowhere."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; the same name twice is a programming error."""
    if kind.name in _kinds and _kinds[kind.name] is not kind:
        raise ValueError(f"The kind {kind.name} is registered already.")
    _kinds[kind.name] = kind


def kind_of(case: Case) -> Kind:
    """The kind of a case; KeyError when its package is not installed."""
    return _kinds[case.kind]
