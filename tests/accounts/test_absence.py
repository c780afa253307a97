"""Days away, and what the deputy sees and may do in them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.absence import away, stands_in_for
from accounts.models import Absence, User
from cases.change import By
from cases.errors import Denied
from cases.models import Case
from cases.policy import State
from cases.services import assign, move

TODAY = timezone.localdate()
WEEK = timedelta(days=7)


def note(user, deputy, from_on=TODAY, until_on=TODAY + WEEK):
    return away(user=user, deputy=deputy, from_on=from_on, until_on=until_on, today=TODAY)


def anew(user):
    """The person in another request: what one request knows by heart is read again."""
    return User.objects.get(pk=user.pk)


def sees(user, case):
    return Case.objects.visible_to(anew(user)).filter(pk=case.pk).exists()


def test_cases_of_somebody_away_are_on_the_deputys_desk_for_those_days(make_report, town):
    case = make_report()
    assign(case=case, by=By.staff(town.manager), unit=town.yard, assignee=town.clerk)
    assert not sees(town.other_clerk, case)
    with pytest.raises(Denied):
        move(case=case, to=State.OPEN, by=By.staff(anew(town.other_clerk)))
    row = note(town.clerk, town.other_clerk)
    assert sees(town.other_clerk, case)
    assert stands_in_for(anew(town.other_clerk), TODAY) == [town.clerk.pk]
    assert stands_in_for(anew(town.other_clerk), TODAY + 2 * WEEK) == []
    move(case=case, to=State.OPEN, by=By.staff(anew(town.other_clerk)))
    row.delete()
    assert not sees(town.other_clerk, case)


def test_the_deputy_acts_with_own_rights_and_sees_no_other_case_of_the_unit(make_report, town):
    handed, other = make_report(), make_report()
    assign(case=handed, by=By.staff(town.manager), unit=town.greens, assignee=town.other_clerk)
    note(town.other_clerk, town.field)
    with pytest.raises(Denied):
        assign(case=handed, by=By.staff(anew(town.field)), unit=town.yard)
    assign(case=other, by=By.staff(town.manager), unit=town.greens)
    assert not sees(town.field, other)


def test_an_absence_that_makes_no_sense_is_refused_in_words(town, neighbour):
    note(town.manager, town.clerk)
    for user, deputy, first, last, field in (
        (town.clerk, town.other_clerk, TODAY + WEEK, TODAY, "until_on"),
        (town.clerk, town.other_clerk, TODAY - WEEK, TODAY - WEEK, "until_on"),
        (town.clerk, town.other_clerk, TODAY, TODAY + 400 * WEEK, "until_on"),
        (town.clerk, town.clerk, TODAY, TODAY, "deputy"),
        (town.clerk, neighbour.clerk, TODAY, TODAY, "deputy"),
        (town.clerk, town.manager, TODAY, TODAY, "deputy"),
        (town.manager, town.editor, TODAY + WEEK, TODAY + 2 * WEEK, "from_on"),
    ):
        with pytest.raises(ValidationError) as refused:
            note(user, deputy, first, last)
        assert list(refused.value.message_dict) == [field]


def posted(me, **data):
    client = Client()
    client.force_login(me)
    days = {"from_on": TODAY.isoformat(), "until_on": (TODAY + WEEK).isoformat()}
    return client, client.post(reverse("desk_absence"), {**days, **data})


def test_everybody_notes_their_own_and_the_management_that_of_others(town, neighbour):
    client, answer = posted(town.clerk, deputy=town.other_clerk.pk, user=town.field.pk)
    assert answer.status_code == 302
    assert [row.user for row in Absence.objects.all()] == [town.clerk], "nobody notes a colleague's"
    _client, answer = posted(town.manager, deputy=town.clerk.pk, user=neighbour.clerk.pk)
    assert answer.status_code == 422, "of another town hall"
    _client, answer = posted(town.manager, deputy=town.other_clerk.pk, user=town.field.pk)
    assert answer.status_code == 302
    foreign = Absence.objects.get(user=town.field)
    assert client.post(reverse("desk_absence_end", args=[foreign.pk])).status_code == 404
    own = Absence.objects.get(user=town.clerk)
    text = client.get(reverse("desk_absence")).content.decode()
    assert "Other" in text
    assert client.post(reverse("desk_absence_end", args=[own.pk])).status_code == 302
    assert list(Absence.objects.all()) == [foreign]


def test_the_form_to_assign_says_who_is_away(town, make_report):
    note(town.clerk, town.other_clerk)
    client = Client()
    client.force_login(town.manager)
    page = client.get(reverse("desk_case", args=[make_report().pk]), {"tun": "zuweisen"}).content.decode()
    assert "Vertretung: Other" in page
