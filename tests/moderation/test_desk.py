"""The work list: who gets in, what stands where, filters, number of queries."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.change import Act, By
from cases.models import Stage
from cases.policy import State
from cases.services import assign, feedback, message, move, note, note_bounce, question
from reports.services import release_text, withdraw_text
from tests.conftest import make_municipality

DESK = "/verwaltung/"


def numbers(response):
    return [row.number for row in response.context["rows"]]


def counts(response):
    return {str(tab["label"]): tab["count"] for tab in response.context["tabs"]}


def test_anonymous_people_log_in_and_come_back(client, town):
    response = client.get(DESK + "?q=Loch")
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=/verwaltung/%3Fq%3DLoch"


def test_people_without_a_role_are_turned_away(login, town):
    somebody = login(User.objects.create_user("nobody@example.org", "geheim-geheim-1", name="Nobody"))
    assert somebody.get(DESK).status_code == 403


def test_a_new_report_is_to_be_reviewed(manager, make_report):
    case = make_report()
    page = manager.get(DESK)
    assert numbers(page) == [case.number]
    assert counts(page)["Zu prüfen"] == 1
    assert page["Cache-Control"] == "private, no-store"


def test_a_released_case_in_progress_leaves_the_review(manager, make_report, town):
    case, by = make_report(), By.staff(town.manager)
    move(case=case, to=State.OPEN, by=by)
    assert numbers(manager.get(DESK)) == [case.number], "its text is not released yet"
    release_text(case=case, by=by)
    page = manager.get(DESK)
    assert numbers(page) == []
    assert {name: count for name, count in counts(page).items() if count} == {"Überfällig": 1, "Alle": 1}


def test_a_text_kept_internal_on_purpose_is_reviewed(manager, make_report, town):
    case, by = make_report(), By.staff(town.manager)
    move(case=case, to=State.OPEN, by=by)
    withdraw_text(case=case, by=by)
    assert numbers(manager.get(DESK)) == []


def test_what_may_not_be_released_is_not_to_be_reviewed(manager, make_report, town):
    case = make_report()
    Stage.objects.filter(slug="in-arbeit").update(hides=True)
    move(case=case, to=State.OPEN, by=By.staff(town.manager))
    assert numbers(manager.get(DESK)) == []
    Stage.objects.filter(slug="in-arbeit").update(hides=False)
    assert numbers(manager.get(DESK)) == [case.number]


def test_what_a_citizen_says_after_the_end_comes_back_until_somebody_acts(manager, make_report, town):
    case, by = make_report(), By.staff(town.manager)
    release_text(case=case, by=by)
    move(case=case, to=State.DONE, by=by)
    late = Act(at=timezone.now() + timedelta(days=60))
    feedback(case=case, by=By.citizen(), still_there=True, text="Ist noch da", act=late)
    page = manager.get(DESK)
    assert numbers(page) == [case.number]
    assert "Rückmeldung: ist noch da" in page.content.decode()
    note(case=case, by=by, text="Gelesen")
    assert numbers(manager.get(DESK)) == []


def test_a_message_on_a_closed_case_comes_back_until_somebody_acts(manager, make_report, town):
    case, by = make_report(), By.staff(town.manager)
    release_text(case=case, by=by)
    move(case=case, to=State.DONE, by=by)
    message(case=case, by=By.citizen(), text="Danke, aber es wackelt.")
    assert numbers(manager.get(DESK)) == [case.number]
    message(case=case, by=by, text="Wir kommen noch einmal.")
    assert numbers(manager.get(DESK)) == []


def test_links_to_former_lists_show_their_states(manager, make_report, town):
    by = By.staff(town.manager)
    working, waiting, done = make_report(), make_report(), make_report()
    move(case=working, to=State.OPEN, by=by)
    question(case=waiting, by=by, text="Wo genau?")
    move(case=done, to=State.DONE, by=by)
    assert numbers(manager.get(DESK, {"liste": "arbeit"})) == [working.number]
    assert numbers(manager.get(DESK, {"liste": "wartet"})) == [waiting.number]
    assert len(numbers(manager.get(DESK, {"liste": "alle"}))) == 3


def test_mine_lies_with_me_and_the_list_of_my_unit_holds_all_of_it(login, manager, make_report, town):
    case, clerk = make_report(), login(town.clerk)
    assert numbers(clerk.get(DESK, {"liste": "meine"})) == []
    assert numbers(clerk.get(DESK, {"liste": "stelle"})) == [case.number]
    assert numbers(manager.get(DESK, {"liste": "stelle"})) == []
    assign(case=case, by=By.staff(town.manager), unit=town.yard, assignee=town.manager)
    assert numbers(manager.get(DESK, {"liste": "meine"})) == [case.number]
    assert numbers(clerk.get(DESK, {"liste": "meine"})) == []
    assert numbers(clerk.get(DESK, {"liste": "stelle"})) == [case.number]


def test_what_waits_longest_stands_on_top_and_danger_above_all(manager, make_report, town):
    now = timezone.now()
    young, old = make_report(at=now - timedelta(hours=1)), make_report(at=now - timedelta(days=2))
    town.lamp.danger = True
    town.lamp.save()
    danger = make_report(category=town.lamp, at=now)
    assert numbers(manager.get(DESK)) == [danger.number, old.number, young.number]


def test_a_case_is_late_only_while_the_clock_runs(manager, make_report, town):
    case = make_report(at=timezone.now() - timedelta(days=90))
    assert numbers(manager.get(DESK, {"liste": "ueberfaellig"})) == [case.number]
    question(case=case, by=By.staff(town.manager), text="Wo genau?")
    assert numbers(manager.get(DESK, {"liste": "ueberfaellig"})) == []


def test_filters_narrow_rows_and_counts_and_stay_in_the_address(manager, make_report, town):
    hole = make_report("Tiefes Loch am Bäcker", address="Mühlenstraße 12")
    lamp = make_report("Dunkel", category=town.lamp)
    by_word = manager.get(DESK, {"q": "loch bäcker"})
    assert numbers(by_word) == [hole.number]
    assert counts(by_word)["Alle"] == 1
    assert numbers(manager.get(DESK, {"q": "MÜHLENstraße"})) == [hole.number]
    assert numbers(manager.get(DESK, {"q": lamp.number.lower()})) == [lamp.number]
    assert numbers(manager.get(DESK, {"q": "laterne"})) == [lamp.number]
    assert numbers(manager.get(DESK, {"kategorie": "laterne"})) == [lamp.number]
    assert numbers(manager.get(DESK, {"stelle": town.greens.pk})) == []
    assert numbers(manager.get(DESK, {"stelle": "keine"})) == []
    assert numbers(manager.get(DESK, {"status": "done"})) == []
    page = manager.get(DESK, {"q": "loch", "kategorie": "schlagloch"})
    assert all("q=loch&kategorie=schlagloch" in tab["url"] for tab in page.context["tabs"])
    assert "q=loch&kategorie=schlagloch" in page.context["rows"][0].url


@pytest.mark.parametrize(
    "nonsense",
    [
        "?seite=999",
        "?seite=-1",
        "?seite=0",
        "?seite=x",
        "?stelle=1;drop",
        "?status=quatsch",
        "?liste=nix",
        "?q=%00%25",
        "?stelle=²",
    ],
)
def test_nonsense_in_the_address_is_left_out(manager, make_report, nonsense):
    case = make_report()
    assert manager.get(DESK + nonsense).status_code == 200
    assert manager.get(reverse("desk_case", args=[case.pk]) + nonsense).status_code == 200


def test_marks_are_words(manager, make_report, town):
    town.pothole.danger = True
    town.pothole.save()
    case = make_report(email="erika@example.org")
    note_bounce(case=case, address_of="reporter", reason="550", at=timezone.now())
    text = manager.get(DESK).content.decode()
    for word in ("Gefahr", "E-Mail unbestätigt", "Mail kam nicht an"):
        assert word in text


def test_long_lists_have_pages(manager, make_report, monkeypatch):
    monkeypatch.setattr("moderation.worklist.lists.PAGE", 5)
    for _number in range(7):
        make_report()
    first, second = manager.get(DESK), manager.get(DESK, {"seite": 2})
    assert (len(numbers(first)), len(numbers(second))) == (5, 2)
    assert not set(numbers(first)) & set(numbers(second))


@pytest.mark.parametrize("rows", [1, 30])
def test_twelve_queries_however_many_rows(rows, manager, make_report, town, django_assert_max_num_queries):
    for number in range(rows):
        make_report(email=f"p{number}@example.org", category=[town.pothole, town.lamp, town.idea][number % 3])
    with django_assert_max_num_queries(12):
        manager.get(DESK, {"q": "Loch", "stelle": town.yard.pk, "kategorie": "schlagloch"})


def test_complaints_are_for_the_complaint_management(login, manager, make_report, town):
    case = make_report("Ärger mit dem Amt", category=town.complaint, point=None)
    assert numbers(manager.get(DESK)) == [case.number]
    editor = login(town.editor).get(DESK)
    assert numbers(editor) == []
    assert "beschwerde" not in editor.content.decode().lower()


def test_the_menu_of_a_person_leads_to_password_factor_and_logout(manager):
    text = manager.get(DESK).content.decode()
    for name in ("mfa_index", "account_change_password", "account_logout"):
        assert reverse(name) in text


def test_a_desk_in_english(town, login):
    client: Client = login(town.manager)
    assert "Work list" in client.get(DESK, headers={"accept-language": "en"}).content.decode()


def test_a_case_of_another_municipality_says_which(manager, make_report, town):
    make_report()
    assert "desk-row__town" not in manager.get(DESK).content.decode()
    county = make_municipality("kreis", "Gütersloh", "GT", lon=9, lat=52)
    elsewhere = manager.get(DESK, headers={"host": county.host}).content.decode()
    assert '<b class="desk-row__town">Harsewinkel</b>' in elsewhere
