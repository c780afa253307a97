"""`/verwaltung/einrichtung/textbausteine/`: prepared answers are found, written, looked at before they are used."""

import pytest
from django.urls import reverse

from cases.models import TextBlock


@pytest.fixture
def admin(login, town):
    return login(town.admin)


@pytest.fixture
def block(town):
    return TextBlock.objects.create(
        municipality=town.municipality,
        slug="danke",
        title="Danke",
        text={"de": "Danke für Ihre Meldung."},
        state="done",
    )


TYPED = {"title": "Termin", "state": "open", "topic": "schlagloch", "active": "on"}


def test_only_administrators_of_this_house(client, login, town, neighbour, block):
    address = reverse("setup_block", args=[block.pk])
    assert client.get(address).status_code == 302
    assert login(town.manager).get(address).status_code == 403
    assert login(town.admin).get(address).status_code == 200
    TextBlock.objects.filter(pk=block.pk).update(municipality=neighbour.municipality)
    assert login(town.admin).get(address).status_code == 404


def test_the_list_is_searched_and_filtered(admin, town, block, django_assert_max_num_queries):
    TextBlock.objects.create(
        municipality=town.municipality, slug="loch", title="Loch", text={"de": "Größe?"}, topic=town.pothole.topic
    )
    found = {
        query: [
            one["row"].slug
            for group in admin.get(reverse("setup_blocks") + query).context["groups"]
            for one in group["rows"]
        ]
        for query in ("", "?q=groesse", "?status=done", "?status=-", "?kategorie=schlagloch", "?q=nichts")
    }
    assert found == {
        "": ["loch", "danke"],
        "?q=groesse": ["loch"],
        "?status=done": ["danke"],
        "?status=-": ["loch"],
        "?kategorie=schlagloch": ["loch"],
        "?q=nichts": [],
    }
    with django_assert_max_num_queries(14):
        admin.get(reverse("setup_blocks"))


def test_the_preview_is_filled_with_a_case_and_saves_nothing(admin, make_report):
    typed = {**TYPED, "text_de": "{anrede}, zu {nummer}: wir kommen am {erwartet}.", "preview": "1"}
    invented = admin.post(reverse("setup_block_new"), typed).content.decode()
    assert "Erika Beispiel, zu HSW-" in invented
    case = make_report()
    page = admin.post(reverse("setup_block_new"), typed).content.decode()
    assert f"zu {case.number}: wir kommen am {{erwartet}}." in page
    assert "muss von Hand" in page
    assert admin.post(reverse("setup_block_new"), {**typed, "number": "XYZ-1"}).status_code == 422
    assert not TextBlock.objects.exists()


def test_what_nothing_fills_is_refused_and_what_was_typed_stays(admin, town):
    answer = admin.post(reverse("setup_block_new"), {**TYPED, "text_de": "Hallo {vorname}"})
    assert answer.status_code == 422
    assert "{vorname}" in str(answer.context["form"].errors["text_de"])
    assert "Hallo {vorname}" in answer.content.decode()
    admin.post(reverse("setup_block_new"), {**TYPED, "text_de": "Hallo {name}", "text_en": "Hello {name}"})
    made = TextBlock.objects.get()
    assert (made.title, made.topic, made.text["en"]) == ("Termin", town.pothole.topic, "Hello {name}")


def test_changed_and_deleted(admin, block):
    address = reverse("setup_block", args=[block.pk])
    form = admin.get(address).context["form"]
    admin.post(address, {"title": "Vielen Dank", "state": "", "text_de": "Danke!", "active": "on", "seen": form._now()})
    block.refresh_from_db()
    assert (block.title, block.state, block.text) == ("Vielen Dank", "", {"de": "Danke!"})
    admin.post(reverse("setup_block_deed", args=[block.pk]), {"deed": "remove"})
    assert not TextBlock.objects.exists()
