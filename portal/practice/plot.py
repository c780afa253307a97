"""What is practised: the tasks, and the reports they are done on. Words of citizens are German, as in the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission
from cases.models import Entry
from cases.policy import Deed, State
from portal.demo.pictures import Shot


@dataclass(frozen=True)
class Told:
    """A practice report: `wishes` are slugs of categories by preference, `away` metres to the east of the middle."""

    key: str
    text: str
    wishes: tuple[str, ...]
    away: int = 0
    shot: Shot | None = None


@dataclass(frozen=True)
class Task:
    """Something to do on a report; done when an entry of the deed stands there (and `also` agrees)."""

    key: str
    on: str
    deed: Deed
    title: str | Promise
    how: str | Promise
    needs: Permission
    """The right without which the task is not set."""
    also: Callable[[dict[str, Any]], bool] = lambda _data: True

    def is_done(self, entry: Entry) -> bool:
        """Whether this entry settles the task."""
        return entry.deed == self.deed.value and self.also(entry.data)


REPORTS: Final = (
    Told(
        "release",
        "Vor der Grundschule ist ein tiefes Loch in der Fahrbahn. Die Kinder müssen mit dem Rad ausweichen.",
        ("schlagloch",),
    ),
    Told(
        "redact",
        "Seit drei Wochen steht hier ein Auto ohne Luft in den Reifen. Das Kennzeichen ist auf dem Foto zu sehen.",
        ("schrottauto",),
        away=900,
        shot=Shot("car", 1),
    ),
    Told("original", "Die Laterne am Fußweg hinter dem Bahnhof ist aus.", ("laterne-aus", "laterne"), away=1800),
    Told(
        "merge",
        "Laterne am Fußweg hinter dem Bahnhof ist dunkel, man sieht abends nichts mehr.",
        ("laterne-aus", "laterne"),
        away=1815,
    ),
    Told("question", "Da ist schon wieder alles kaputt. Bitte kümmern Sie sich endlich!", ("sonstiges",), away=2700),
    Told(
        "forward",
        "Die Ampel an der Bundesstraße zeigt in beide Richtungen nichts an.",
        ("ampel",),
        away=3600,
    ),
    Told("settle", "Der Mülleimer am Spielplatz läuft über.", ("papierkorb",), away=4500),
)

TASKS: Final = (
    Task(
        "release",
        "release",
        Deed.TEXT_RELEASED,
        _("Release a report"),
        _("Read the text, then release it. For real, everybody could read it from that moment on."),
        Permission.RELEASE,
    ),
    Task(
        "redact",
        "redact",
        Deed.PHOTO_REDACTED,
        _("Redact a photo"),
        _("Cover the number plate: “Redact” below the photo, draw a rectangle, save."),
        Permission.RELEASE,
    ),
    Task(
        "merge",
        "merge",
        Deed.MERGED,
        _("Merge a duplicate"),
        _("The desk shows what is similar. Compare the two and merge the later one into the earlier one."),
        Permission.MOVE,
    ),
    Task(
        "question",
        "question",
        Deed.QUESTION,
        _("Ask the reporter a question"),
        _("Nobody can work with this text. Ask for the place; look at the mail before you send it."),
        Permission.MOVE,
    ),
    Task(
        "forward",
        "forward",
        Deed.FORWARDED,
        _("Forward to an outside body"),
        _("The road is not the town's. Forward the report; the body would get a mail with a link."),
        Permission.ASSIGN,
    ),
    Task(
        "settle",
        "settle",
        Deed.MOVED,
        _("Settle a report"),
        _("The bin was emptied this morning. Set it to settled and say so in one kind sentence."),
        Permission.MOVE,
        also=lambda data: data.get("to") == State.DONE.value,
    ),
)
