"""The words of the search: folded alike on both databases, right when a deed ends, found without reading all texts."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.http import QueryDict

from cases.change import By
from cases.merging import merge
from cases.models import Case, Contact
from cases.policy import State
from cases.services import move
from reports import search
from reports.models import DeskWords, PublicWords, Report
from reports.search import Filters
from reports.services import change_category, release_text, withdraw_text
from reports.words import checking, finding, triggers
from reports.words.asking import words_of
from reports.words.flattening import FUNCTION, flat

TEXTS = (
    "Müll, MUELL und Mull vor der Hauptstr. 5a; Häuser, häuser & Haeuser!",
    "Straße, STRASSE, Straßenlaterne, Ecke Kirchstr/Bahnhofstr.",
    "Mauer, Feuer, quer, neue Treue, Bäuerin, Israel, Aktuelles, Poet, Ökoöle, Übergröße",
    "Café Čapek, Łódź, Œuvre, Ærø, naïve, cafe\u0301 mu\u0308ll, İstanbul, ẞ",
    "мусор на улице, قمامة, 垃圾, 😀 – „Zitat“ … 100 % \\ ' \" _",
    "Zeile\neins\tzwei\r\n\u2028drei\u00a0vier",
    "",
)


def found(town, words, **more):
    query = QueryDict(mutable=True)
    query.update({"q": words, **more})
    filters, _problems = Filters.parse(query, town.municipality)
    return set(search.filtered(town.municipality, filters))


def differences():
    return checking.differences(connection)


@pytest.mark.parametrize("text", TEXTS)
def test_the_database_folds_as_the_program_does(db, text):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FUNCTION}(%s)", [text])
        assert cursor.fetchone()[0] == flat(text)


def test_one_word_has_many_spellings():
    assert flat("Müll").split() == flat("MUELL").split() == flat("Mull").split() == flat("mu\u0308ll").split()
    assert flat("Hauptstr. 5").split() == flat("HAUPTSTRASSE 5").split() == flat("Hauptstraße 5").split()
    assert flat("Mauer Feuer quer").split() == ["mauer", "feuer", "quer"]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Later", "Die Laterne flackert"),
        ("laterne", "Straßenlaterne kaputt"),
        ("Laternen", "Eine Laterne flackert"),
        ("Laterne", "Drei Laternen flackern"),
        ("Schlaglöcher", "Ein Schlagloch"),
        ("Häuser", "das Haus dort"),
        ("Haus", "zwischen den Häusern"),
        ("kaputten", "Bank kaputt"),
        ("Mull", "Wilder Müll im Wald"),
        ("muell", "Wilder Müll im Wald"),
        ("strasse", "Ecke Kirchstr. und Markt"),
        ("Kirchstr", "Ecke Kirchstraße"),
        ("Str.", "an der Straße"),
        ("Öl", "Ölspur"),
        ("La", "Eine Laterne"),
        ("5", "Hausnummer 5"),
        ("мусор", "мусор на улице"),
        ("100%", "100 Prozent"),
    ],
)
def test_what_is_typed_finds(typed, text):
    words = flat(text)
    assert all(word.stands_in(words) for word in words_of(typed))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Fahrer", "Die Fahrbahn ist nass"),
        ("Garten", "Stuttgart"),
        ("La", "Viel Salat"),
        ("Mauer", "Maus"),
        ("5", "Hausnummer 25"),
    ],
)
def test_what_is_typed_does_not_find(typed, text):
    words = flat(text)
    assert not all(word.stands_in(words) for word in words_of(typed))


def test_the_database_finds_what_the_program_does(town, release):
    texts = [*TEXTS[:-1], "Die Laterne flackert", "Straßenlaterne kaputt", "Drei Laternen", "Ein Schlagloch", "Salat"]
    cases = [release(text) for text in texts]
    names = search._names(cases[0].topic)
    stored = {row.pk: row.words for row in PublicWords.objects.all()}
    typed = ["Laternen", "Mull", "la", "l", "5a", "мусор", "垃圾", "strasse 5", "Schlagl", "Häuser", "mauer feuer", "x"]
    for words in typed:
        wanted = words_of(words)
        expected = {
            case for case in cases if all(one.stands_in(stored[case.pk]) or one.stands_in(names) for one in wanted)
        }
        assert found(town, words) == expected, words


def test_words_are_right_when_a_deed_ends(town, make_report, release):
    by = By.staff(town.manager)
    case, other = make_report("Nachbar Meier grub das Loch"), release("Etwas anderes")
    assert found(town, "meier") == set()
    assert differences() == []
    release_text(case=case, by=by, text="Ein Einhorn grub")
    assert found(town, "einhorn") == {case}
    change_category(case=case, category=town.lamp, by=by)
    assert found(town, "laterne") == {case}
    move(case=case, to=State.DONE, by=by, text="Das Nashorn hat es repariert")
    assert found(town, "nashorn") == set()
    assert differences() == []
    withdraw_text(case=case, by=by)
    assert found(town, "einhorn") == set()
    assert not PublicWords.objects.filter(words__contains="einhorn").exists()
    merge(duplicate=other, original=case, by=by, text="Doppelt")
    assert differences() == []


def test_what_goes_round_the_verbs_is_right_too(town, release):
    case = release("Ein Einhorn")
    Report.objects.update(public_text="Ein Nashorn")
    assert (found(town, "einhorn"), found(town, "nashorn")) == (set(), {case})
    Case.objects.update(confidential=True)
    assert not PublicWords.objects.exists()
    Case.objects.update(confidential=False)
    assert found(town, "nashorn") == {case}
    Contact.objects.update(name="Erna Mustermann")
    assert DeskWords.objects.filter(contact__contains=" erna mustermann ").count() == Contact.objects.count()
    assert differences() == []
    part = town.municipality.districts.create(name="Marienfeld", slug="marienfeld")
    Case.objects.filter(pk=case.pk).update(district=part)
    type(part).objects.filter(pk=part.pk).update(name="Greffen")
    assert " greffen " in DeskWords.objects.get(pk=case.pk).words
    with transaction.atomic():
        case.entries.all().delete()
        Case.objects.filter(pk=case.pk).update(contact=None)
        assert differences() == []
        Report.objects.filter(case=case).delete()
    assert not DeskWords.objects.filter(pk=case.pk).exists()
    assert not PublicWords.objects.exists()


def test_what_is_taken_back_was_never_findable(town, release):
    with transaction.atomic():
        release("Ein Einhorn")
        transaction.set_rollback(True)
    assert not DeskWords.objects.exists()
    assert differences() == []


@pytest.mark.parametrize("walked", [1, 3, 300])
@pytest.mark.parametrize("rare", [2, 1000])
def test_a_page_is_the_same_however_it_is_read(town, release, monkeypatch, walked, rare):
    monkeypatch.setattr(finding, "WALKED", walked)
    monkeypatch.setattr(finding, "RARE", rare)
    begun = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    for index in range(9):
        release("Ein Einhorn" if index % 2 else "Ein Nashorn", at=begun - timedelta(days=40 * index**2))
    expected = sorted(found(town, "einhorn"), key=lambda case: case.submitted_at, reverse=True)
    assert len(expected) == 4
    filters, _problems = Filters.parse(QueryDict("q=Einhorn"), town.municipality)
    seen, cursor = [], ""
    while True:
        ids, cursor = search.page_of(search.filtered(town.municipality, filters), cursor, size=2)
        seen += ids
        if not cursor:
            break
    assert seen == [case.pk for case in expected]
    searched = search.filtered(town.municipality, filters)
    assert search.counted(searched, 3) == 4
    assert search.page_of(searched, size=3)[0] == seen[:3]


def test_a_lost_row_and_a_lost_trigger_are_noticed_and_mended(town, release):
    case = release("Ein Einhorn")
    call_command("search_index", "--verify", stdout=StringIO())
    PublicWords.objects.all().delete()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("search_index", stdout=StringIO())
    triggers.remove(connection)
    release("Ein Nashorn")
    call_command("search_index", "--rebuild", stdout=StringIO())
    assert triggers.present(connection)
    assert found(town, "einhorn") == {case}
    assert len(found(town, "nashorn")) == 1
    assert differences() == []


def test_a_migration_that_drops_the_triggers_gets_them_back(db):
    triggers.remove(connection)
    assert not triggers.present(connection)
    triggers.repair_after_migrate(using="default")
    assert triggers.present(connection)


def test_nothing_of_deleted_words_is_left_in_the_trigrams(town, make_report):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's index follows its table")
    make_report("Ein Xqzwort")
    Report.objects.update(text="Nichts")
    checking.cleansed(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM reports_deskwords_fts_data")
        assert not any(b"xqz" in bytes(row[0]) for row in cursor.fetchall())
