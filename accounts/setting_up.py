"""How far a municipality is set up."""

from __future__ import annotations

from datetime import datetime

from accounts.models import SetUpStep, User
from geo.models import Municipality


def steps_done(municipality: Municipality) -> dict[str, SetUpStep]:
    """The steps somebody has gone through, by name."""
    return {row.step: row for row in SetUpStep.objects.filter(municipality=municipality).select_related("done_by")}


def note_step(*, municipality: Municipality, step: str, at: datetime, by: User) -> None:
    """A step is done; done again, the first time stays."""
    SetUpStep.objects.get_or_create(municipality=municipality, step=step, defaults={"done_at": at, "done_by": by})
