"""Working days of the town hall: set on a page, logged, never set over somebody else's."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import RuleChange
from geo.models import Municipality
from moderation.setup.workdays import written
from tests.moderation.conftest import forms_of

pytestmark = pytest.mark.django_db


def test_weekdays_and_closed_days_are_set_and_logged(login, town):
    client, address = login(town.admin), reverse("setup_workdays")
    typed = {"working_days": ["0", "1", "2", "3"], "closed_days": "24.12.\n2.5.2027\n\n29.2."}
    assert client.post(address, typed).status_code == 302
    row = Municipality.objects.get(pk=town.municipality.pk)
    assert (row.working_days, row.closed_days) == ([0, 1, 2, 3], ["02-29", "12-24", "2027-05-02"])
    assert written(row.closed_days) == "29.02.\n24.12.\n02.05.2027"
    assert RuleChange.objects.get().subject == "workdays"
    assert "Mo, Di, Mi, Do" in client.get(reverse("setup_log")).content.decode()


def test_what_is_no_day_is_told_and_kept(login, town):
    client, address = login(town.admin), reverse("setup_workdays")
    answer = client.post(address, {"working_days": [], "closed_days": "31.6."})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "Bitte schreiben Sie Tage wie 24.12. oder 02.05.2027: 31.6." in words
    assert answer.context["form"]["closed_days"].value() == "31.6."
    assert set(answer.context["form"].errors) == {"working_days", "closed_days"}
    assert login(town.manager).get(address).status_code == 403


def seen_in(answer):
    """What the form of the page begins with."""
    return next(values for _action, values in forms_of(answer) if "seen" in values)


@pytest.mark.parametrize(
    ("view", "name", "fast", "slow"),
    [
        ("setup_workdays", "closed_days", "31.12.", "24.12."),
        ("setup_ideas", "idea_goal", "70", "50"),
        ("setup_patience", "accept-first", "1", "2"),
        ("setup_embed", "embed_origins", "https://a.example", "https://b.example"),
        ("setup_intake", "address", "a@harsewinkel.example", "b@harsewinkel.example"),
    ],
)
def test_whoever_is_slower_sees_what_somebody_else_saved(login, town, view, name, fast, slow):
    client, address = login(town.admin), reverse(view)
    chosen: dict[str, Any] = {"working_days": ["0", "1"], "scheme": ""}
    opened = seen_in(client.get(address)) | chosen
    assert client.post(address, {**opened, name: fast}).status_code == 302
    answer = client.post(address, {**opened, name: slow})
    assert (answer.status_code, answer.context["form"][name].value()) == (409, slow)
    again = seen_in(answer)["seen"]
    assert client.post(address, {**opened, name: slow, "seen": again}).status_code == 302
