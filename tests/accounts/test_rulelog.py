"""The log of the rules keeps what differs, as plain JSON, and no secrets."""

from datetime import date

from accounts.models import RuleChange
from accounts.rulelog import HIDDEN, note


def test_only_what_differs_is_kept(town):
    row = note(
        municipality=town.municipality,
        actor=town.admin,
        subject="unit",
        label="Bauhof",
        before={"name": "Bauhof", "phone": "1", "parent": None},
        after={"name": "Bauhof", "phone": "2", "parent": town.greens, "days": {date(2026, 1, 2)}},
    )
    row = RuleChange.objects.get(pk=row.pk)
    assert (row.before, row.after) == (
        {"phone": "1", "parent": None},
        {"phone": "2", "parent": str(town.greens), "days": ["2026-01-02"]},
    )
    assert row.actor == town.admin


def test_nothing_is_noted_where_nothing_changed(town):
    same = {"name": "Bauhof", "texts": {"de": "a"}}
    assert note(municipality=town.municipality, actor=None, subject="x", label="", before=same, after=same) is None
    assert not RuleChange.objects.exists()


def test_passwords_stay_out(town):
    row = note(
        municipality=town.municipality,
        actor=town.admin,
        subject="mail",
        label="",
        before={"password": "alt", "relay": "smtps://me:geheim@mail.example:465"},
        after={"password": "neu", "relay": "smtps://you:geheim2@mail.example:465"},
    )
    assert row.after == {"password": HIDDEN}
    assert "geheim" not in f"{row.before}{row.after}"
