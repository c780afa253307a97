"""`MunicipalityMiddleware` and what it keeps."""

from __future__ import annotations

import pytest
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from geo.middleware import HOSTS, MunicipalityMiddleware, _kept, municipality_of
from geo.models import Municipality
from tests.geo.conftest import MakeMunicipality


@pytest.fixture(autouse=True)
def any_host(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]


def slug_for(host: str) -> str | None:
    request = RequestFactory().get("/", headers={"host": host})
    MunicipalityMiddleware(lambda request: HttpResponse())(request)
    return municipality.slug if (municipality := _of(request)) else None


def _of(request: HttpRequest) -> Municipality | None:
    found: Municipality | None = request.municipality  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("heek.localhost", "heek"),
        ("heek.localhost:8000", "heek"),
        ("HEEK.localhost:8000", "heek"),
        ("heek.localhost.", "heek"),
        ("localhost:8000", "harsewinkel"),
        ("unknown.example.org", "harsewinkel"),
        ("127.0.0.1:8000", "harsewinkel"),
        ("[::1]:8000", "harsewinkel"),
        ("[::1]", "harsewinkel"),
    ],
)
def test_the_host_chooses(town: Municipality, make_municipality: MakeMunicipality, host: str, slug: str) -> None:
    make_municipality("heek")
    assert slug_for(host) == slug


def test_a_closed_one_answers_for_itself_and_for_nobody_else(
    town: Municipality, make_municipality: MakeMunicipality
) -> None:
    make_municipality("heek", active=False)
    assert slug_for("heek.localhost") == "heek", "nobody is led to another town hall"
    Municipality.objects.filter(slug="heek").update(is_default=False)
    assert slug_for("unknown.example.org") == "harsewinkel"


def test_an_empty_database_has_none(db: None) -> None:
    assert slug_for("localhost") is None


def test_a_host_that_is_not_allowed_is_refused(town: Municipality, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    with pytest.raises(DisallowedHost):
        slug_for("evil.example.org")


@pytest.mark.django_db(transaction=True)
def test_kept_for_a_moment_and_dropped_by_a_change(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    town = Municipality.objects.create(slug="t", name="T", state_key="05", host="t", prefix="TT")
    assert slug_for("t") == "t"
    with django_assert_num_queries(0):
        assert slug_for("t") == "t"
    first, second = municipality_of("t"), municipality_of("t")
    assert first == second
    assert first is not second
    town.slug = "changed"
    town.save()
    assert slug_for("t") == "changed"
    town.delete()
    assert slug_for("t") is None


@pytest.mark.django_db(transaction=True)
def test_invented_hosts_do_not_fill_the_memory() -> None:
    Municipality.objects.create(slug="t", name="T", state_key="05", host="t", prefix="TT")
    for number in range(HOSTS + 10):
        slug_for(f"h{number}.example.org")
    assert len(_kept) <= HOSTS


def test_parents_come_along(county: Municipality, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    found = municipality_of("west.localhost")
    assert found is not None
    with django_assert_num_queries(0):
        assert [one.slug for one in found.chain()] == ["west", "kreis"]
