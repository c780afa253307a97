"""Praise is thanked, passed on with one deed, and settled by it; nobody asks whether it was solved."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from cases.change import Act, By
from cases.errors import Denied, Invalid, NoSuchEdge
from cases.models import Case
from cases.policy import State
from cases.services import confirm_contact
from notifications.models import Delivery
from outbox.work import run_jobs
from reports.praise import pass_on
from reports.services import change_category
from reports.submission import Person, submit
from tests.conftest import AT

WORDS = "Die Leute vom Bauhof haben unseren Weg so schön gemacht. Danke!"


@pytest.fixture
def praise(town):
    """Praise of somebody who may be named, with a confirmed address."""

    def make(**person):
        case, _new = submit(
            municipality=town.municipality,
            category=town.praise,
            text=WORDS,
            by=By.citizen(),
            act=Act(at=AT),
            person=Person(
                **{"email": "erika@example.org", "name": "Erika Beispiel", "phone": "0123 456", "public_name": True}
                | person
            ),
        )
        return case

    return make


def mails(purpose):
    return list(Delivery.objects.filter(purpose=purpose).order_by("pk"))


def test_the_receipt_thanks_and_names_no_day(client, praise):
    case = praise()
    run_jobs()
    (mail,) = mails("receipt")
    assert "Lob" in mail.subject
    assert "Vielen Dank für Ihr Lob!" in mail.text
    assert "erste Antwort" not in mail.text + mail.html
    page = client.get(reverse("report_receipt", args=[case.secret])).content.decode()
    assert "Wir geben es weiter" in page
    assert "Erste Antwort bis" not in page


def test_one_deed_passes_it_on_thanks_and_settles(praise, town):
    case = praise()
    confirm_contact(contact=case.contact)
    run_jobs()
    pass_on(case=case, by=By.staff(town.manager), unit=town.yard)
    run_jobs()
    (to_unit,) = mails("praise")
    assert to_unit.address == town.yard.email
    assert WORDS in to_unit.text
    assert "Erika Beispiel" in to_unit.text
    assert not any(secret in to_unit.text + to_unit.html for secret in ("erika@example.org", "0123 456"))
    assert not mails("assigned")
    (to_citizen,) = mails("done")
    assert "Danke für Ihr Lob" in to_citizen.subject
    assert "weitergegeben an: Bauhof" in to_citizen.text
    assert "gelöst" not in to_citizen.text + to_citizen.html
    case.refresh_from_db()
    assert (case.state, case.unit, case.due_at) == (State.DONE.value, town.yard, None)


def test_the_name_stays_here_unless_it_may_be_public(praise, town):
    case = praise(public_name=False)
    pass_on(case=case, by=By.staff(town.manager), unit=None, assignee=town.field)
    run_jobs()
    (mail,) = mails("praise")
    assert mail.address == town.field.email
    assert "Erika" not in mail.text + mail.html + mail.subject


def test_it_never_has_a_deadline(praise, town, make_report):
    assert praise().due_at is None
    case = make_report()
    assert case.due_at is not None
    by = By.staff(town.manager)
    change_category(case=case, category=town.praise, by=by)
    case.refresh_from_db()
    assert case.due_at is None
    change_category(case=case, category=town.lamp, by=by)
    case.refresh_from_db()
    assert case.due_at is not None


def test_what_is_no_praise_or_settled_or_reaches_nobody_is_refused(praise, town, make_report):
    by, case = By.staff(town.manager), praise()
    with pytest.raises(NoSuchEdge):
        pass_on(case=make_report(), by=by, unit=town.yard)
    with pytest.raises(Invalid):
        pass_on(case=case, by=by, unit=None)
    town.greens.email = ""
    town.greens.save()
    with pytest.raises(Invalid):
        pass_on(case=case, by=by, unit=town.greens)
    with pytest.raises(Denied):
        pass_on(case=case, by=By.staff(town.other_clerk), unit=town.yard)
    act = Act(at=AT + timedelta(days=1), client_key=uuid.uuid4())
    first = pass_on(case=case, by=by, unit=town.yard, act=act)
    assert pass_on(case=Case.objects.get(pk=case.pk), by=by, unit=town.yard, act=act) == first
    with pytest.raises(NoSuchEdge):
        pass_on(case=Case.objects.get(pk=case.pk), by=by, unit=town.yard)
