"""The workflow as plain data: states, edges, who may what. Imports nothing of ours.

Nothing else in the program spells a state: it asks what a state is (open, settled, which colour).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(StrEnum):
    """The six machine states of a case."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Facts:
    """What the program must know of a state."""

    closed: bool
    look: str
    """Class of colour and icon in pages (`received`, `working`, `waiting`, `done`, `closed`, `withdrawn`)."""
    open311: str
    """Status of Open311 GeoReport v2."""
    citysdk: str
    """Status of CitySDK Participation."""


FACTS: dict[State, Facts] = {
    State.NEW: Facts(False, "received", "open", "RECEIVED"),
    State.OPEN: Facts(False, "working", "open", "IN_PROCESS"),
    State.WAITING: Facts(False, "waiting", "open", "IN_PROCESS"),
    State.DONE: Facts(True, "done", "closed", "PROCESSED"),
    State.REJECTED: Facts(True, "closed", "closed", "REJECTED"),
    State.WITHDRAWN: Facts(True, "withdrawn", "closed", "REJECTED"),
}

CLOSED = frozenset(state for state, facts in FACTS.items() if facts.closed)
ACTIVE = frozenset(State) - CLOSED

EDGES: dict[State, frozenset[State]] = {
    # A state leads to itself where the stage alone changes ("in Bearbeitung" → "eingeplant").
    State.NEW: frozenset({State.NEW, State.OPEN, State.WAITING, State.DONE, State.REJECTED, State.WITHDRAWN}),
    State.OPEN: frozenset({State.OPEN, State.WAITING, State.DONE, State.REJECTED, State.WITHDRAWN}),
    State.WAITING: frozenset({State.WAITING, State.OPEN, State.DONE, State.REJECTED, State.WITHDRAWN}),
    State.DONE: frozenset({State.DONE, State.OPEN}),
    State.REJECTED: frozenset({State.REJECTED, State.OPEN}),
    # What a citizen withdrew is not taken up again against their will; a new case is made instead.
    State.WITHDRAWN: frozenset(),
}

REASON_REQUIRED = frozenset({State.REJECTED})
"""States that need a reason the citizen can read: the worst experience named is "closed" without one."""


def taken_up_again(before: str | None, after: str | None) -> bool:
    """Whether a step between two states (as an Entry's data name them) takes up again what was closed."""
    return before in CLOSED and after in ACTIVE


def reason_required(before: State, after: State) -> bool:
    """Whether `move` needs a text: for a rejection, and for taking up again what was closed."""
    return (after in REASON_REQUIRED and before != after) or taken_up_again(before, after)


CLOCK_STOPPED = frozenset({State.WAITING})
"""While a case waits for the citizen or others, its deadline stands still."""

FEEDBACK_DAYS = 14
"""How long after settling a citizen's "ist noch da" takes the case up again."""

CONTACT_DAYS = 3
"""Days after which an unconfirmed contact is deleted."""


class Deed(StrEnum):
    """What an Entry tells of."""

    SUBMITTED = "submitted"
    MOVED = "moved"
    TEXT_RELEASED = "text_released"
    TEXT_WITHDRAWN = "text_withdrawn"
    PHOTO_RELEASED = "photo_released"
    PHOTO_WITHDRAWN = "photo_withdrawn"
    CATEGORY_CHANGED = "category_changed"
    PLACE_CHANGED = "place_changed"
    ASSIGNED = "assigned"
    NOTE = "note"
    UPDATE = "update"
    QUESTION = "question"
    ANSWER = "answer"
    MESSAGE = "message"
    CORRECTED = "corrected"
    PHOTO_ADDED = "photo_added"
    FEEDBACK = "feedback"
    CONTACT_CONFIRMED = "contact_confirmed"
    CONTACT_DELETED = "contact_deleted"
    BOUNCED = "bounced"
    ERASED = "erased"
    ACCEPTED = "accepted"
    """The unit says that it is theirs."""
    HANDED_BACK = "handed_back"
    PRIORITY = "priority"
    RESUBMISSION = "resubmission"
    """Put aside until a day, or taken up again."""
    DUE_CHANGED = "due_changed"
    FILE_LINKED = "file_linked"
    """The file number of another system."""
    REMINDED = "reminded"
    ESCALATED = "escalated"
    FORWARDED = "forwarded"
    FORWARD_ANSWERED = "forward_answered"
    FORWARD_ENDED = "forward_ended"
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"
    HANDED_OVER = "handed_over"
    """To another municipality of the platform."""
    PHOTO_REDACTED = "photo_redacted"
    GOAL_REACHED = "goal_reached"
    """An idea found the supporters it needed."""
    HELD = "held"
    """Nothing of it is deleted by itself for the time being."""
    HOLD_ENDED = "hold_ended"
    PLANNED = "planned"
    """On the list of a team for a day."""
    UNPLANNED = "unplanned"
    """Taken off the list; with words where the team could not do it."""


class Part(StrEnum):
    """What is deleted by itself some days after a case was closed, in the order in which it is needed less long."""

    CONTACT = "contact"
    """Name, e-mail, phone of the reporter."""
    PHOTOS = "photos"
    CASE = "case"
    """All words and the place: what stays can be counted, and names nobody."""


KEEP_DAYS: dict[Part, int] = {Part.CONTACT: 180, Part.PHOTOS: 2 * 365, Part.CASE: 5 * 365}
"""Days after closing where neither category nor municipality says otherwise. Proposals, not law: keeping periods are
the municipality's to set (Art. 5 (1) e DSGVO)."""


class WaitsFor(StrEnum):
    """Whom a waiting case waits for."""

    REPORTER = "reporter"
    OTHERS = "others"


class Means(StrEnum):
    """What a stage stands for, where a verb leads to it."""

    DUPLICATE = "duplicate"
    """The same was reported before."""
    FORWARDED = "forwarded"
    """An outside body has it; its name is said with the label."""


MEANS_OF: dict[Means, frozenset[State]] = {
    Means.DUPLICATE: frozenset({State.REJECTED}),
    Means.FORWARDED: frozenset({State.OPEN, State.WAITING}),
}
"""The states whose stages may stand for it."""


class Priority(IntEnum):
    """How pressing a case is among colleagues."""

    LOW = -1
    NORMAL = 0
    HIGH = 1
    URGENT = 2


class Actor(StrEnum):
    """Who did it."""

    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"
    OUTSIDE = "outside"
    """An outside body that was sent a link."""


class LookedAt(StrEnum):
    """What somebody of the staff looked at, although it is kept apart."""

    CONTACT = "contact"
    ORIGINAL = "original"
    """A photo as it was sent."""


class LookFor(StrEnum):
    """What for."""

    QUESTION = "question"
    """To ask the reporter something."""
    ANSWER = "answer"
    """To tell the reporter something."""
    INFORMATION = "information"
    """Somebody has the right to be told what is stored of them."""
    CHECK = "check"
    """To see whether the report is genuine."""
    EVIDENCE = "evidence"
    """For the police, a court or an insurance."""
    REDACTION = "redaction"
    """To see what was painted over."""


ORIGINAL_DAYS = 90
"""Days after closing until the originals of photos are deleted, where neither category nor municipality says more."""
