"""`/verwaltung/einrichtung/stufen/`: labels, texts and order of the states, own and inherited."""

import pytest
from django.urls import reverse

from cases import routing
from cases.models import Stage
from cases.policy import State
from tests.conftest import make_municipality


@pytest.fixture
def admin(login, town):
    return login(town.admin)


@pytest.fixture
def county_stage(town):
    county = make_municipality("kreis", "Kreis", "KR", lon=9.5, lat=52.9)
    town.municipality.parent = county
    town.municipality.save()
    return Stage.objects.create(
        municipality=county, slug="bestellt", state="open", label={"de": "bestellt", "uk": "замовлено"}, position=50
    )


def filled(client, stage, **typed):
    page = client.get(reverse("setup_stage", args=[stage.pk]))
    form = page.context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return {**values, "seen": form._now(), **typed}


def test_only_administrators_of_this_house(client, login, town, neighbour):
    strange = Stage.objects.filter(municipality=neighbour.municipality).first()
    addresses = [reverse("setup_stages"), reverse("setup_stage_new")]
    for address in addresses:
        assert client.get(address).status_code == 302
        assert login(town.manager).get(address).status_code == 403
        assert login(town.admin).get(address).status_code == 200
    for name in ("setup_stage", "setup_stage_deed"):
        assert login(town.admin).post(reverse(name, args=[strange.pk]), {"deed": "remove"}).status_code == 404


def test_the_list_says_where_each_comes_from(admin, town, county_stage, make_report, django_assert_max_num_queries):
    make_report()
    with django_assert_max_num_queries(14):
        page = admin.get(reverse("setup_stages")).content.decode()
    assert "von Stadt Kreis" in page
    assert "eigene Fassung" in page
    assert "1 Vorgang" in page


def test_a_new_stage_and_another_text_for_mails(admin, town):
    typed = {
        "label_de": "Teile bestellt",
        "label_en": "parts ordered",
        "state": "waiting",
        "waits_for": "others",
        "public_text_de": "Wir warten auf Teile.",
        "mail_text_de": "Guten Tag, wir warten auf Teile.",
    }
    assert admin.post(reverse("setup_stage_new"), {**typed, "label_de": ""}).status_code == 422
    assert admin.post(reverse("setup_stage_new"), typed).status_code == 302
    made = Stage.objects.get(slug="teile-bestellt")
    assert made.active
    assert (made.label["en"], made.mail_text["de"]) == ("parts ordered", "Guten Tag, wir warten auf Teile.")


def test_a_stage_with_cases_keeps_its_state_and_says_how_many(admin, make_report):
    stage = make_report().stage
    answer = admin.post(reverse("setup_stage", args=[stage.pk]), filled(admin, stage, state="done"))
    assert answer.status_code == 422
    assert "1 Vorgang steht in dieser Stufe" in answer.content.decode()
    assert Stage.objects.get(pk=stage.pk).state == State.NEW.value


def test_two_at_once_see_both_versions(admin, town):
    stage = Stage.objects.get(municipality=town.municipality, slug="eingeplant")
    mine = filled(admin, stage, label_de="vorgesehen")
    admin.post(reverse("setup_stage", args=[stage.pk]), filled(admin, stage, label_de="geplant"))
    answer = admin.post(reverse("setup_stage", args=[stage.pk]), mine)
    assert answer.status_code == 409
    assert "geplant" in answer.content.decode()
    assert "vorgesehen" in answer.content.decode()


def test_a_version_of_its_own_and_back(admin, town, county_stage):
    address, deed = (reverse(name, args=[county_stage.pk]) for name in ("setup_stage", "setup_stage_deed"))
    assert "замовлено" in admin.get(address).content.decode()
    assert admin.post(deed, {"deed": "back"}).status_code == 404
    admin.post(deed, {"deed": "own"})
    own = Stage.objects.get(municipality=town.municipality, slug="bestellt")
    assert admin.get(address).status_code == 404, "overridden"
    admin.post(reverse("setup_stage", args=[own.pk]), filled(admin, own, label_de="Teile bestellt"))
    own.refresh_from_db()
    assert own.label == {"de": "Teile bestellt", "uk": "замовлено"}, "what the site does not show stays"
    admin.post(reverse("setup_stage_deed", args=[own.pk]), {"deed": "up"})
    slugs = [row.slug for row in routing.stages(town.municipality, State.OPEN)]
    assert slugs.index("bestellt") == 1
    admin.post(reverse("setup_stage_deed", args=[own.pk]), {"deed": "back"})
    assert county_stage in routing.stages(town.municipality, State.OPEN)
