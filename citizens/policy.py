"""How long a link and what it opened last, as plain data. Imports nothing of ours."""

from datetime import timedelta

LINK = timedelta(hours=1)
"""How long the link of a mail opens the page, once."""
OPEN = timedelta(hours=1)
"""How long the page stays open after that: it may be a computer in a library."""
ASKS_PER_ADDRESS = 20
"""Links asked for in an hour from one network address; a school or a town hall shares one."""
ASKS_PER_MAIL = 5
"""Mails an hour to one e-mail address, which may be a stranger's."""
ROWS = 30
"""Reports on one page."""
