"""What belongs into a backup: everything, or one municipality with what it cannot live without.

The rows of a municipality are found by the foreign keys: a row is its own when it names the municipality, or when all
it is a part of (keys that cascade) is its own. From the county above it comes what is inherited (categories, stages …)
and nothing of its cases or people. What own rows name elsewhere comes along as a name only: people from outside lose
their login, other municipalities are switched off. Anything else they name is cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.apps.registry import Apps
from django.db import models
from django.db.models import Q, QuerySet

from geo import arms
from intake import models as incoming
from net.sealed import is_sealed
from pages import video
from portal.backup import schema, uploads
from portal.backup.errors import BackupError
from portal.backup.schema import Model

Row = tuple[Any, ...]
Patch = Callable[[Row], Row]
_MUNICIPALITY, _USER, _EVENT, _FILE = "geo.Municipality", "accounts.User", "outbox.Event", "cases.File"

OF_ALL = {"contenttypes.ContentType", "auth.Permission", "auth.Group"}
"""Tables of the framework without anybody's data."""
INHERITED = {
    "accounts.Unit",
    "cases.Topic",
    "cases.Stage",
    "cases.TextBlock",
    "cases.Responsibility",
    "form_engine.Form",
    "pages.Page",
    "pages.Statement",
    "pages.Video",
    "reports.Emergency",
}
"""What a county's row means to its municipalities; rows without municipality are shared by all."""
OWN_ONLY = {
    "accounts.ApiKey",
    "accounts.Directory",
    "accounts.Membership",
    "accounts.Phone",
    "accounts.RuleChange",
    "accounts.SetUpStep",
    "cases.Case",
    "cases.Draft",
    "cases.Erasure",
    "citizens.Access",
    "citizens.Passkey",
    "geo.Address",
    "geo.District",
    "geo.Street",
    "intake.IncomingMail",
    "intake.Mailbox",
    "notifications.Delivery",
    "subscriptions.Criterion",
    "subscriptions.Subscriber",
}
"""What names a municipality and is nobody else's. A test asks for every such table to stand here or above."""
FOLLOWED = {*INHERITED, _USER, _MUNICIPALITY, "geo.District", "form_engine.FormVersion"}
"""Tables whose rows may come along because an own row names them."""
NAMED_BY = {_USER: ("accounts.Membership", "user"), "cases.Contact": ("cases.Case", "contact")}
"""Rows without a way up that are own because an own row of that table names them by that key."""
STORED: dict[str, tuple[str, Callable[[str], list[str]]]] = {
    _FILE: ("key", lambda key: [f"originals/{key}", *uploads.names(f"variants/{key}")]),
    _MUNICIPALITY: (
        "coat_of_arms",
        lambda name: [f"{arms.FOLDER}/{name.removeprefix(arms.MARK)}.png"] if name.startswith(arms.MARK) else [],
    ),
    "intake.IncomingMail": ("raw_key", lambda key: [f"{incoming.FOLDER}/{key}"] if key else []),
    "pages.Video": ("name", lambda name: [f"{video.FOLDER}/{name}"]),
}
"""Which column of a table names files, and how they are called in the storage."""
_WEAK: dict[str, dict[str, Any]] = {
    _USER: {"password": "!", "is_active": False, "is_superuser": False},
    _MUNICIPALITY: {"active": False, "is_default": False},
}
"""What outsiders lose who come along as names."""


class Scope(Protocol):
    """Which rows and files a backup holds."""

    slug: str

    def rows(self, model: Model) -> QuerySet[Any]:
        """The rows of a table."""

    def patch(self, model: Model, fields: list[str]) -> Patch | None:
        """How a row of these fields is changed before it is written; None: not at all."""

    def files(self) -> list[str] | None:
        """Storage names of the files; None for all."""


class Everything:
    """The whole platform."""

    slug = ""

    def rows(self, model: Model) -> QuerySet[Any]:
        """All of them."""
        return model._base_manager.all()

    def patch(self, model: Model, fields: list[str]) -> Patch | None:
        """As they are."""
        return None

    def files(self) -> list[str] | None:
        """All of them."""
        return None


class Town:
    """One municipality, with those that lie in it."""

    def __init__(self, apps: Apps, ordered: Iterable[Model], slug: str) -> None:
        self.slug = slug
        self._models = {model._meta.label: model for model in ordered}
        places = self._models[_MUNICIPALITY]._base_manager
        town = places.filter(slug=slug).values("pk", "parent_id").first()
        if town is None:
            known = ", ".join(places.order_by("slug").values_list("slug", flat=True))
            raise BackupError(f"There is no municipality {slug!r}; there are: {known}.")
        self._family = [town["pk"]]
        level = list(self._family)
        while level:
            level = list(places.filter(parent_id__in=level).exclude(pk__in=self._family).values_list("pk", flat=True))
            self._family += level
        self._above: list[Any] = []
        above = town["parent_id"]
        while above and above not in self._above:
            self._above.append(above)
            above = places.values_list("parent_id", flat=True).get(pk=above)
        self._own: dict[str, Q] = {}
        self._named: dict[str, set[Any]] = {label: set() for label in self._models}
        self._cut: dict[tuple[str, str], set[Any]] = {}
        self._named[_MUNICIPALITY].update(self._above)
        self._follow()

    # What is own --------------------------------------------------------------------------------------------------
    def own(self, model: Model) -> Q:
        """The condition for own rows of a table, by subqueries all the way up."""
        label = model._meta.label
        if label not in self._own:
            self._own[label] = Q(pk__in=[])  # a circle of tables ends here
            self._own[label] = self._condition(model)
        return self._own[label]

    def _condition(self, model: Model) -> Q:
        label = model._meta.label
        if label in OF_ALL:
            return Q()
        if label == _MUNICIPALITY:
            return Q(pk__in=self._family)
        if label in NAMED_BY:
            table, name = NAMED_BY[label]
            naming = self._rows_of(self._models[table]).exclude(**{name: None})
            return Q(pk__in=naming.values(f"{name}_id"))
        if label == _EVENT:
            # An event has no foreign keys: its payload names the case. JSON text compares with numbers, so by hand.
            return Q(pk__in=self._events())
        parents = schema.keys(model)
        direct = next((key for key in parents if _label(key) == _MUNICIPALITY), None)
        if direct is not None:
            places = self._family + (self._above if label in INHERITED else [])
            found = Q(**{f"{direct.attname}__in": places})
            for key in parents:
                if key is not direct and _is_part(key) and not key.null and _label(key) not in NAMED_BY:
                    found &= self._points_home(key)
            if direct.null and label in INHERITED:
                found |= Q(**{direct.attname: None})
            elif direct.null:
                found |= Q(**{direct.attname: None}) & self._part_of([key for key in parents if key is not direct])
            return found
        return self._part_of(parents)

    def _part_of(self, keys: list[models.ForeignKey[Any, Any]]) -> Q:
        """Own by what it is a part of: all compulsory parents that cascade, else the compulsory ones, else any."""
        cascading = [key for key in keys if _is_part(key)]
        compulsory = [key for key in cascading if not key.null] or [key for key in keys if not key.null]
        found = Q(pk__in=[])
        if compulsory:
            found = Q()
            for key in compulsory:
                found &= self._points_home(key)
        else:
            for key in cascading:
                found |= self._points_home(key)
        return found

    def _points_home(self, key: models.ForeignKey[Any, Any]) -> Q:
        return Q(**{f"{key.attname}__in": self._rows_of(key.related_model).values("pk")})

    def _rows_of(self, model: Model) -> QuerySet[Any]:
        return model._base_manager.filter(self.own(model)).order_by()

    def _events(self) -> list[Any]:
        """Ids of the events that tell of own cases. Events are pruned after a month, so they are few."""
        cases = self._rows_of(self._models["cases.Case"])
        found: list[Any] = []
        waiting: list[tuple[Any, Any]] = []

        def sort_out() -> None:
            own = set(cases.filter(pk__in=[case for _event, case in waiting]).values_list("pk", flat=True))
            found.extend(event for event, case in waiting if case in own)
            waiting.clear()

        for event, payload in self._models[_EVENT]._base_manager.values_list("pk", "payload").iterator():
            if isinstance(payload, dict) and isinstance(payload.get("case"), int):
                waiting.append((event, payload["case"]))
                if len(waiting) >= 500:
                    sort_out()
        sort_out()
        return found

    # What comes along ---------------------------------------------------------------------------------------------
    def _follow(self) -> None:
        """Gather what own rows name elsewhere, until nothing is added."""
        grown = True
        while grown:
            grown = False
            for model in reversed(list(self._models.values())):
                for key in schema.keys(model):
                    grown = self._follow_key(model, key) or grown

    def _follow_key(self, model: Model, key: models.ForeignKey[Any, Any]) -> bool:
        label, name = _label(key), key.attname
        target = self._models.get(label)
        if target is None or label in OF_ALL:
            return False
        own = self._rows_of(target).values("pk")
        outside = self.rows(model).exclude(**{name: None}).exclude(**{f"{name}__in": own})
        ids = set(outside.order_by().values_list(name, flat=True).distinct()) - self._named[label]
        if key.null and label not in FOLLOWED:
            self._cut.setdefault((model._meta.label, name), set()).update(ids)
            return False
        self._named[label] |= ids
        return bool(ids)

    def rows(self, model: Model) -> QuerySet[Any]:
        """Own rows, and those that own rows name."""
        named = self._named[model._meta.label]
        return model._base_manager.filter(self.own(model) | Q(pk__in=sorted(named)) if named else self.own(model))

    def patch(self, model: Model, fields: list[str]) -> Patch | None:
        """Cut off what does not come along; take away what an outsider's row could do."""
        label = model._meta.label
        cuts = [(fields.index(name), ids) for (table, name), ids in self._cut.items() if table == label and ids]
        weakened = [(fields.index(name), value) for name, value in _WEAK.get(label, {}).items() if name in fields]
        outsiders, pk = self._named[label], fields.index(model._meta.pk.attname)
        # A password of another machine is encrypted with a key that stays where it is: it must be entered anew.
        sealed = [fields.index(name) for name in {"smtp_relay", "intake_imap", "client_secret"} & set(fields)]
        if not cuts and not sealed and not (weakened and outsiders):
            return None

        def change(row: Row) -> Row:
            new = list(row)
            for place, ids in cuts:
                if new[place] in ids:
                    new[place] = None
            for place in sealed:
                new[place] = "" if "@" in new[place] or is_sealed(new[place]) else new[place]
            if row[pk] in outsiders:
                for place, value in weakened:
                    new[place] = value
            return tuple(new)

        return change

    def files(self) -> list[str] | None:
        """What the rows name: photos with their variants, coats of arms, videos."""
        found: list[str] = []
        for model in self._models.values():
            if model._meta.label in STORED:
                column, paths = STORED[model._meta.label]
                for name in self.rows(model).order_by("pk").values_list(column, flat=True).iterator():
                    found += paths(name)
            for field in schema.columns(model):
                if isinstance(field, models.FileField):
                    found += [name for name in self.rows(model).values_list(field.name, flat=True) if name]
        return found


def _is_part(key: models.ForeignKey[Any, Any]) -> bool:
    """Whether the row goes with the one it names."""
    return key.remote_field.on_delete is models.CASCADE


def _label(key: models.ForeignKey[Any, Any]) -> str:
    return str(key.related_model._meta.label)
