"""The page of a case: what it shows to whom, the usual next step, the history."""

import re
from datetime import timedelta

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from cases.change import By
from cases.policy import Deed, State
from cases.services import assign, move, note, note_bounce
from moderation.case.history import _titles
from moderation.deeds import DEEDS
from reports.services import change_category, release_text
from tests.conftest import AT
from tests.moderation.conftest import url


def test_a_page_shows_both_sides(manager, make_report, photo_of):
    case = make_report("Tiefes Loch", email="erika@example.org")
    photo = photo_of(case)
    note(case=case, by=By.citizen(), text="Nur für uns")
    text = manager.get(url(case)).content.decode()
    assert "Tiefes Loch" in text
    assert "erika@example.org" not in text, "contact data are folded"
    assert "unbestätigt" in text
    assert "Nur für uns" in text
    assert reverse("internal_picture", args=[photo.file.key, "medium", "webp"]) in text


def test_contact_data_needs_the_right(login, town, make_report):
    case = make_report(email="erika@example.org")
    for user in (town.field, town.editor):
        text = login(user).get(url(case)).content.decode()
        assert "erika@example.org" not in text
        assert "Kontaktdaten sehen nur" in text
    assert "E-Mail ist bekannt" in login(town.clerk).get(url(case)).content.decode()


def test_a_bounced_mail_is_shown(manager, make_report):
    case = make_report(email="erika@example.org")
    note_bounce(case=case, address_of="reporter", reason="550 unknown", at=timezone.now())
    assert manager.get(url(case)).content.decode().count("Mail kam nicht an") >= 2


def test_personal_data_in_the_text_is_noticed_before_the_release(manager, make_report):
    text = manager.get(url(make_report("Rufen Sie an: 05247 123456"))).content.decode()
    assert "Personenbezogene Daten im Text?" in text
    assert "05247 123456" in text


def test_the_usual_next_step_is_the_one_primary_button(manager, town, make_report):
    case, by = make_report(), By.staff(town.manager)

    def primary():
        text = manager.get(url(case)).content.decode()
        assert text.count("kern-btn--primary") == 1
        return text.partition("kern-btn--primary")[2].partition('kern-label">')[2].partition("<")[0]

    assert primary() == "Freigeben"
    release_text(case=case, by=by)
    assert primary() == "In Bearbeitung nehmen"
    move(case=case, to=State.OPEN, by=by)
    assert primary() == "Erledigt melden"
    move(case=case, to=State.WAITING, by=by)
    assert primary() == "Weiter bearbeiten"


def test_the_next_case_follows_the_list_of_the_address(manager, make_report):
    first = make_report(at=AT)
    second = make_report(at=AT + timedelta(hours=1))
    page = manager.get(url(first, liste="alle"))
    assert page.context["next_url"] == url(second, liste="alle")
    page = manager.get(url(second, liste="alle"))
    assert page.context["next_url"] == url(first, liste="alle")


def act_on_category(case, town, by):
    change_category(case=case, category=town.lamp, by=by)
    assign(case=case, by=by, unit=town.greens, assignee=town.other_clerk)


def test_twenty_seven_queries_for_an_open_case_with_any_deed(
    manager, town, make_report, photo_of, django_assert_max_num_queries
):
    for _number in range(5):
        make_report(email="a@example.org")
    case, by = make_report(email="erika@example.org"), By.staff(town.manager)
    for colour in ("red", "blue", "green"):
        photo_of(case, colour)
    for number in range(12):
        note(case=case, by=by, text=f"Notiz {number}")
    act_on_category(case, town, by)
    for deed in ["", *[deed.name for deed in DEEDS if deed.menu]]:
        cache.clear()
        with django_assert_max_num_queries(27, info=deed):
            assert manager.get(url(case, tun=deed)).status_code == 200


def test_history_tells_who_did_what_and_who_reads_it(manager, town, make_report, act_on):
    case = make_report()
    act_on(manager, case, "kategorie", category=str(town.lamp.pk))
    act_on(manager, case, "zuweisen", unit=str(town.greens.pk), assignee="")
    told = manager.get(url(case)).context["view"].told
    assert [one.title for one in told] == [
        "Zugewiesen: Grünflächen",
        "Kategorie: Schlagloch → Laterne aus",
        "Eingegangen",
    ]
    assert told[0].who == "Manager · intern"


def test_every_deed_has_words_in_the_history():
    special = {Deed.MOVED, Deed.CATEGORY_CHANGED, Deed.ASSIGNED, Deed.FEEDBACK, Deed.BOUNCED}
    assert set(_titles()) | special == set(Deed)


def test_on_a_foreign_host_the_map_is_that_of_the_cases_municipality(login, town, neighbour, make_report):
    case, client = make_report(), login(town.manager)
    for tun in ("", "ort"):
        at_home = client.get(url(case, tun=tun)).content.decode()
        abroad = client.get(url(case, tun=tun), headers={"host": "heek.localhost"}).content.decode()
        assert 'data-ground="/karte/grund.json"' in at_home
        assert 'data-ground="/karte/grund.json?municipality=harsewinkel"' in abroad
        assert re.findall(r'data-bounds="[^"]+"', at_home) == re.findall(r'data-bounds="[^"]+"', abroad)
