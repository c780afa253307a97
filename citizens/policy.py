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
PASSKEYS = 10
"""Passkeys of one address on one site."""
PASSKEY_UNUSED = timedelta(days=400)
"""A passkey that opened nothing for so long is forgotten; before that when nothing belongs to its address any more."""
PASSKEY_TRIES = 60
"""Options asked for and answers given in an hour from one network address."""
