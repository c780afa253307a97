"""The statement on accessibility after (EU) 2018/1523."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from geo.models import Municipality
from pages.policy import Conformance
from pages.statement import write_statement
from tests.conftest import Town

SECTIONS = (
    "Stand der Vereinbarkeit",
    "Nicht barrierefreie Inhalte",
    "Erstellung dieser Erklärung",
    "Feedback und Kontakt",
    "Durchsetzungsverfahren",
)


def test_the_model_is_complete_and_names_the_body_of_the_state(client: Client, town: Town) -> None:
    text = client.get("/barrierefreiheit/").content.decode()
    places = [text.index(words) for words in SECTIONS]
    assert places == sorted(places)
    assert "Ombudsstelle für barrierefreie Informationstechnik" in text
    assert "/barriere-melden/" in text
    Municipality.objects.filter(pk=town.municipality.pk).update(state_key="03")
    assert "§ 9 d NBGG" in client.get("/barrierefreiheit/", headers={"host": "127.0.0.1"}).content.decode()


def test_what_the_municipality_says_is_shown_and_must_fit(client: Client, town: Town) -> None:
    def write(**facts: object) -> None:
        write_statement(municipality=town.municipality, by=town.admin, **facts)

    with pytest.raises(ValidationError, match=r"not fully|nicht vollständig"):
        write(conformance=Conformance.FULL.value)
    with pytest.raises(ValidationError):
        write(conformance=Conformance.NOT.value, failing={}, burden={})
    with pytest.raises(ValidationError):
        write(prepared_on=date(2026, 5, 2), reviewed_on=date(2026, 5, 1))
    write(failing={"de": "- Ein PDF von 2025"}, prepared_on=date(2026, 5, 1), reviewed_on=date(2026, 5, 2))
    text = client.get("/barrierefreiheit/").content.decode()
    assert "Ein PDF von 2025" in text
    assert "2. Mai 2026" in text
    write(conformance=Conformance.FULL.value, failing={}, burden={})
    assert "vollständig vereinbar" in client.get("/barrierefreiheit/").content.decode()
