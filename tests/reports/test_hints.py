"""Hints on a report: found with their reason, few false alarms, and never a decision."""

import pytest

from cases.models import Case
from reports.hints import Kind, hints, matches
from reports.similar import Similar
from tests.conftest import square
from tests.moderation.conftest import login, manager, url  # noqa: F401


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Achtung, LEBENSGEFAHR: ein Kabel hängt herunter", ["LEBENSGEFAHR", "Kabel hängt"]),
        ("Der Baum droht umzustürzen, Kinder spielen dort", ["umzustürzen", "Kinder spielen"]),
        ("Hier riecht nach Gas", ["riecht nach Gas"]),
        ("Die Bank ist bequem und der Ungefährwert stimmt", []),
        ("Bitte die Laterne reparieren", []),
    ],
)
def test_danger_words_are_found_as_they_were_written(text, found):
    assert matches("danger", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Diese Vollidioten vom Amt!", ["Vollidioten"]),
        ("so ein SCHEISS, faule Säcke", ["SCHEISS", "faule Säcke"]),
        ("Das Paket liegt am Schweinestall in der Hauptstraße", []),
        ("Der Parkplatz für Behinderte ist zugestellt", []),
    ],
)
def test_insults(text, found):
    assert matches("insult", text) == found


def test_one_list_with_reasons_the_most_urgent_first(make_report, town):
    other = make_report("Loch")
    case = Case.objects.get(
        pk=make_report("Unfall! Herr Müller (GT-AB 123, mueller@example.org) ist ein Idiot, 05247 123456").pk
    )
    found = hints(case, similar=[Similar(other, 12, 0.8, ["12 m entfernt"]), Similar(other, 40, 0.6, [])])
    assert [one.kind for one in found] == [Kind.DANGER, Kind.DUPLICATE, Kind.PERSONAL, Kind.INSULT]
    reasons = {one.kind: one.reason for one in found}
    assert reasons[Kind.DUPLICATE].startswith(f"{other.number}: 12 m entfernt")
    for word in ("GT-AB 123", "mueller@example.org", "05247 123456", "Herr Müller"):
        assert word in reasons[Kind.PERSONAL]
    town.municipality.boundary = square(9.9, 50.1, 0.01)
    town.municipality.save()
    assert Kind.OUTSIDE in {one.kind for one in hints(Case.objects.get(pk=case.pk))}
    assert hints(Case.objects.get(pk=make_report("Tiefes Loch", point=None, address="Kirchplatz 1").pk)) == []


def test_the_desk_shows_them_as_long_as_something_is_to_be_decided(manager, make_report):  # noqa: F811
    case = make_report("Lebensgefahr!")
    text = manager.get(url(case)).content.decode()
    assert "Vielleicht eine Gefahr" in text
    assert "„Lebensgefahr“" in text
    case.refresh_from_db()
    assert case.version == 1, "nothing is decided"
