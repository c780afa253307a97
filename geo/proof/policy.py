"""When a proof of work is asked for, of whom, and how much of it. Plain data; imports nothing of ours.

Who:   every form that makes us send mail to an address somebody types (`Purpose`), and POST /api/v1/reports/.
When:  always where the municipality wants it (`Municipality.proof_of_work`); otherwise while its forms are attacked:
       from TRIES_PER_MINUTE in a minute on, until it was calm for CALM seconds.
Never: a repetition of what has arrived (same client_key); programs of the house (TRUSTED_ADDRESSES), whose tries are
       not counted either. On pages they are asked where the municipality wants it always.
How:   a browser solves a challenge while the person types; a program solves the one in the answer 429. Without
       JavaScript the same form is sent again after WAIT seconds. Everything typed is kept.
"""

from enum import StrEnum


class Purpose(StrEnum):
    """A form. What was solved for one opens no other."""

    REPORT = "meldung"
    INTEREST = "folgen"
    SUBSCRIBE = "abo"
    MINE = "meine"
    BARRIER = "barriere"


TRIES_PER_MINUTE = 30
"""Of all guarded forms of one municipality together. A large town has so many in a day."""
CALM = 15 * 60
"""Seconds without such a minute after which nothing is asked any more."""
HARDNESS = 200_000
"""As many hashes at most, half of it on average: half a second on a computer, two or three on an old phone."""
LIFETIME = 20 * 60
"""Seconds a challenge may be answered."""
WAIT = 20
"""Seconds somebody without JavaScript waits."""
WAIT_LIFETIME = 60 * 60
WAITS_PER_ADDRESS = 6
"""Sendings an hour by waiting from one network address: so waiting for many at once is no way round."""
WAITS_PER_MINUTE = 10
"""Sendings by waiting a minute in one municipality. Beyond that one waits longer."""
LONGER = 60
"""Seconds to wait when too many did."""
