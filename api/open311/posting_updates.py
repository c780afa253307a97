"""The updates extension, writing: a back-office system tells how far it is, with a key of staff.

The key's account must see the case and may move it (`cases.services.move`, `update`); reporters answer on their own
page, since a number and an e-mail address prove nothing.
"""

from __future__ import annotations

import uuid
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import ApiKey
from accounts.policy import Scope
from api.open311.asking import Asked, Problem
from api.open311.formats import Answer
from api.open311.keys import require
from api.open311.policy import AIMS, KEEPS_OPEN, Aim, Update
from api.open311.posting import recognised
from api.open311.reading import unknown
from api.photos import check_photos
from cases import files as stored
from cases import routing
from cases.change import Act, By
from cases.errors import KeyReused
from cases.models import Case, Entry, Stage
from cases.policy import FACTS, State
from cases.services import move, update
from geo.models import Municipality
from reports.policy import KIND
from reports.services import attach_staff_photos

_SPACE: Final = uuid.UUID("1d5f9a39-7f5e-5a52-8f0d-52b8a1c03111")


def post(asked: Asked, municipality: Municipality, key: ApiKey | None) -> Answer:
    """Write an update. Raises Problem and cases.errors."""
    key = require(key, municipality, Scope.TRIAGE, Scope.FIELD, Scope.ADMIN)
    number = asked.text("service_request_id")
    if not number:
        raise Problem(400, _("service_request_id was not provided."))
    word = asked.text("status").upper()
    if word not in Update.__members__:
        words = _("status: please send one of %(values)s.") % {"values": ", ".join(Update)}
        raise Problem(400, words)
    seen = Case.objects.visible_to(key.user).filter(kind=KIND, number=number, municipality=municipality)
    case = seen.select_related("municipality__parent__parent", "stage", "unit").first()
    if case is None:
        raise unknown(number)
    act = Act(client_key=_client_key(asked, case, key))
    entry = Entry.objects.filter(case=case, client_key=act.client_key).first()
    if entry is None:
        check_photos(asked.files)
        entry = _done(case, Update(word), asked.text("description"), By.staff(key.user), act)
        photos = [stored.store(upload=file, case=case, at=act.at)[0] for file in asked.files]
        if photos:
            attach_staff_photos(entry=entry, files=photos, by=By.staff(key.user))
    row = {"update_id": str(entry.pk), "service_request_id": number, "account_id": None}
    return Answer("service_request_updates", [row], status=200)


def _done(case: Case, wanted: Update, text: str, by: By, act: Act) -> Entry:
    """Move where the update says another state or stage, else say the words."""
    aim = AIMS[wanted]
    stage = _stage(case, aim)
    state = State(case.state)
    stays = wanted in KEEPS_OPEN and not FACTS[state].closed
    if stays or (state is aim.state and (stage is None or stage.pk == case.stage_id)):
        return update(case=case, by=by, text=text, act=act)
    try:
        return move(case=case, to=aim.state, by=by, stage=stage, text=text, act=act)
    except KeyReused:
        # The same came twice at once, and the other one was first.
        return Entry.objects.get(case=case, client_key=act.client_key)


def _stage(case: Case, aim: Aim) -> Stage | None:
    """The stage that an update means, None for the first of its state."""
    rows = routing.stages(case.municipality, aim.state)
    if aim.means is not None:
        return next((row for row in rows if row.means == aim.means.value), None)
    return next((row for slug in aim.stages for row in rows if row.slug == slug), None)


def _client_key(asked: Asked, case: Case, key: ApiKey) -> uuid.UUID:
    """Out of the sender's own number of the update; without one out of everything that was sent, for a while."""
    if own := asked.text("update_id"):
        return uuid.uuid5(_SPACE, f"{key.pk}:{case.pk}:{own}")
    facts = [key.pk, case.pk, asked.everything()]
    return recognised(facts, lambda one: Entry.objects.filter(case=case, client_key=one).exists())
