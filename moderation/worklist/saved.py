"""Verbs of saved views: save, change, move, delete. A shared one is changed by whoever saved it, or by who sets up."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Max
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.policy import Permission
from accounts.services import may
from cases.errors import Denied, Invalid
from moderation.models import SavedView
from moderation.worklist.choices import shareable
from moderation.worklist.query import Query

MOST = 30
"""A person has at most so many views of their own."""
NAME_MAX = 60
QUERY_MAX = 1500
"""As long as the column is."""


def sharing(user: User) -> list[Unit]:
    """The units somebody may share a view with (see `worklist_choices.shareable`); one query."""
    return list(shareable(user).order_by("name", "id"))


def may_change(view: SavedView, user: User) -> bool:
    """Whether the person may rename, share or delete the view."""
    if view.owner_id == user.pk:
        return True
    unit = view.unit
    return unit is not None and may(user, Permission.ADMINISTER, municipality_id=unit.municipality_id, unit=unit)


def _name(text: str) -> str:
    clean = " ".join(text.replace("\x00", "").split())
    if not clean:
        raise Invalid({"name": [_("Please give the view a name.")]})
    if len(clean) > NAME_MAX:
        raise Invalid({"name": [_("At most %(n)d characters, please.") % {"n": NAME_MAX}]})
    return clean


def _checked_unit(user: User, unit: Unit | None) -> Unit | None:
    if unit is not None and unit.pk not in {one.pk for one in sharing(user)}:
        raise Denied
    return unit


def normalised(query: str, user: User) -> str:
    """The address bar as the work list writes it itself, without the page."""
    return Query.read(QueryDict(query.removeprefix("?")), user).address(seite="").removeprefix("?")


@transaction.atomic
def save(*, user: User, name: str, query: str, unit: Unit | None = None) -> SavedView:
    """Keep a list with its filters. Under a name that the person has already, it takes its place. Raises Invalid,
    Denied (a unit that is not theirs)."""
    name, unit, query = _name(name), _checked_unit(user, unit), normalised(query, user)
    if "@" in QueryDict(query).get("q", ""):
        # It would outlive the erasure of whom it names.
        raise Invalid({"name": [_("A view with an e-mail address cannot be saved.")]})
    if len(query) > QUERY_MAX:
        raise Invalid({"name": [_("These filters are too long to be saved.")]})
    own = SavedView.objects.filter(owner=user)
    kept = own.filter(name=name).first()
    if kept is None:
        if own.count() >= MOST:
            raise Invalid({"name": [_("At most %(n)d views can be saved. Please delete one first.") % {"n": MOST}]})
        last = own.aggregate(last=Max("position"))["last"]
        kept = SavedView(owner=user, name=name, position=0 if last is None else last + 1, created_at=timezone.now())
    kept.query, kept.unit = query, unit
    kept.save()
    return kept


@transaction.atomic
def change(*, user: User, view: SavedView, name: str, unit: Unit | None) -> SavedView:
    """Another name, other readers. Raises Invalid, Denied."""
    view = SavedView.objects.select_for_update(of=("self",)).select_related("unit").get(pk=view.pk)
    if not may_change(view, user):
        raise Denied
    if unit is None or unit.pk != view.unit_id:
        view.unit = _checked_unit(user, unit)
    view.name = _name(name)
    view.save()
    return view


@transaction.atomic
def move_up(*, user: User, view: SavedView) -> None:
    """One place to the front among the person's own. Raises Denied."""
    if view.owner_id != user.pk:
        raise Denied
    rows = list(SavedView.objects.select_for_update().filter(owner=user).order_by("position", "name", "id"))
    at = next(index for index, row in enumerate(rows) if row.pk == view.pk)
    if at:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    for position, row in enumerate(rows):
        row.position = position
    SavedView.objects.bulk_update(rows, ["position"])


@transaction.atomic
def delete(*, user: User, view: SavedView) -> None:
    """Raises Denied."""
    if not may_change(view, user):
        raise Denied
    SavedView.objects.filter(pk=view.pk).delete()


def address(view: SavedView) -> str:
    """The query string of the view, `?` included."""
    return f"?{view.query}" if view.query else f"?{urlencode({'liste': 'alle'})}"
