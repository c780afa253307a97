"""The rules of a municipality's row."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from geo.colour import DARK, LIGHT, contrast
from geo.models import Municipality
from tests.geo.conftest import MakeMunicipality, at


def test_texts_come_from_the_parent_where_missing(make_municipality: MakeMunicipality) -> None:
    county = make_municipality("kreis", texts={"title": {"de": "Kreis"}, "help": {"de": "Hilfe", "en": "Help"}})
    child = make_municipality("kind", parent=county, texts={"title": {"de": "Kind"}, "help": {"de": ""}})
    assert child.text("title", "de") == "Kind"
    assert child.text("help", "en") == "Help"
    assert child.text("nothing") == ""
    assert child.texts_for("de") == {"title": "Kind", "help": "Hilfe"}


def test_chain_is_nearest_first(county: Municipality) -> None:
    child = Municipality.objects.get(slug="west")
    assert child.chain() == [child, county]
    assert child.chain_ids() == [child.id, county.id]


def test_family_of_a_county(county: Municipality) -> None:
    assert set(county.family_ids()) == set(Municipality.objects.values_list("id", flat=True))


def test_a_circle_of_parents_is_refused_and_does_not_hang(county: Municipality) -> None:
    child = Municipality.objects.get(slug="west")
    county.parent = child
    with pytest.raises(ValidationError) as refused:
        county.full_clean()
    assert "parent" in refused.value.message_dict
    county.save()
    assert len(Municipality.objects.get(slug="west").chain()) == 2


def test_only_one_default(town: Municipality, make_municipality: MakeMunicipality) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_municipality("zweite", is_default=True)


def test_base_url(town: Municipality, settings: Settings) -> None:
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "http", "8123"
    assert town.base_url() == "http://localhost:8123"
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "https", ""
    assert town.base_url() == "https://localhost"
    settings.PUBLIC_PORT = 443
    assert town.base_url() == "https://localhost"


@pytest.mark.parametrize(
    ("designation", "name", "title"),
    [
        ("Stadt", "Harsewinkel", "Stadt Harsewinkel"),
        ("Landkreis", "Heidekreis", "Landkreis Heidekreis"),
        ("", "Heek", "Heek"),
        ("Gemeinde", "Gemeinde Heek", "Gemeinde Heek"),
    ],
)
def test_title(designation: str, name: str, title: str) -> None:
    assert str(Municipality(designation=designation, name=name)) == title


def test_the_state_as_holidays_names_it() -> None:
    assert Municipality(state_key="03").subdivision == "NI"


@pytest.mark.parametrize("colour", ["#ffff00", "#1D4F91", "red", "#fff", "#1d4f9", ""])
def test_a_colour_that_cannot_be_read_is_refused(town: Municipality, colour: str) -> None:
    town.accent = colour
    with pytest.raises(ValidationError) as refused:
        town.full_clean()
    assert "accent" in refused.value.message_dict


def test_the_accent_is_readable_in_both_schemes() -> None:
    town = Municipality(accent="#1d4f91")
    assert contrast(town.accent, LIGHT) >= 4.5
    assert contrast(town.accent_on_dark, DARK) >= 4.5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("working_days", []),
        ("working_days", [1, 1]),
        ("working_days", [7]),
        ("working_days", [True]),
        ("closed_days", ["24.12."]),
        ("closed_days", "12-24"),
        ("texts", {"title": "Text"}),
        ("texts", ["Text"]),
        ("smtp_relay", "mail.example.org"),
        ("ags", "12"),
        ("prefix", "hsw"),
        ("host", "Heek.localhost"),
        ("host", "heek.localhost:8000"),
    ],
)
def test_nonsense_is_refused(town: Municipality, field: str, value: object) -> None:
    setattr(town, field, value)
    with pytest.raises(ValidationError) as refused:
        town.full_clean()
    assert list(refused.value.message_dict) == [field]


def test_a_complete_row_is_accepted(town: Municipality) -> None:
    town.closed_days = ["12-24", "2026-05-02"]
    town.working_days = [0, 1, 2, 3]
    town.smtp_relay = "smtp+tls://user:word@mail.example.org:587"
    town.texts = {"title": {"de": "Willkommen"}}
    town.full_clean()


def test_the_deepest_owns_a_point(county: Municipality) -> None:
    owning = Municipality.objects.owning
    assert str(getattr(owning(at(8.1, 52.05)), "slug", None)) == "west"
    assert owning(at(8.1, 52.15)) == county
    assert owning(at(9.1, 52.15)) is None
    assert owning(None) is None


def test_a_shared_border_has_one_owner(county: Municipality) -> None:
    owner = Municipality.objects.owning(at(8.2, 52.05))
    assert owner is not None
    assert owner.slug == "west"


def test_who_does_not_take_part_owns_nothing(county: Municipality) -> None:
    Municipality.objects.filter(slug="west").update(active=False)
    assert Municipality.objects.owning(at(8.1, 52.05)) == county
