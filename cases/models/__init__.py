"""The one case mechanism: what every report, application and registration has in common."""

from cases.models.case import Case, CaseQuerySet, Contact
from cases.models.catalogue import Responsibility, Stage, TextBlock, Topic
from cases.models.people import Follow, Look, Support, Watcher
from cases.models.states import STATES, WAITS_FOR, new_secret
from cases.models.story import Draft, Entry, File
from cases.models.together import Forward, Merge

__all__ = [
    "STATES",
    "WAITS_FOR",
    "Case",
    "CaseQuerySet",
    "Contact",
    "Draft",
    "Entry",
    "File",
    "Follow",
    "Forward",
    "Look",
    "Merge",
    "Responsibility",
    "Stage",
    "Support",
    "TextBlock",
    "Topic",
    "Watcher",
    "new_secret",
]
