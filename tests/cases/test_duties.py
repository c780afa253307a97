"""Terms of keeping: what is due goes for good, what is held stays, and of an erased person nothing is left anywhere."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from cases import duties, files, following, persons, terms
from cases import services as cases
from cases.change import Act, By
from cases.errors import Denied, Invalid
from cases.models import Case, Draft, Erasure, File, Hold
from cases.policy import KEEP_DAYS, Part, State
from geo.sweeping import sweep_log
from notifications.sending import run_deliveries
from outbox.work import run_all
from reports.services import Person, attach_photo, release_text, submit
from tests.conftest import AT, jpeg

pytestmark = pytest.mark.django_db(transaction=True)

CLOSED = AT + timedelta(days=4)
PERSON = ("erika.musterfrau@example.org", "Musterfrau", "0170 5550123")
WORDS = ("Kaninchenstall", "Fuchsbauweg", "Dachsbriefkasten", "Marderantwort")


@pytest.fixture
def story(town, make_report):
    """A report with everything that could remain, closed on CLOSED."""
    email, name, phone = PERSON
    case, _new = submit(
        municipality=town.municipality,
        category=town.pothole,
        text=WORDS[0],
        by=By.citizen(),
        act=Act(at=AT, client_key=uuid.uuid4()),
        point=town.middle,
        address=WORDS[1],
        person=Person(email=email, name=name, phone=phone),
    )
    cases.confirm_contact(contact=case.contact, act=Act(at=AT))
    file, _position = files.store(upload=jpeg("red"), at=AT, case=case)
    files.make_variants(file=file, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    release_text(case=case, by=By.staff(town.manager), act=Act(at=AT))
    cases.question(case=case, by=By.staff(town.clerk), text=WORDS[2], act=Act(at=AT))
    cases.message(case=case, by=By.citizen(), text=WORDS[3], act=Act(at=AT))
    following.ask(case=case, email=email, support=True, follow=True, language="de", at=AT)
    following.confirm(token=case.follows.get().token, at=AT)
    cases.move(case=case, to=State.DONE, by=By.staff(town.clerk), act=Act(at=CLOSED))
    run_all()
    run_deliveries()
    return case


def remaining(*words):
    """Where in any table or stored file one of the words still stands."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        names = [field.column for field in model._meta.concrete_fields if field.get_internal_type() not in SHAPES]
        with connection.cursor() as cursor:
            columns = ", ".join(connection.ops.quote_name(name) for name in names)
            cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}")
            for row in cursor:
                text = " ".join(str(value) for value in row).casefold()
                found += [f"{model._meta.label}: {word}" for word in words if word.casefold() in text]
    return found


SHAPES = {"PointField", "MultiPolygonField", "MultiLineStringField", "PolygonField", "LineStringField"}


def stored():
    """Names of everything below the storage."""
    found = []
    for kind in ("originals", "variants"):
        if default_storage.exists(kind):
            folders, names = default_storage.listdir(kind)
            found += names + folders
    return found


def content_of_database():
    """The bytes of SQLite's file and its log; b"" on PostgreSQL, which vacuums by itself."""
    if connection.vendor != "sqlite":
        return b""
    name = Path(connection.settings_dict["NAME"])
    return b"".join(path.read_bytes() for path in (name, name.with_name(f"{name.name}-wal")) if path.exists())


def night(part, *, late=1):
    return CLOSED + timedelta(days=KEEP_DAYS[part] + late)


def test_nothing_is_due_before_its_day(story):
    assert list(duties.due(at=night(Part.CONTACT, late=-1))) == []
    assert [(one.case.pk, one.part) for one in duties.due(at=night(Part.CONTACT))] == [(story.pk, Part.CONTACT)]


def test_parts_go_one_after_the_other_and_the_log_names_nobody(story, town):
    assert duties.erase_due(at=night(Part.CONTACT))[Part.CONTACT] == 1
    story.refresh_from_db()
    assert story.contact is None
    assert story.report.text == WORDS[0]
    duties.erase_due(at=night(Part.PHOTOS))
    assert not File.objects.filter(case=story).exists()
    assert stored() == []
    duties.erase_due(at=night(Part.CASE))
    assert duties.erase_due(at=night(Part.CASE, late=2)) == dict.fromkeys(Part, 0)
    log = list(Erasure.objects.order_by("at").values_list("number", "part"))
    assert log == [(story.number, part.value) for part in Part]
    assert not Erasure.objects.exclude(by=None).exists()


def test_of_an_erased_case_nothing_is_left_anywhere(story, caplog):
    sweep_log()
    assert connection.vendor != "sqlite" or PERSON[0].encode() in content_of_database()
    assert remaining(*PERSON, *WORDS), "the story leaves traces at first"
    duties.erase_due(at=night(Part.CASE))
    run_all()
    assert remaining(*PERSON, *WORDS) == []
    assert stored() == []
    sweep_log()
    assert not [word for word in (*PERSON, *WORDS) if word.encode() in content_of_database()]
    assert not [word for word in (*PERSON, *WORDS) if word in caplog.text]
    story.refresh_from_db()
    assert (story.point, story.grid, story.public_at, story.report.address) == (None, None, None, "")
    assert story.number
    assert State(story.state) is State.DONE
    assert not Case.objects.public().exists()


def test_a_held_case_is_left_alone_until_the_hold_ends(story, town):
    with pytest.raises(Invalid):
        duties.hold(case=story, reason=" ", by=By.staff(town.manager))
    with pytest.raises(Denied):
        duties.hold(case=story, reason="Klage", by=By.staff(town.clerk))
    duties.hold(case=story, reason="Klage vor dem Verwaltungsgericht", by=By.staff(town.manager))
    assert list(duties.due(at=night(Part.CASE))) == []
    with pytest.raises(Invalid):
        duties.erase(case=story, parts={Part.CONTACT}, by=By.staff(town.manager))
    duties.end_hold(case=story, by=By.staff(town.manager))
    assert Hold.objects.get().ended_at is not None
    assert len(list(duties.due(at=night(Part.CASE)))) == len(Part)


def test_terms_are_inherited_and_the_category_wins(story, town):
    municipality, topic = town.municipality, story.topic
    duties.set_terms(municipality=municipality, topic=None, days={"contact_days": 30})
    assert terms.days("contact_days", topic, municipality) == 30
    duties.set_terms(municipality=municipality, topic=topic, days={"contact_days": 10})
    assert terms.days("contact_days", topic, municipality) == 10
    assert [one.on.isoformat() for one in duties.due(at=CLOSED + timedelta(days=11))] == ["2026-03-16"]
    with pytest.raises(Invalid):
        duties.set_terms(municipality=municipality, topic=None, days={"case_days": 20})


def test_an_open_case_keeps_its_words(make_report, town):
    case = make_report()
    with pytest.raises(Invalid):
        duties.erase(case=case, parts={Part.CASE}, by=By.staff(town.manager))
    assert not list(duties.due(at=AT + timedelta(days=10_000)))


def test_what_belongs_to_a_person_is_found_and_deleted(story, town, neighbour, make_report):
    email, name, _phone = PERSON
    Draft.objects.create(municipality=town.municipality, kind="report", data={"email": email, "text": WORDS[0]})
    other = make_report("Anderes Loch", email="jemand@example.org")
    found = persons.find(email=email.upper(), municipality=town.municipality)
    told = " ".join(f"{label} {words}" for piece in found for label, words in piece.facts)
    assert all(word in told for word in (name, *WORDS))
    assert persons.find(email=email, municipality=neighbour.municipality) == []
    persons.forget(
        email=email, municipality=town.municipality, by=By.staff(town.manager), at=timezone.now(), words=True
    )
    run_all()
    assert persons.find(email=email, municipality=town.municipality) == []
    assert remaining(*PERSON, *WORDS) == []
    other.refresh_from_db()
    assert other.contact is not None
    assert other.report.text == "Anderes Loch"
