"""Rhythms, hours and limits of subscriptions as plain data. Imports nothing of ours."""

from datetime import timedelta
from enum import StrEnum


class Rhythm(StrEnum):
    """How often somebody wants to hear."""

    ONCE = "once"
    """As soon as a report is public."""
    DAILY = "daily"
    WEEKLY = "weekly"


EVENING_HOUR = 18
"""When the daily mail is put together, on the clock of the municipality."""
MONDAY_HOUR = 8
"""When the weekly mail is put together, on Mondays."""
PENDING_DAYS = 3
"""An address that is not confirmed is deleted after so many days."""
BOUNCED_DAYS = 30
"""An address that does not work is deleted after so many days."""
KEEP = timedelta(days=90)
"""How long is kept which reports were told."""

PER_ADDRESS = 20
"""Confirmed subscriptions of one address in one municipality."""
PENDING_PER_ADDRESS = 5
"""Unconfirmed ones; a further one takes the place of the oldest."""
AT_ONCE_PER_HOUR = 6
"""Mails an hour to one address; what is public beyond that comes together in the next one."""
REST = timedelta(hours=1)
"""After this time what was put back goes out together."""
LISTED = 40
"""Reports named in one mail."""

REACH = (250, 500, 1000, 2000, 5000)
"""Metres around a place that one may choose."""
REACH_USUAL = 500
WORDS_MAX = 6
"""Words of one subscription, as many as the search looks at."""
