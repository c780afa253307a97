"""What may become of a mail, why, and how much of one is read: plain tables. Imports nothing of ours."""

from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a mail. Every one ends with one of them."""

    DRAFT = "draft"
    """A report that is begun; its sender or the desk finishes it."""
    ANSWER = "answer"
    """A word of a reporter on their case."""
    BOUNCE = "bounce"
    """It tells that a mail of ours did not arrive."""
    REFUSED = "refused"
    """Nothing was made of it; the reason is named and the desk sees it."""


class Reason(StrEnum):
    """Why."""

    NEW = "new"
    """A draft: it belongs to nothing we know."""
    MARK = "mark"
    """An answer: the address it was sent to carries the mark of the case."""
    THREAD = "thread"
    """An answer: it refers to a mail of ours and comes from the address that mail went to."""
    UNDELIVERABLE = "undeliverable"
    """A bounce of a mail of ours that was found."""
    REPORT = "report"
    """A delivery report without a lasting failure, or of a mail that is not ours (any more)."""
    AUTOMATIC = "automatic"
    """A machine wrote it: absence, read receipt, ticket system."""
    LIST = "list"
    """Sent to many: a mailing list, a newsletter."""
    LOOP = "loop"
    """It is our own mail that came back, or comes from one of our own addresses."""
    OFTEN = "often"
    """Too many from one sender within an hour."""
    EMPTY = "empty"
    """Neither words nor a picture."""
    ENCRYPTED = "encrypted"
    NO_SENDER = "no_sender"
    TOO_LARGE = "too_large"
    NESTED = "nested"
    """Built of more parts, or deeper, than any mail program makes."""
    CLOSED = "closed"
    """An answer on a case that takes none: withdrawn, or gone meanwhile."""


QUIET = frozenset({Reason.UNDELIVERABLE, Reason.REPORT, Reason.AUTOMATIC, Reason.LIST, Reason.LOOP})
"""Reasons that leave nothing to do for the desk."""

MAX_BYTES = 40 * 2**20
"""Of a whole mail. What is larger is refused by name; 30 MB of photos are 41 MB in a mail with its encoding."""
HEAD_BYTES = 64 * 2**10
"""So much is read of a mail that is too large: enough to say from whom it came."""
PER_HOUR = 30
"""Mails of one sender within an hour of which something is made."""
LINKS_PER_DAY = 5
"""Mails with a link that one address is sent within a day: anybody can write a stranger's address as sender."""
LINKS_PER_HOUR = 200
"""The same for all addresses of a municipality together: a flood with invented senders reaches few of them."""

KEEP_RAW = timedelta(days=30)
"""How long a mail is kept as it came."""
KEEP_WORDS = timedelta(days=90)
"""How long sender and words are kept, as for mails we send."""
KEEP_ROW = timedelta(days=365)
"""How long it is known that a mail came and what became of it."""
