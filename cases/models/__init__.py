"""The one case mechanism: what every report, application and registration has in common."""

from cases.models.case import Case, CaseQuerySet, Contact
from cases.models.catalogue import Responsibility, Stage, TextBlock, Topic
from cases.models.duties import Erasure, Hold
from cases.models.people import Follow, Look, Support, Watcher
from cases.models.states import PRIORITIES, STATES, WAITS_FOR, new_secret
from cases.models.story import Draft, Entry, File
from cases.models.together import Forward, Merge

__all__ = [
    "PRIORITIES",
    "STATES",
    "WAITS_FOR",
    "Case",
    "CaseQuerySet",
    "Contact",
    "Draft",
    "Entry",
    "Erasure",
    "File",
    "Follow",
    "Forward",
    "Hold",
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
