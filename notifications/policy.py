"""Who is written to, and how long a mail is kept, as plain data. Imports nothing of ours."""

from datetime import timedelta
from enum import StrEnum

MAIL = "mail"
"""The channel of every delivery so far."""


class Role(StrEnum):
    """What somebody is to the case they get a mail about."""

    REPORTER = "reporter"
    FOLLOWER = "follow"
    SUPPORTER = "support"
    SUBSCRIBER = "subscriber"
    """Somebody who follows a place, a district, a category or words; belongs to no case."""
    PERSON = "person"
    """Somebody who asked for the link to everything that belongs to their address."""
    UNIT = "unit"
    ON_CALL = "on_call"
    OUTSIDE = "outside"
    """An outside body that a case was forwarded to; has no account but a link."""
    WATCHER = "watcher"
    """A colleague who watches the case."""
    COLLEAGUE = "colleague"
    """A colleague the case was given to, or who looks after all cases (the complaint management)."""
    ACCOUNT = "account"
    """Somebody with a login, written to by the login library."""
    OPERATOR = "operator"
    """Who keeps the platform running (OPERATOR_EMAIL)."""


ANSWERING = frozenset({Role.REPORTER})
"""Recipients whose answer by mail belongs to the case: the address it goes to carries its mark (cases.marks)."""

STAFF = frozenset({Role.UNIT, Role.ON_CALL, Role.WATCHER, Role.COLLEAGUE})
"""Recipients at work: they get a link to the desk, and a rejected mail is shown on the case."""


class Purpose(StrEnum):
    """Which mail it is; the name of its three templates."""

    RECEIPT = "receipt"
    MOVED = "moved"
    DONE = "done"
    UPDATE = "update"
    QUESTION = "question"
    MESSAGE = "message"
    REWORDED = "reworded"
    """The text of a report was changed for the public."""
    INTEREST = "interest"
    SUBSCRIBE = "subscribe"
    REPORTS = "reports"
    MINE = "mine"
    PASSKEY = "passkey"
    DANGER = "danger"
    ASSIGNED = "assigned"
    PRAISE = "praise"
    """To whom a citizen's praise is passed on."""
    MERGED = "merged"
    HANDED_OVER = "handed_over"
    FORWARDED = "forwarded"
    FORWARD_ANSWERED = "forward_answered"
    FORWARD_ENDED = "forward_ended"
    REOPENED = "reopened"
    DESK = "desk"
    """To colleagues: news of a case, a reminder, what was handed back."""
    DIGEST = "digest"
    """To a unit, once in the morning."""
    ACCOUNT = "account"
    OPERATION = "operation"
    DRAFT = "draft"
    """To somebody whose mail became the draft of a report: the link to finish it."""
    LETTER = "letter"
    """An answer of the desk to a mail that belongs to no case."""


FLEETING = frozenset({Purpose.INTEREST, Purpose.SUBSCRIBE, Purpose.MINE, Purpose.ACCOUNT, Purpose.DRAFT})
"""Mails that are blanked as soon as they are sent: they carry a key (a new password), or an address that is to be
kept as a hash only (a supporter's)."""

KEEP = timedelta(days=90)
"""How long address and words of a mail are kept; afterwards only that it went out."""
