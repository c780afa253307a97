"""What the work list needs to know of a case, kept on the case by triggers: `unanswered`, `unreleased`, `supported`.

Otherwise every list and every count would look through the entries and photos of every case. The triggers stand on the
tables that say it, so verbs, imports and hands in the database are treated alike. Both numbers of bits are worked out
from the rows again whenever something that says them changes; supporters are counted up and down.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from cases.models.case import (
    ANSWERED,
    HANDED_BACK,
    OUTSIDE_ANSWERED,
    PHOTO_WAITS,
    STAFF_PHOTO_WAITS,
    STILL_THERE,
    TEXT_WAITS,
)
from cases.policy import Actor, Deed

CASES, ENTRIES, SUPPORTS = "cases_case", "cases_entry", "cases_support"
REPORTS, PHOTOS = "reports_report", "reports_photo"
TABLES: Final = {CASES, ENTRIES, SUPPORTS, REPORTS, PHOTOS}
KEPT: Final = ("unanswered", "unreleased", "supported")
_SAYING = (Deed.ANSWER, Deed.FEEDBACK, Deed.HANDED_BACK)
_KEEPING_BACK = (Deed.TEXT_WITHDRAWN, Deed.PHOTO_WITHDRAWN)
MOST: Final = 100
"""So many differences are told."""


class Words(NamedTuple):
    """What the two databases write differently."""

    false: str
    true: str
    number: str
    """SQL of a member of an entry's data as text or number; {row} and {name}."""
    still_there: str
    different: str


SQLITE = Words("0", "1", "json_extract({row}.data, '$.{name}')", "json_extract(e.data, '$.still_there') = 1", "IS NOT")
POSTGRESQL = Words(
    "false", "true", "({row}.data ->> '{name}')", "e.data -> 'still_there' = 'true'::jsonb", "IS DISTINCT FROM"
)


def words_of(connection: BaseDatabaseWrapper) -> Words:
    """The words of a database."""
    return SQLITE if connection.vendor == "sqlite" else POSTGRESQL


def _listed(deeds: tuple[Deed, ...]) -> str:
    return ", ".join(f"'{deed.value}'" for deed in deeds)


def unanswered(case: str, words: Words) -> str:
    """SQL of the bits of a case from its entries; `case` is SQL of its id."""
    later = (
        f"SELECT 1 FROM {ENTRIES} l WHERE l.case_id = e.case_id"
        f" AND l.actor = '{Actor.STAFF.value}' AND l.version > e.version"
    )
    bits = (
        (ANSWERED, f"e.deed = '{Deed.ANSWER.value}'"),
        (STILL_THERE, f"e.deed = '{Deed.FEEDBACK.value}' AND {words.still_there}"),
        (OUTSIDE_ANSWERED, f"e.actor = '{Actor.OUTSIDE.value}'"),
        (HANDED_BACK, f"e.deed = '{Deed.HANDED_BACK.value}'"),
    )
    added = " + ".join(f"MAX(CASE WHEN {when} THEN {bit} ELSE 0 END)" for bit, when in bits)
    return (
        f"(SELECT COALESCE({added}, 0) FROM {ENTRIES} e WHERE e.case_id = {case}"
        f" AND (e.deed IN ({_listed(_SAYING)}) OR e.actor = '{Actor.OUTSIDE.value}') AND NOT EXISTS ({later}))"
    )


def unreleased(case: str, words: Words) -> str:
    """SQL of the bits of a case from its report, photos and what was kept back; `case` is SQL of its id."""
    kept = f"SELECT 1 FROM {ENTRIES} k WHERE k.case_id = {case} AND k.deed ="
    photo = words.number.format(row="k", name="photo")
    text = (
        f"EXISTS (SELECT 1 FROM {REPORTS} r WHERE r.case_id = {case} AND r.text_released = {words.false})"
        f" AND NOT EXISTS ({kept} '{Deed.TEXT_WITHDRAWN.value}')"
    )
    photos = (
        f"EXISTS (SELECT 1 FROM {PHOTOS} p JOIN {REPORTS} r ON r.id = p.report_id WHERE r.case_id = {case}"
        f" AND p.released = {words.false}{{more}} AND NOT EXISTS ({kept} '{Deed.PHOTO_WITHDRAWN.value}'"
        f" AND CAST({photo} AS bigint) = p.id))"
    )
    bits = (
        (TEXT_WAITS, text),
        (PHOTO_WAITS, photos.format(more="")),
        (STAFF_PHOTO_WAITS, photos.format(more=f" AND p.by_staff = {words.true}")),
    )
    return "(" + " + ".join(f"CASE WHEN {when} THEN {bit} ELSE 0 END" for bit, when in bits) + ")"


def supported(case: str) -> str:
    """SQL of how many people confirmed that they noticed it too."""
    return f"(SELECT COUNT(*) FROM {SUPPORTS} s WHERE s.case_id = {case} AND s.confirmed_at IS NOT NULL)"


# Triggers -------------------------------------------------------------------------------------------------------------
class Trigger(NamedTuple):
    """One trigger: name, table, event, when it runs and what it does."""

    name: str
    table: str
    event: str
    when: str
    does: str


def _triggers(words: Words) -> Iterator[Trigger]:
    def of_entry(row: str, more: str) -> str:
        set_words = f"UPDATE {CASES} SET unanswered = {unanswered(f'{row}.case_id', words)}"
        set_waits = f"UPDATE {CASES} SET unreleased = {unreleased(f'{row}.case_id', words)}"
        return (
            f"{set_words} WHERE id = {row}.case_id AND ({more});"
            f" {set_waits} WHERE id = {row}.case_id AND {row}.deed IN ({_listed(_KEEPING_BACK)});"
        )

    def says(row: str) -> str:
        return f"({row}.deed IN ({_listed(_SAYING)}) OR {row}.actor = '{Actor.OUTSIDE.value}')"

    def matters(row: str) -> str:
        kept_back = f"{row}.deed IN ({_listed(_KEEPING_BACK)})"
        return f"{says(row)} OR {row}.actor = '{Actor.STAFF.value}' OR {kept_back}"

    # What staff do mostly follows nothing: then one look at the case is all.
    yield Trigger(
        "desk_entry_in", ENTRIES, "INSERT", matters("NEW"), of_entry("NEW", f"unanswered <> 0 OR {says('NEW')}")
    )
    yield Trigger("desk_entry_out", ENTRIES, "DELETE", matters("OLD"), of_entry("OLD", "0 = 0"))
    facts = "case_id, deed, actor, version, data"
    yield Trigger(
        "desk_entry_changed",
        ENTRIES,
        f"UPDATE OF {facts}",
        f"{matters('OLD')} OR {matters('NEW')}",
        f"{of_entry('OLD', '0 = 0')} {of_entry('NEW', '0 = 0')}",
    )

    def of_report(row: str, more: str = "") -> str:
        return f"UPDATE {CASES} SET unreleased = {unreleased(f'{row}.case_id', words)} WHERE id = {row}.case_id{more};"

    yield Trigger("desk_report_in", REPORTS, "INSERT", f"NEW.text_released = {words.false}", of_report("NEW"))
    yield Trigger(
        "desk_report_changed",
        REPORTS,
        "UPDATE OF text_released, case_id",
        f"OLD.text_released {words.different} NEW.text_released OR OLD.case_id {words.different} NEW.case_id",
        of_report("NEW"),
    )

    def of_photo(row: str) -> str:
        case = f"(SELECT case_id FROM {REPORTS} WHERE id = {row}.report_id)"
        return f"UPDATE {CASES} SET unreleased = {unreleased(f'{CASES}.id', words)} WHERE id = {case};"

    yield Trigger("desk_photo_in", PHOTOS, "INSERT", f"NEW.released = {words.false}", of_photo("NEW"))
    yield Trigger("desk_photo_out", PHOTOS, "DELETE", f"OLD.released = {words.false}", of_photo("OLD"))
    yield Trigger(
        "desk_photo_changed",
        PHOTOS,
        "UPDATE OF released, by_staff, report_id",
        " OR ".join(f"OLD.{name} {words.different} NEW.{name}" for name in ("released", "by_staff", "report_id")),
        f"{of_photo('OLD')} {of_photo('NEW')}",
    )

    def counted(row: str, sign: str) -> str:
        return (
            f"UPDATE {CASES} SET supported = supported {sign} 1"
            f" WHERE id = {row}.case_id AND {row}.confirmed_at IS NOT NULL;"
        )

    yield Trigger("desk_support_in", SUPPORTS, "INSERT", "NEW.confirmed_at IS NOT NULL", counted("NEW", "+"))
    yield Trigger("desk_support_out", SUPPORTS, "DELETE", "OLD.confirmed_at IS NOT NULL", counted("OLD", "-"))
    yield Trigger(
        "desk_support_changed",
        SUPPORTS,
        "UPDATE OF confirmed_at, case_id",
        "(OLD.confirmed_at IS NULL) <> (NEW.confirmed_at IS NULL) OR OLD.case_id <> NEW.case_id",
        f"{counted('OLD', '-')} {counted('NEW', '+')}",
    )


def names() -> set[str]:
    """The names of all triggers."""
    return {one.name for one in _triggers(SQLITE)}


def present(connection: BaseDatabaseWrapper) -> bool:
    """Whether all triggers are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return names() <= {str(name) for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers, anew if they are there."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for one in _triggers(words_of(connection)):
            if sqlite:
                cursor.execute(f"DROP TRIGGER IF EXISTS {one.name}")
                cursor.execute(
                    f"CREATE TRIGGER {one.name} AFTER {one.event} ON {one.table} WHEN {one.when} BEGIN {one.does} END"
                )
                continue
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {one.does} RETURN NULL; END $$"
            )
            cursor.execute(f"DROP TRIGGER IF EXISTS {one.name} ON {one.table}")
            cursor.execute(
                f"CREATE TRIGGER {one.name} AFTER {one.event} ON {one.table}"
                f" FOR EACH ROW WHEN ({one.when}) EXECUTE FUNCTION {one.name}()"
            )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, before a table or column of theirs goes."""
    with connection.cursor() as cursor:
        for name in sorted(names()):
            sqlite = connection.vendor == "sqlite"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" if sqlite else f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def repair_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Handler of `post_migrate`: a table that SQLite made anew has lost its triggers; nothing was written since."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES or present(connection):
        return
    with connection.cursor() as cursor:
        columns = {one.name for one in connection.introspection.get_table_description(cursor, CASES)}
    if set(KEPT) <= columns:
        install(connection)


# Proof ----------------------------------------------------------------------------------------------------------------
def _due(words: Words) -> dict[str, str]:
    case = f"{CASES}.id"
    return {
        "unanswered": unanswered(case, words),
        "unreleased": unreleased(case, words),
        "supported": supported(case),
    }


def rebuild(connection: BaseDatabaseWrapper) -> int:
    """Work out anew what is not as the rows say; returns how many numbers were wrong."""
    changed = 0
    with connection.cursor() as cursor:
        for column, sql in _due(words_of(connection)).items():
            cursor.execute(f"UPDATE {CASES} SET {column} = {sql} WHERE {column} <> {sql}")
            changed += cursor.rowcount
    return changed


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """Cases whose kept numbers are not what the rows say, in words; at most MOST of each."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for column, sql in _due(words_of(connection)).items():
            found += _wrong(cursor, column, sql)
    return found


def _wrong(cursor: CursorWrapper, column: str, sql: str) -> list[str]:
    cursor.execute(f"SELECT id, {column}, {sql} FROM {CASES} WHERE {column} <> {sql} ORDER BY id LIMIT {MOST}")
    return [f"case {pk}: {column} is {kept}, due is {due}" for pk, kept, due in cursor.fetchall()]
