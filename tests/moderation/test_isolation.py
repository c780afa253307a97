"""Staff of another municipality and of another unit neither see nor touch a case: every address of the desk."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Unit
from cases import files
from cases.change import By
from cases.models import Case, Entry, Stage
from cases.services import note
from moderation.deeds import BY_NAME, DEEDS
from moderation.worklist.lists import TABS
from reports.models import Photo
from reports.services import attach_photo
from tests.conftest import AT, jpeg

STRANGERS = ("manager", "admin", "clerk", "editor", "field")


@pytest.fixture
def foreign(town, neighbour, make_report):
    """A case of Harsewinkel with everything that could be seen, and one of Heek."""
    make_report("Loch in Heek", of=neighbour)
    unit = Unit.objects.create(municipality=town.municipality, slug="geheim", name="Geheimamt")
    case = make_report("Geheimes Loch am Bahnhof", email="erika@example.org", address="Geheimweg 1")
    case.unit = unit
    case.save()
    file, _position = files.store(upload=jpeg("red"), at=AT, case=case)
    files.make_variants(file=file, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    note(case=case, by=By.staff(town.manager), text="Geheime Notiz")
    return case


def state_of(case):
    """Everything of a case that a verb could change."""
    case = Case.objects.select_related("report").get(pk=case.pk)
    return (
        case.version,
        case.state,
        case.stage_id,
        case.unit_id,
        case.assignee_id,
        case.topic_id,
        case.point.coords,
        case.report.text_released,
        case.report.address,
        list(Photo.objects.filter(report=case.report).values_list("pk", "released")),
        Entry.objects.filter(case=case).count(),
        case.files.count(),
    )


FEW = tuple(BY_NAME[name] for name in ("freigeben", "zuweisen"))


def everything_tried(client, case, town, deeds=DEEDS):
    """Every address of the desk for a case, read and written to; returns the status codes."""
    answers = [client.get(reverse("desk_case", args=[case.pk]))]
    data = {
        "version": case.version,
        "text": "Fremd",
        "photo": Photo.objects.get(report__case=case).pk,
        "category": town.lamp.pk,
        "lat": "51.96",
        "lon": "8.23",
        "address": "Fremd",
        "stage": Stage.objects.get(municipality=town.municipality, slug="erledigt").pk,
        "unit": town.greens.pk,
    }
    for deed in deeds:
        address = reverse("desk_deed", args=[case.pk, deed.name])
        answers.append(client.get(address))
        answers.append(client.post(address, {**data, "client_key": str(uuid.uuid4()), "photos": [jpeg("blue")]}))
    place = reverse("desk_deed", args=[case.pk, "ort"])
    answers.append(client.post(place, {**data, "client_key": str(uuid.uuid4()), "find": "1"}))
    answers.append(client.get(reverse("desk_case", args=[case.pk]), {"tun": "ort"}))
    key = case.files.get().key
    answers.append(client.get(reverse("internal_picture", args=[key, "medium", "webp"])))
    return {answer.status_code for answer in answers}


def test_staff_of_another_municipality_find_nothing(login, town, neighbour, foreign):
    before = state_of(foreign)
    # Every deed asks the same question first, so one role for a house and one for a unit try all of them.
    tried = {who: DEEDS if who in {"admin", "clerk"} else FEW for who in STRANGERS}
    found = {who: everything_tried(login(getattr(neighbour, who)), foreign, town, tried[who]) for who in STRANGERS}
    assert found == {who: {404} for who in STRANGERS}
    assert state_of(foreign) == before


def test_staff_of_another_unit_find_nothing(login, town, foreign):
    before = state_of(foreign)
    for user, deeds in ((town.clerk, DEEDS), (town.field, FEW), (town.other_clerk, FEW)):
        assert everything_tried(login(user), foreign, town, deeds) == {404}
    assert state_of(foreign) == before


def test_anonymous_people_are_sent_to_the_login(client, town, foreign):
    before = state_of(foreign)
    assert everything_tried(client, foreign, town) <= {302, 404}
    assert state_of(foreign) == before


LISTS = [{"liste": tab.slug} for tab in TABS]


@pytest.mark.parametrize("host", ["localhost", "heek.localhost"])
def test_lists_counts_and_filters_know_nothing_of_foreign_cases(host, login, neighbour, foreign):
    narrowed = [{"liste": "alle", **one} for one in ({"q": "Geheim"}, {"stelle": foreign.unit_id})]
    # Filters only narrow what a list holds, so on the foreign host one role tries every list.
    for who in STRANGERS if host == "heek.localhost" else ["manager"]:
        client = login(getattr(neighbour, who))
        for query in [*LISTS, *narrowed, {"liste": "alle", "q": foreign.number}]:
            page = client.get("/verwaltung/", query, headers={"host": host})
            assert page.status_code == 200
            text = page.content.decode()
            for word in ("Geheimes", "Geheimweg", "Geheimamt", f"/vorgang/{foreign.pk}/"):
                assert word not in text
            assert all(one["count"] <= 1 for one in page.context["tabs"])


def test_the_case_beside_the_list_shows_own_cases_only(login, neighbour, foreign):
    own = Case.objects.get(municipality=neighbour.municipality)
    page = login(neighbour.manager).get(reverse("desk_case", args=[own.pk]), {"liste": "alle"})
    assert [row.pk for row in page.context["beside"]] == [own.pk]
    assert page.context["next_url"] == ""


def test_forms_offer_own_units_people_and_categories_only(login, neighbour, foreign):
    own, client = Case.objects.get(municipality=neighbour.municipality), login(neighbour.manager)
    form = client.get(reverse("desk_case", args=[own.pk]), {"tun": "zuweisen"}).context["form"]
    assert {unit.municipality_id for unit in form.units} == {neighbour.municipality.pk}
    assert all(user.email.endswith("@heek.example") for user, _words in form.people)
    form = client.get(reverse("desk_case", args=[own.pk]), {"tun": "kategorie"}).context["form"]
    own_groups = {group.topic.municipality_id for group in form.tree}
    assert own_groups == {neighbour.municipality.pk}


def test_foreign_units_and_categories_are_refused_when_forged(login, town, neighbour, foreign):
    own, client = Case.objects.get(municipality=neighbour.municipality), login(neighbour.manager)
    for deed, data in (
        ("zuweisen", {"unit": town.yard.pk, "assignee": town.clerk.pk}),
        ("kategorie", {"category": town.lamp.pk}),
        ("foto-freigeben", {"photo": Photo.objects.get(report__case=foreign).pk}),
        ("status", {"stage": Stage.objects.get(municipality=town.municipality, slug="erledigt").pk}),
    ):
        answer = client.post(
            reverse("desk_deed", args=[own.pk, deed]),
            {"version": own.version, "client_key": str(uuid.uuid4()), **data},
        )
        assert answer.status_code == 422
    assert state_of(foreign)[-1] == 1
    own.refresh_from_db()
    assert own.version == 1
