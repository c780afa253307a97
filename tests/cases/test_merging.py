"""Merging: the people of a duplicate hear of the original, and undoing brings back exactly what was there."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid, NoSuchEdge
from cases.following import ask, confirm, email_hash, supporters
from cases.merging import OriginalChanged, merge, unmerge
from cases.models import Case, Contact, Entry, Follow, Merge, Stage, Support
from cases.policy import Means, State
from cases.services import confirm_contact, move, question, update
from reports.services import release_text
from tests.conftest import AT


@pytest.fixture(autouse=True)
def _stage(town):
    Stage.objects.create(
        municipality=town.municipality,
        slug="doppelmeldung",
        state=State.REJECTED.value,
        label={"de": "Doppelmeldung"},
        position=5,
        means=Means.DUPLICATE.value,
    )


@pytest.fixture
def wish():
    """`wish(case, email)`: somebody follows and supports a public case, confirmed."""

    def make(case, email):
        ask(case=case, email=email, support=True, follow=True, language="de", at=AT)
        confirm(token=Follow.objects.get(case=case, email=email).token, at=AT)

    return make


@pytest.fixture
def public(make_report, town):
    """`public(email=…)`: a public report whose reporter has confirmed the address."""

    def make(text="Loch", *, email="", **facts):
        case = make_report(text, email=email, **facts)
        release_text(case=case, by=By.system())
        if email:
            confirm_contact(contact=case.contact)
        case.refresh_from_db()
        return case

    return make


def followers(case):
    return sorted(case.follows.exclude(confirmed_at=None).values_list("email", flat=True))


def everything(*cases):
    """All columns of the cases (but what every change counts up) and all rows of their people."""
    rows = list(Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk").values())
    for row in rows:
        del row["version"], row["changed_at"]
    people = [list(model.objects.order_by("pk").values()) for model in (Follow, Support, Contact)]
    return rows, people


def test_everybody_of_the_duplicate_hears_of_the_original_and_counts_once(public, wish, town):
    original, twin = public(email="anna@example.org"), public(email="bert@example.org")
    wish(original, "both@example.org")
    for address in ("both@example.org", "carl@example.org", "anna@example.org"):
        wish(twin, address)
    entry = merge(duplicate=twin, original=original, by=By.staff(town.manager), text="Schon bekannt")
    assert followers(original) == [
        "anna@example.org",
        "bert@example.org",
        "both@example.org",
        "carl@example.org",
    ]
    assert supporters(original) == 3, "both, carl and the other reporter; nobody supports a report of their own"
    assert Support.objects.filter(case=original, email_hash=email_hash("bert@example.org")).exists()
    twin.refresh_from_db()
    assert (twin.state_label, twin.duplicate_of, twin.facts.closed) == ("Doppelmeldung", original, True)
    assert (entry.public, entry.text, entry.data["original"]) == (True, "Schon bekannt", original.pk)
    assert original.entries.filter(deed="merged", public=False, for_reporter=False).count() == 1


def test_undoing_brings_back_exactly_what_was_there(public, wish, town):
    original, twin = public(email="anna@example.org"), public(email="bert@example.org")
    wish(original, "both@example.org")
    ask(case=original, email="late@example.org", support=True, follow=True, language="de", at=AT)
    for address in ("both@example.org", "carl@example.org", "late@example.org"):
        wish(twin, address)
    question(case=twin, by=By.staff(town.manager), text="Wo genau?")
    before = everything(original, twin)
    merge(duplicate=twin, original=original, by=By.staff(town.manager))
    assert everything(original, twin) != before
    entry = unmerge(duplicate=twin, by=By.staff(town.manager))
    assert everything(original, twin) == before
    assert (entry.data["to"], entry.public) == (State.WAITING.value, True)
    assert Merge.objects.get().undone_at == entry.at
    with pytest.raises(NoSuchEdge):
        unmerge(duplicate=twin, by=By.system())


def test_who_left_meanwhile_stays_away_and_who_came_meanwhile_stays(public, wish):
    original, twin = public(), public(email="bert@example.org")
    wish(twin, "carl@example.org")
    merge(duplicate=twin, original=original, by=By.system())
    Follow.objects.get(email="carl@example.org").delete()
    wish(twin, "carl@example.org")
    wish(original, "dora@example.org")
    unmerge(duplicate=twin, by=By.system())
    assert (followers(twin), followers(original)) == (["carl@example.org"], ["dora@example.org"])


def test_a_chain_is_flattened_and_taken_apart_again(public, wish):
    first, second, third = public(), public(), public()
    wish(third, "carl@example.org")
    before = everything(first, second, third)
    merge(duplicate=third, original=second, by=By.system())
    between = everything(first, second, third)
    merge(duplicate=second, original=first, by=By.system())
    third.refresh_from_db()
    assert (third.duplicate_of, followers(first)) == (first, ["carl@example.org"])
    unmerge(duplicate=second, by=By.system())
    assert everything(first, second, third) == between
    unmerge(duplicate=third, by=By.system())
    assert everything(first, second, third) == before


def test_merging_into_a_duplicate_leads_to_its_original_and_circles_are_refused(public):
    first, second, third = public(), public(), public()
    merge(duplicate=second, original=first, by=By.system())
    merge(duplicate=third, original=second, by=By.system())
    third.refresh_from_db()
    assert third.duplicate_of == first
    for duplicate, original in ((first, third), (first, first), (second, first)):
        with pytest.raises(Invalid) as refused:
            merge(duplicate=duplicate, original=original, by=By.system())
        assert list(refused.value.errors) == ["original"]


def test_other_municipalities_confidential_and_settled_cases_are_refused(public, make_report, town, neighbour):
    case, settled, complaint = public(), public(), make_report(category=town.complaint, point=None)
    for other in (make_report(of=neighbour), complaint):
        with pytest.raises(Invalid):
            merge(duplicate=case, original=other, by=By.system())
    move(case=settled, to=State.DONE, by=By.system())
    with pytest.raises(NoSuchEdge):
        merge(duplicate=settled, original=case, by=By.system())
    assert not Merge.objects.exists()


def test_both_must_be_seen_and_unchanged(public, town, neighbour):
    twin, original = public(), public()
    with pytest.raises(Denied):
        merge(duplicate=twin, original=original, by=By.staff(neighbour.manager))
    seen = original.version
    update(case=original, by=By.staff(town.manager), text="Neu")
    with pytest.raises(OriginalChanged):
        merge(duplicate=twin, original=original, by=By.staff(town.manager), original_version=seen)
    with pytest.raises(Conflict):
        merge(duplicate=twin, original=original, by=By.system(), act=Act(version=twin.version - 1))
    assert not Merge.objects.exists()


def test_sent_twice_counts_once(public):
    twin, original, key = public(email="bert@example.org"), public(), uuid.uuid4()
    entries = [merge(duplicate=twin, original=original, by=By.system(), act=Act(client_key=key)) for _press in "12"]
    assert entries[0] == entries[1]
    assert Merge.objects.count() == 1
    key = uuid.uuid4()
    entries = [unmerge(duplicate=twin, by=By.system(), act=Act(client_key=key)) for _press in "12"]
    assert entries[0] == entries[1]
    assert Entry.objects.filter(deed="unmerged").count() == 2


def test_a_merged_case_is_taken_up_by_undoing_only(public):
    twin, original = public(), public()
    merge(duplicate=twin, original=original, by=By.system())
    with pytest.raises(Invalid, match="stage"):
        move(case=twin, to=State.OPEN, by=By.system(), text="doch")


def test_a_reporter_who_confirms_later_hears_of_the_original(make_report, public):
    original, twin = public(), make_report(email="bert@example.org")
    merge(duplicate=twin, original=original, by=By.system())
    assert followers(original) == []
    confirm_contact(contact=twin.contact)
    assert followers(original) == ["bert@example.org"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one lock for all")
def test_rows_are_locked_in_the_order_of_their_ids(public):
    first, second = public(), public()
    for duplicate, original in ((second, first), (first, second)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            merge(duplicate=duplicate, original=original, by=By.system())
        locking = next(one["sql"] for one in queries if "FOR UPDATE" in one["sql"])
        assert 'ORDER BY "cases_case"."id" ASC' in locking
        assert str(first.pk) in locking
        assert str(second.pk) in locking
        unmerge(duplicate=duplicate, by=By.system())
