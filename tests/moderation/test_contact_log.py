"""Contact data are opened with a purpose, and who did so when stands in the case."""

from django.urls import reverse

from cases.models import Case, Look
from tests.moderation.conftest import forms_of, url


def door(case):
    return reverse("desk_contact", args=[case.pk])


def test_each_opening_is_noted_with_its_purpose(manager, login, town, make_report):
    case = make_report(email="erika@example.org")
    folded = manager.get(url(case))
    assert "erika@example.org" not in folded.content.decode()
    assert any(action.startswith(door(case)) for action, _values in forms_of(folded))
    shown = manager.post(door(case), {"purpose": "question"})
    text = shown.content.decode()
    assert "erika@example.org" in text
    assert "1-mal angesehen" in text
    assert "um die meldende Person etwas zu fragen" in text
    assert shown["Cache-Control"] == "private, no-store"
    part = login(town.clerk).post(door(case), {"purpose": "check", "part": "1"}).content.decode()
    assert "erika@example.org" in part
    assert "<html" not in part
    rows = [(look.user, look.what, look.purpose) for look in Look.objects.order_by("pk")]
    assert rows == [(town.manager, "contact", "question"), (town.clerk, "contact", "check")]
    again = manager.get(url(case)).content.decode()
    assert "erika@example.org" not in again, "the next page is folded again"
    assert "2-mal angesehen" in again
    assert "Clerk" in again
    version = case.version
    assert Case.objects.get(pk=case.pk).version == version, "a look changes nothing"


def test_nobody_opens_them_without_right_or_purpose(client, manager, login, town, neighbour, make_report):
    case = make_report(email="erika@example.org")
    purpose = {"purpose": "question"}
    for user, status in ((town.field, 403), (town.editor, 403), (town.other_clerk, 404), (neighbour.admin, 404)):
        answer = login(user).post(door(case), purpose)
        assert (user.name, answer.status_code) == (user.name, status)
        assert b"erika@" not in answer.content
    for answer in (manager.get(door(case)), manager.post(door(case), {"purpose": "neugier"}), manager.post(door(case))):
        assert answer.status_code == 302
    assert client.post(door(case), purpose).status_code == 302
    assert not Look.objects.exists()


def test_the_log_is_for_those_who_may_see_contact_data(login, manager, town, make_report):
    case = make_report(email="erika@example.org")
    manager.post(door(case), {"purpose": "evidence"})
    assert "angesehen" not in login(town.field).get(url(case)).content.decode()
