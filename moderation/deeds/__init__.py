"""What staff can do with a case at the desk: each deed with its form, its right, and the verb it calls.

A deed stands in the module of its subject; the order here is the order of the menu.
"""

from moderation.deeds import days, duties, filing, people, release, together, work
from moderation.deeds.base import Deed, Readers

DEEDS: tuple[Deed, ...] = (
    *(*release.DEEDS, *work.DEEDS, *people.DEEDS, *days.DEEDS),
    *(*together.DEEDS, *duties.DEEDS, *filing.DEEDS),
)
BY_NAME = {deed.name: deed for deed in DEEDS}

__all__ = ["BY_NAME", "DEEDS", "Deed", "Readers"]
