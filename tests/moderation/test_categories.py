"""`/verwaltung/einrichtung/kategorien/`: the tree, one category, and a town's own version of a county's row."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RuleChange, User
from accounts.policy import Role
from accounts.services import grant
from cases.errors import Denied
from cases.models import Case, Topic
from geo.models import Municipality
from moderation.rules.icons import ICONS
from portal.templatetags import look
from reports.cataloguing import save_category, shift
from reports.categories import category_of, tree
from reports.questioning import discard
from tests.conftest import Town, make_category, make_municipality

Login = Callable[[User], Client]
TREE = "/verwaltung/einrichtung/kategorien/"


@pytest.fixture
def admin(login: Login, town: Town) -> Client:
    """The administrator of Harsewinkel."""
    return login(town.admin)


@pytest.fixture
def village(town: Town) -> tuple[Client, Municipality]:
    """The administrator of a municipality below Harsewinkel, which has no row of its own, and that municipality."""
    child = make_municipality("dorf", "Dorf", "DRF", lon=8.23, lat=51.96, parent=town.municipality)
    user = User.objects.create_user("amt@dorf.example", "geheim-geheim-1", name="Amt")
    grant(user=user, municipality=child, role=Role.ADMIN)
    client = Client(headers={"host": child.host})
    client.force_login(user)
    return client, child


def filled(client: Client, address: str, **typed: Any) -> dict[str, Any]:
    """The form of a page as it is offered, with own entries; None leaves one out."""
    page = client.get(address)
    form = page.context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    mark = re.search(r'name="seen" value="(\w+)"', page.content.decode())
    return {**values, **({"seen": mark[1]} if mark else {}), **typed}


def order(municipality: Municipality) -> list[str]:
    return [one.topic.slug for group in tree(municipality) for one in group.categories]


def test_only_administrators_of_this_house(login: Login, town: Town, neighbour: Town) -> None:
    for name, args in (("setup_categories", []), ("rules_category", ["schlagloch"]), ("rules_questions", ["laterne"])):
        assert login(town.admin).get(reverse(name, args=args)).status_code == 200
        for user in (town.manager, town.editor, neighbour.admin):
            assert login(user).get(reverse(name, args=args)).status_code == 403
    assert login(town.admin).get(reverse("rules_category", args=["gibt-es-nicht"])).status_code == 404
    assert login(town.admin).get(reverse("rules_category", args=["strasse"])).status_code == 404, "it is a group"


def test_the_verbs_refuse_everybody_else(town: Town, neighbour: Town) -> None:
    group = town.pothole.topic.parent
    assert group is not None
    for user in (town.manager, neighbour.admin):
        with pytest.raises(Denied):
            save_category(
                municipality=town.municipality, topic=town.pothole.topic, group=group, by=user, facts={"active": False}
            )
        with pytest.raises(Denied):
            shift(municipality=town.municipality, topic=town.pothole.topic, up=True, by=user)
        with pytest.raises(Denied):
            discard(municipality=town.municipality, topic=town.pothole.topic, by=user)


def test_the_tree_shows_what_is_special_and_counts_open_cases(
    admin: Client, town: Town, make_report: Callable[..., Case], django_assert_max_num_queries: Any
) -> None:
    make_report()
    make_category(town.municipality, "streuen", "Streuen", staff_only=True, season_from="11-01", season_until="03-31")
    for number in range(12):
        make_category(town.municipality, f"noch-{number}", f"Noch {number}", keywords="Kram")
    with django_assert_max_num_queries(16):
        page = admin.get(TREE).content.decode()
    assert "1 offen" in page
    assert "nur Verwaltung · 1. November – 31. März" in page
    assert "Streuen" in admin.get(reverse("desk_new")).content.decode(), "staff can always choose it"
    assert "Streuen" not in admin.get(TREE, {"q": "kram"}).content.decode()
    assert "Nichts heißt so" in admin.get(TREE, {"q": "xyz"}).content.decode()


def test_rows_move_by_buttons_and_the_focus_stays(admin: Client, town: Town) -> None:
    assert order(town.municipality) == ["beschwerde", "idee", "laterne", "lob", "schlagloch"]
    page = admin.post(TREE, {"up": "schlagloch"}, follow=True).content.decode()
    assert order(town.municipality) == ["beschwerde", "idee", "laterne", "schlagloch", "lob"]
    assert re.search(r'name="up" value="schlagloch" autofocus', page)
    admin.post(TREE, {"down": "beschwerde"})
    assert order(town.municipality)[:2] == ["idee", "beschwerde"]
    admin.post(TREE, {"up": "idee"})
    assert order(town.municipality)[:2] == ["idee", "beschwerde"], "it is the first"
    assert admin.post(TREE, {"up": "gibt-es-nicht"}).status_code == 404
    assert RuleChange.objects.filter(subject="category").count() == 2


def test_a_new_group_with_a_new_category(admin: Client, town: Town) -> None:
    typed = filled(admin, reverse("rules_group_new"), name_de="Grün & Bäume", name_en="Trees")
    assert admin.post(reverse("rules_group_new"), typed).status_code == 302
    group = Topic.objects.get(slug="gruen-baeume")
    typed = filled(
        admin,
        reverse("rules_category_new"),
        name_de="Raupen",
        group=group.slug,
        icon="caterpillar",
        season_from="1.5.",
        season_until="30.09.",
        photo_rule="required",
        visibility="citizens",
    )
    assert admin.post(reverse("rules_category_new"), {**typed, "season_until": "31.9."}).status_code == 422
    assert admin.post(reverse("rules_category_new"), typed).status_code == 302
    made = category_of(town.municipality, "raupen")
    assert made is not None
    assert (made.season_from, made.season_until, made.photo_rule, made.icon) == (
        "05-01",
        "09-30",
        "required",
        "caterpillar",
    )
    assert RuleChange.objects.filter(label="Raupen", actor=town.admin).exists()


def test_changes_are_checked_logged_and_collide_visibly(admin: Client, town: Town) -> None:
    address = reverse("rules_category", args=["schlagloch"])
    typed = filled(admin, address, working_days="3", danger="on", danger_text_de="Bitte rufen Sie an.")
    slower = filled(admin, address, working_days="7", name_de="Loch")
    assert admin.post(address, typed).status_code == 302
    town.pothole.refresh_from_db()
    assert town.pothole.danger
    row = RuleChange.objects.get(label="Schlagloch")
    assert (row.before["working_days"], row.after["working_days"]) == (10, 3)
    refused = admin.post(address, slower)
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "jetzt: „3“, bei Ihnen: „7“" in text
    again = {**slower, "seen": re.search(r'name="seen" value="(\w+)"', text)[1]}  # type: ignore[index]
    assert admin.post(address, again).status_code == 302
    assert Topic.objects.get(slug="schlagloch").working_days == 7
    wrong = {**filled(admin, address), "contact_days": "99", "case_days": "10"}
    assert admin.post(address, wrong).status_code == 422
    assert Topic.objects.get(slug="schlagloch").contact_days is None


def test_the_last_category_stays_on(admin: Client, town: Town) -> None:
    Topic.objects.filter(category__isnull=False).exclude(slug="lob").update(active=False)
    address = reverse("rules_category", args=["lob"])
    refused = admin.post(address, filled(admin, address, visibility="off"))
    assert refused.status_code == 422
    assert Topic.objects.get(slug="lob").active


def test_a_town_overrides_row_by_row_and_goes_back(
    village: tuple[Client, Municipality], town: Town, make_report: Callable[..., Case]
) -> None:
    client, child = village
    case = make_report(of=None)
    assert case.municipality in (child, town.municipality)
    assert "von Harsewinkel" in client.get(TREE).content.decode()
    address = reverse("rules_category", args=["schlagloch"])
    client.post(address, filled(client, address))
    assert not Topic.objects.filter(municipality=child).exists(), "nothing was changed"
    client.post(address, filled(client, address, photo_rule="none"))
    own = category_of(child, "schlagloch")
    county = category_of(town.municipality, "schlagloch")
    assert own is not None
    assert county is not None
    assert (own.photo_rule, county.photo_rule) == ("none", "optional")
    assert "eigene Fassung" in client.get(TREE).content.decode()
    Topic.objects.filter(slug="laterne").update(working_days=2)
    lamp = category_of(child, "laterne")
    assert lamp is not None
    assert lamp.topic.working_days == 2, "what was not overridden follows the county"
    assert client.post(reverse("rules_category_back", args=["schlagloch"])).status_code == 302
    assert not Topic.objects.filter(municipality=child).exists()
    assert "nichts" in client.post(reverse("rules_category_back", args=["schlagloch"]), follow=True).content.decode()


def test_moving_makes_as_few_own_rows_as_it_can(village: tuple[Client, Municipality], town: Town) -> None:
    client, child = village
    for number, slug in enumerate(order(town.municipality)):
        Topic.objects.filter(slug=slug).update(position=number)
    client.post(TREE, {"up": "schlagloch"})
    assert order(child) == ["beschwerde", "idee", "laterne", "schlagloch", "lob"]
    assert order(town.municipality)[-1] == "schlagloch"
    assert Topic.objects.filter(municipality=child).count() <= 2


def test_every_icon_that_is_offered_exists() -> None:
    sprite = (look.settings.BASE_DIR / "static" / "icons" / "sprite.svg").read_text()
    assert set(ICONS) <= set(re.findall(r'id="([a-z-]+)"', sprite))
