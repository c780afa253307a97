"""Kinds of reports as plain data. Imports nothing of ours."""

from dataclasses import dataclass
from enum import StrEnum

KIND = "report"
"""The value of Case.kind."""
FEEDBACK = "rueckmeldung"
"""Slug of the reporter's own answer to "is it settled?"; mails lead straight to it."""


class Sort(StrEnum):
    """What a category is for."""

    DEFECT = "defect"
    IDEA = "idea"
    PRAISE = "praise"
    COMPLAINT = "complaint"


class PhotoRule(StrEnum):
    """Whether a report of a category comes with photos."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class Rules:
    """What holds for a sort of report."""

    place_required: bool
    """A report of this sort needs a place: a point or words."""
    public: bool
    """May ever be released."""
    supportable: bool
    """Others may support it."""
    on_site: bool
    """A thing that anybody can go and look at: "ist noch da", "ist erledigt"."""
    disputable: bool
    """The reporter is asked whether it is settled, and may have it taken up again."""
    deadline: bool = True
    """Has a day by which it is to be settled."""


RULES: dict[Sort, Rules] = {
    Sort.DEFECT: Rules(place_required=True, public=True, supportable=True, on_site=True, disputable=True),
    Sort.IDEA: Rules(place_required=True, public=True, supportable=True, on_site=False, disputable=True),
    Sort.PRAISE: Rules(
        place_required=False, public=True, supportable=False, on_site=False, disputable=False, deadline=False
    ),
    # Criticism and worries about the town hall or its people: for the complaint management only.
    Sort.COMPLAINT: Rules(place_required=False, public=False, supportable=False, on_site=False, disputable=True),
}

IDEA_ANSWER_DAYS = 20
"""Working days in which the town hall answers an idea that found its supporters."""
NEARBY_METRES = 50
"""Open reports of the same kind within this distance are shown before sending. Konstanz: 5 % had an earlier one of the
same category within 30 m and 14 days."""
NEARBY_MAX = 3
TEXT_MAX = 2000
ASSET_MAX = 80
ADDRESS_MAX = 250
