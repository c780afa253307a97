"""Forwarding to an outside body: what it does goes through the same verbs, and its words stay internal."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Unit
from cases import forwarding
from cases.change import Act, By
from cases.errors import Invalid, NoSuchEdge
from cases.models import Case, Forward, Stage
from cases.policy import Means, State
from cases.services import confirm_contact, move
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.services import release_text


@pytest.fixture
def sent(make_report, town):
    """A public report, forwarded to the electricity company."""
    Stage.objects.create(
        municipality=town.municipality,
        slug="weitergeleitet",
        state=State.WAITING.value,
        label={"de": "weitergeleitet", "en": "forwarded"},
        means=Means.FORWARDED.value,
    )
    case = make_report("Laterne aus, Anwohner Erika Muster", category=town.lamp, email="anna@example.org")
    confirm_contact(contact=case.contact)
    release_text(case=case, by=By.system(), text="Laterne aus")
    forwarding.forward(
        case=case, by=By.staff(town.manager), name="Stadtwerke", email="netz@example.org", text="Bitte reparieren"
    )
    return Forward.objects.select_related("case").get()


def mails():
    """(purpose, address) of everything that goes out."""
    assert run_jobs().failed == 0
    return sorted(Delivery.objects.values_list("purpose", "address"))


def test_the_state_names_who_has_it_and_everybody_is_told_once(sent):
    case = sent.case
    with translation.override("de"):
        assert case.state_label == "weitergeleitet an Stadtwerke"
    with translation.override("en"):
        assert case.state_label == "forwarded to Stadtwerke"
    assert (case.state, case.waits_for, case.waiting_since) == (State.WAITING.value, "others", sent.sent_at)
    entry = case.entries.get(deed="forwarded")
    assert (entry.public, entry.text, entry.data["label"]["de"]) == (True, "", "weitergeleitet an Stadtwerke")
    told = [one for one in mails() if one[0] in {"moved", "forwarded"}]
    assert told == [("forwarded", "netz@example.org"), ("moved", "anna@example.org")]
    mail = Delivery.objects.get(purpose="forwarded")
    assert f"/weitergeleitet/{sent.token}/" in mail.text
    assert "Bitte reparieren" in mail.text
    assert "Erika" not in mail.text
    assert "anna@" not in mail.text


def test_the_body_starts_settles_and_ends_it(sent):
    case, now = sent.case, timezone.now()
    forwarding.accept(forward=sent, act=Act())
    forwarding.start(forward=sent, text="Bagger bestellt", act=Act())
    case.refresh_from_db()
    assert (case.state, case.waiting_since) == (State.OPEN.value, None)
    forwarding.settle(forward=sent, text="Birne getauscht", act=Act())
    case.refresh_from_db()
    sent.refresh_from_db()
    assert (case.state, case.forwarded_to) == (State.DONE.value, "")
    assert sent.ended_at is not None
    assert sent.ended_at >= now
    words = case.entries.filter(text__in=["Bagger bestellt", "Birne getauscht"])
    assert {(entry.public, entry.for_reporter, entry.data["outside"]) for entry in words} == {
        (False, False, "Stadtwerke")
    }
    assert case.entries.filter(deed="moved", actor="outside", public=True).count() == 2
    told = [one for one in mails() if one[1] == "bauhof@harsewinkel.example"]
    assert [purpose for purpose, _address in told] == ["forward_answered"] * 3, "accepted, started, settled"


def test_handed_back_with_a_reason_it_is_in_the_house_again(sent):
    with pytest.raises(Invalid):
        forwarding.hand_back(forward=sent, text=" ", act=Act())
    forwarding.hand_back(forward=sent, text="Gehört der Bahn", act=Act())
    case = Case.objects.get(pk=sent.case.pk)
    assert (case.state, case.forwarded_to) == (State.OPEN.value, "")
    assert case.entries.get(text="Gehört der Bahn").public is False
    with pytest.raises(NoSuchEdge):
        forwarding.answer(forward=sent, text="noch etwas", act=Act())


def test_sent_twice_counts_once(sent):
    key = uuid.uuid4()
    entries = [forwarding.settle(forward=sent, text="Fertig", act=Act(client_key=key)) for _press in "12"]
    assert entries[0] == entries[1]
    assert sent.case.entries.filter(deed="moved", actor="outside").count() == 1


def test_what_has_ended_takes_nothing_more(sent, town):
    with pytest.raises(NoSuchEdge):
        forwarding.answer(forward=sent, text="zu spät", act=Act(at=sent.expires_at + timedelta(seconds=1)))
    old = sent.token
    forwarding.send_again(case=sent.case, by=By.staff(town.manager))
    sent.refresh_from_db()
    assert sent.token != old
    forwarding.take_back(case=sent.case, by=By.staff(town.manager))
    assert sent.case.state == State.OPEN.value
    with pytest.raises(NoSuchEdge):
        forwarding.answer(forward=sent, text="zurückgenommen", act=Act())
    with pytest.raises(NoSuchEdge):
        forwarding.send_again(case=sent.case, by=By.staff(town.manager))
    assert ("forward_ended", "netz@example.org") in mails()
    assert [one for one in mails() if one[0] == "forwarded"] == [], "what is ended is not sent any more"


def test_closed_by_staff_the_link_does_nothing(sent, town):
    move(case=sent.case, to=State.DONE, by=By.staff(town.manager))
    with pytest.raises(NoSuchEdge):
        forwarding.start(forward=sent, act=Act())


def test_one_body_at_a_time_and_only_units_of_the_house(sent, make_report, town, neighbour):
    with pytest.raises(Invalid, match="name"):
        forwarding.forward(case=sent.case, by=By.system(), name="Bahn", email="b@example.org", text="Bitte")
    foreign = Unit.objects.create(municipality=neighbour.municipality, slug="x", name="X", external=True)
    for wrong in ({"email": "kein"}, {"name": " "}, {"text": ""}, {"days": 0}, {"unit": foreign}, {"photos": [1]}):
        asked = {"name": "Bahn", "email": "b@example.org", "text": "Bitte", **wrong}
        with pytest.raises(Invalid):
            forwarding.forward(case=make_report(), by=By.system(), **asked)


def test_silence_is_reminded_of_once(sent):
    late = sent.sent_at + timedelta(days=15)
    assert [forwarding.remind(at=sent.sent_at + timedelta(days=13)), forwarding.remind(at=late)] == [0, 1]
    assert forwarding.remind(at=late) == 0
    assert [one for one in mails() if one[0] == "forwarded"] == [("forwarded", "netz@example.org")] * 2
    assert Delivery.objects.filter(purpose="forwarded", subject__startswith="Erinnerung").count() == 1
