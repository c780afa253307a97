"""Role × state × verb: one table, checked on both sides (what is allowed happens, what is not is denied)."""

import importlib
import inspect
import itertools
import pkgutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

import cases
import dispatch
import reports
from accounts.policy import ABOVE, GRANTS, Permission, Role
from accounts.services import grant
from cases import files, policy
from cases.areas import Rectangle
from cases.change import Act, By, permits
from cases.duties import end_hold, erase, hold
from cases.errors import Denied, NoSuchEdge
from cases.filing import link_file
from cases.forwarding import forward, send_again, take_back
from cases.handing import accept, hand_back, take
from cases.known import known_already
from cases.merging import merge, unmerge
from cases.models import Case, Forward, Hold
from cases.planning import ask_lead, change_due, resubmit, set_priority
from cases.policy import LookFor, Priority, State
from cases.services import assign, message, move, note, question, update
from dispatch.models import Job
from dispatch.services import plan, put_off, unplan
from geo.models import Municipality
from reports.handing_over import hand_over
from reports.models import Photo
from reports.redacting import open_original, redact_photo
from reports.services import change_category, change_place, release_photo, release_text, withdraw_photo, withdraw_text
from reports.splitting import Part, split
from tests.conftest import AT, jpeg

R, P = Role, Permission
PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def table(begin):
    """The rows of the table of docs/permissions.md whose heading begins so, as dicts by column."""
    lines = PAGE.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(begin))
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [dict(zip(cells(lines[start]), cells(line), strict=True)) for line in rows]


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


VERBS = {row["verb"]: row for row in table("| verb | what |")}
TABLE = {verb: {role for role in Role if row[role.value] == "x"} for verb, row in VERBS.items()}
STATES = {
    verb: set(State) if row["states"] == "all" else {State(one) for one in row["states"].split()}
    for verb, row in VERBS.items()
}
UNCOUNTED = {"open_original", "unmerge"}
"""What changes nothing of this case."""
TOMORROW = timezone.localdate() + timedelta(days=1)


def verbs(case, town, photo, original, elsewhere, duplicate):
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
        "ask_lead": lambda by: ask_lead(case=case, text="Welcher Asphalt?", by=by),
        "take": lambda by: take(case=case, by=by),
        "put_off": lambda by: put_off(case=case, on=TOMORROW, by=by),
        "change_due": lambda by: change_due(case=case, on=TOMORROW, text="Frost", by=by),
        "plan": lambda by: plan(case=case, team=town.greens, day=TOMORROW, by=by),
        "unplan": lambda by: unplan(case=listed(case, town), text="Auto steht davor", by=by),
        "release_text": lambda by: release_text(case=case, by=by),
        "withdraw_text": lambda by: withdraw_text(case=case, by=by),
        "release_photo": lambda by: release_photo(photo=photo, by=by),
        "withdraw_photo": lambda by: withdraw_photo(photo=photo, by=by),
        "change_category": lambda by: change_category(case=case, category=town.pothole, by=by),
        "change_place": lambda by: change_place(case=case, point=town.middle, by=by),
        "forward": lambda by: forward(case=case, by=by, name="Netze GmbH", email="netz@example.org", text="Bitte."),
        "merge": lambda by: merge(duplicate=case, original=original, by=by),
        "unmerge": lambda by: unmerge(duplicate=duplicate, by=by),
        "send_again": lambda by: send_again(case=outside(case), by=by),
        "take_back": lambda by: take_back(case=outside(case), by=by),
        "redact_photo": lambda by: redact_photo(photo=photo, shapes=[Rectangle(0.1, 0.1, 0.2, 0.2)], by=by),
        "open_original": lambda by: open_original(photo=photo, by=by, purpose=LookFor.EVIDENCE),
        "known_already": lambda by: known_already(case=case, by=by, text="Anruf"),
        "split": lambda by: split(case=case, parts=[Part(town.lamp, "Laterne")], by=by),
        "hand_over": lambda by: hand_over(case=case, to=elsewhere, by=by),
        "link_file": lambda by: link_file(case=case, number="66-12/2026", url="", by=by),
        "hold": lambda by: hold(case=case, reason="Klage", by=by),
        "end_hold": lambda by: end_hold(case=held(case), by=by),
        "erase_contact": lambda by: erase(case=case, parts={policy.Part.CONTACT}, by=by),
    }


def listed(case, town):
    """The case on the list of its unit."""
    Job.objects.create(case=case, team=town.yard, day=TOMORROW, planned_at=AT)
    return case


def outside(case):
    """The case with an outside body."""
    Forward.objects.create(case=case, name="Netze", email="netz@example.org", sent_at=AT, expires_at=AT)
    return case


def held(case):
    """The case kept on purpose."""
    Hold.objects.create(case=case, reason="Klage", at=AT)
    return case


def with_photo(case):
    file, _position = files.store(upload=jpeg("red"), case=case, at=AT)
    return Photo.objects.create(report=case.report, file=file)


def merged(make_report):
    """A case that was merged into another one."""
    duplicate = make_report()
    merge(duplicate=duplicate, original=make_report(), by=By.system())
    return duplicate


def above(town, users):
    """The county administrator of this municipality, and the operator of the platform."""
    county = users.objects.create_user("kreis@example.org", "x", name="Kreis")
    Municipality.objects.filter(pk=town.municipality.pk).update(ags="05754")
    grant(user=county, municipality=Municipality.objects.get(pk=town.municipality.pk), role=R.COUNTY)
    return {R.COUNTY: county, R.OPERATOR: users.objects.create_superuser("betrieb@example.org", "x", name="Betrieb")}


class Undone(Exception):
    """Takes back what a verb did."""


def tried(case, photo, town, verb, user, others):
    """What comes of a verb, in one word: "done" (with a new version), "Denied", "NoSuchEdge". Nothing of it stays."""
    before = Case.objects.get(pk=case.pk).version
    photo = Photo.objects.select_related("report__case").get(pk=photo.pk)
    try:
        with transaction.atomic():
            verbs(Case.objects.get(pk=case.pk), town, photo, *others)[verb](By.staff(user))
            assert Case.objects.get(pk=case.pk).version == before + (verb not in UNCOUNTED)
            raise Undone
    except Undone:
        return "done"
    except (Denied, NoSuchEdge) as refused:
        assert Case.objects.get(pk=case.pk).version == before
        return type(refused).__name__


@pytest.mark.parametrize("state", list(State))
def test_role_state_verb(state, make_report, town, neighbour, django_user_model):
    case = make_report()
    others = (make_report(), neighbour.municipality, merged(make_report))
    photo = with_photo(case)
    if state is not State.NEW:
        move(case=case, to=state, by=By.system(), text="Grund", act=Act(at=AT))
    users = {
        R.ADMIN: town.admin,
        R.MANAGER: town.manager,
        R.CLERK: town.clerk,
        R.FIELD: town.field,
        R.EDITOR: town.editor,
        **above(town, django_user_model),
    }

    def expected(role, verb):
        if role not in TABLE[verb]:
            return "Denied"
        return "done" if state in STATES[verb] else "NoSuchEdge"

    pairs = [(role, verb) for role in Role for verb in TABLE]
    found = {(role, verb): tried(case, photo, town, verb, users[role], others) for role, verb in pairs}
    assert found == {(role, verb): expected(role, verb) for role, verb in pairs}


NOT_OF_STAFF = {
    "withdraw", "give_feedback", "feedback", "correct", "delete_contact",  # of the person who reported
    "attach_photo", "attach_staff_photos",  # part of submitting, and of the verb they come with
    "note_look",  # noted by the door it stands at: the original here, contact data by the desk
    "redact",  # redact_photo calls it
    "erase",  # erase_contact is one part of it, and all parts have one right
    "pass_on",  # made of assign and move
    "change", "require",  # the way of all of them
}  # fmt: skip


ABOUT = {"case", "photo", "file", "duplicate", "entry"}


def test_every_verb_of_staff_stands_in_the_table():
    """Whatever changes one case, or a photo of it, on behalf of somebody."""
    found = set()
    for package in (cases, reports, dispatch):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.ispkg:
                continue
            for name, verb in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
                asked = inspect.signature(verb).parameters
                if not name.startswith("_") and "by" in asked and ABOUT & set(asked):
                    found.add(name)
    assert found - NOT_OF_STAFF - {"erase_contact"} == set(TABLE) - {"erase_contact"}


def test_outsiders_can_do_nothing(make_report, town, neighbour, django_user_model):
    case = make_report()
    others = (make_report(), neighbour.municipality, merged(make_report))
    photo = with_photo(case)
    crew = django_user_model.objects.create_user("kolonne@example.org", "x", name="Kolonne")
    grant(user=crew, municipality=town.municipality, role=R.FIELD, unit=town.greens)
    outsiders = {
        "neighbour's administrator": neighbour.admin,
        "clerk of another unit": town.other_clerk,
        "crew of another unit": crew,
        "somebody without a role": django_user_model.objects.create_user("fremd@example.org", "x", name="Fremd"),
        "nobody": AnonymousUser(),
    }
    pairs = [(who, verb) for who in outsiders for verb in TABLE]
    found = {(who, verb): tried(case, photo, town, verb, outsiders[who], others) for who, verb in pairs}
    assert found == dict.fromkeys(pairs, "Denied")


def test_who_sees_which_cases(make_report, town, neighbour, django_user_model):
    users = above(town, django_user_model)
    users |= {role: getattr(town, role.value) for role in Role if role not in users}
    handed = {role: make_report() for role in Role}
    for role, case in handed.items():
        Case.objects.filter(pk=case.pk).update(unit=town.greens, assignee=users[role])
    other_unit = make_report()
    Case.objects.filter(pk=other_unit.pk).update(unit=town.greens)
    cases = {
        "own unit": make_report(),
        "other unit": other_unit,
        "confidential": make_report(category=town.complaint, point=None),
        "other municipality": make_report(of=neighbour),
    }
    found = {}
    for role, user in users.items():
        seen = set(Case.objects.visible_to(user).values_list("pk", flat=True))
        found[role] = {word: "yes" if case.pk in seen else "no" for word, case in cases.items()}
        found[role]["assigned"] = "yes" if handed[role].pk in seen else "no"
    rows = {Role(row.pop("role")): row for row in table("| role | own unit |")}
    assert found == rows


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


def test_rights_on_rules_are_as_the_page_says():
    rows = {Permission(row.pop("right")): row for row in table("| right | what |")}
    assert {P.ADMINISTER, P.WRITE, P.PRIVACY, P.EMERGENCY, *ABOVE} == set(rows)
    for right, row in rows.items():
        found = {role for role in Role if right in GRANTS[role]}
        assert found == {role for role in Role if row[role.value] == "x"}, right


def test_every_permission_is_somebodys():
    assert set().union(*GRANTS.values()) == set(Permission)
