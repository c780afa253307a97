"""Role × state × verb: one table, checked on both sides (what is allowed happens, what is not is denied)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from accounts.policy import GRANTS, Permission, Role
from cases.change import Act, By, permits
from cases.errors import Denied, NoSuchEdge
from cases.handing import accept, hand_back
from cases.models import Case, File
from cases.planning import change_due, resubmit, set_priority
from cases.policy import ACTIVE, EDGES, Priority, State
from cases.services import assign, message, move, note, question, update
from reports.models import Photo
from reports.services import change_category, change_place, release_photo, release_text, withdraw_photo, withdraw_text
from tests.conftest import AT

R = Role
EVERYBODY = {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD, R.EDITOR}
TABLE = {
    # verb: who may do it on a case of their unit
    "move": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "update": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "message": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "question": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "note": EVERYBODY,
    "assign": {R.ADMIN, R.MANAGER, R.CLERK},
    "accept": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "hand_back": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "set_priority": {R.ADMIN, R.MANAGER, R.CLERK},
    "resubmit": {R.ADMIN, R.MANAGER, R.CLERK, R.FIELD},
    "change_due": {R.ADMIN, R.MANAGER, R.CLERK},
    "release_text": {R.ADMIN, R.MANAGER, R.CLERK, R.EDITOR},
    "withdraw_text": {R.ADMIN, R.MANAGER, R.CLERK, R.EDITOR},
    "release_photo": {R.ADMIN, R.MANAGER, R.CLERK, R.EDITOR},
    "withdraw_photo": {R.ADMIN, R.MANAGER, R.CLERK, R.EDITOR},
    "change_category": {R.ADMIN, R.MANAGER, R.CLERK, R.EDITOR},
    "change_place": {R.ADMIN, R.MANAGER, R.CLERK, R.EDITOR},
}
WHILE_ACTIVE = {"accept", "hand_back", "set_priority", "resubmit", "change_due"}
TOMORROW = timezone.localdate() + timedelta(days=1)


def verbs(case, town, photo):
    """Every verb of staff, ready to be called with `by`."""
    return {
        "move": lambda by: move(case=case, to=State.OPEN, by=by, text="Grund"),
        "update": lambda by: update(case=case, by=by, text="Wir sind dran."),
        "message": lambda by: message(case=case, by=by, text="Danke."),
        "question": lambda by: question(case=case, by=by, text="Wo genau?"),
        "note": lambda by: note(case=case, by=by, text="intern"),
        "assign": lambda by: assign(case=case, by=by, unit=town.yard),
        "accept": lambda by: accept(case=case, by=by),
        "hand_back": lambda by: hand_back(case=case, by=by, text="Kreisstraße"),
        "set_priority": lambda by: set_priority(case=case, priority=Priority.HIGH, by=by),
        "resubmit": lambda by: resubmit(case=case, on=TOMORROW, by=by),
        "change_due": lambda by: change_due(case=case, on=TOMORROW, text="Frost", by=by),
        "release_text": lambda by: release_text(case=case, by=by),
        "withdraw_text": lambda by: withdraw_text(case=case, by=by),
        "release_photo": lambda by: release_photo(photo=photo, by=by),
        "withdraw_photo": lambda by: withdraw_photo(photo=photo, by=by),
        "change_category": lambda by: change_category(case=case, category=town.pothole, by=by),
        "change_place": lambda by: change_place(case=case, point=town.middle, by=by),
    }


def with_photo(case):
    file = File.objects.create(case=case, format="JPEG", bytes=1, sha256="0", created_at=AT)
    return Photo.objects.create(report=case.report, file=file)


class Undone(Exception):
    """Takes back what a verb did."""


def tried(case, photo, town, verb, user):
    """What comes of a verb, in one word: "done" (with a new version), "Denied", "NoSuchEdge". Nothing of it stays."""
    before = Case.objects.get(pk=case.pk).version
    photo = Photo.objects.select_related("report__case").get(pk=photo.pk)
    try:
        with transaction.atomic():
            verbs(Case.objects.get(pk=case.pk), town, photo)[verb](By.staff(user))
            assert Case.objects.get(pk=case.pk).version == before + 1
            raise Undone
    except Undone:
        return "done"
    except (Denied, NoSuchEdge) as refused:
        assert Case.objects.get(pk=case.pk).version == before
        return type(refused).__name__


@pytest.mark.parametrize("state", list(State))
def test_role_state_verb(state, make_report, town):
    case = make_report()
    photo = with_photo(case)
    if state is not State.NEW:
        move(case=case, to=state, by=By.system(), text="Grund", act=Act(at=AT))
    users = {
        R.ADMIN: town.admin,
        R.MANAGER: town.manager,
        R.CLERK: town.clerk,
        R.FIELD: town.field,
        R.EDITOR: town.editor,
    }

    def expected(role, verb):
        leads = {"move": State.OPEN, "question": State.WAITING}.get(verb)
        # What a citizen took back before it was public takes no more words and is not released any more.
        ended = state is State.WITHDRAWN and verb in {"message", "release_text", "release_photo"}
        ended = ended or (verb in WHILE_ACTIVE and state not in ACTIVE)
        if role not in TABLE[verb]:
            return "Denied"
        return "NoSuchEdge" if ended or (leads is not None and leads not in EDGES[state]) else "done"

    pairs = [(role, verb) for role in Role for verb in TABLE]
    found = {(role, verb): tried(case, photo, town, verb, users[role]) for role, verb in pairs}
    assert found == {(role, verb): expected(role, verb) for role, verb in pairs}


def test_outsiders_can_do_nothing(make_report, town, neighbour, django_user_model):
    case = make_report()
    photo = with_photo(case)
    outsiders = {
        "neighbour's administrator": neighbour.admin,
        "clerk of another unit": town.other_clerk,
        "somebody without a role": django_user_model.objects.create_user("fremd@example.org", "x", name="Fremd"),
        "nobody": AnonymousUser(),
    }
    pairs = [(who, verb) for who in outsiders for verb in TABLE]
    found = {(who, verb): tried(case, photo, town, verb, outsiders[who]) for who, verb in pairs}
    assert found == dict.fromkeys(pairs, "Denied")


def test_reading_follows_municipality_unit_and_trust(make_report, town, neighbour):
    mine = make_report()
    secret = make_report(category=town.complaint, point=None)
    seen = {
        user.email.split("@")[0]: set(Case.objects.visible_to(user).values_list("pk", flat=True))
        for user in (town.admin, town.manager, town.clerk, town.other_clerk, town.field, town.editor)
    }
    assert seen == {
        "admin": {mine.pk, secret.pk},
        "manager": {mine.pk, secret.pk},
        "clerk": {mine.pk},
        "other": set(),
        "field": {mine.pk},
        "editor": {mine.pk},
    }
    assert not Case.objects.visible_to(neighbour.admin).exists()


def test_a_complaint_is_seen_by_the_unit_it_is_handed_to(make_report, town):
    secret = make_report(category=town.complaint, point=None)
    assert secret.unit is None
    assign(case=secret, by=By.staff(town.manager), unit=town.greens)
    assert Case.objects.visible_to(town.other_clerk).filter(pk=secret.pk).exists()
    assert not Case.objects.visible_to(town.editor).filter(pk=secret.pk).exists()


def test_who_it_is_assigned_to_acts_with_the_rights_of_their_own_unit(make_report, town):
    case = make_report()
    case.unit, case.assignee = town.greens, town.field
    case.save()
    assert permits(case, town.field, Permission.MOVE)
    assert not permits(case, town.field, Permission.RELEASE)
    assert not permits(case, town.clerk, Permission.MOVE), "their unit has it no more"
    move(case=case, to=State.OPEN, by=By.staff(town.field))
    with pytest.raises(Denied):
        release_text(case=case, by=By.staff(town.field))


def test_every_permission_is_somebodys():
    assert set().union(*GRANTS.values()) == set(Permission)
