"""The rows of words as SQL that both databases understand: what is public of a case, and what staff may search."""

from __future__ import annotations

from reports.policy import KIND
from reports.words.flattening import FUNCTION

PUBLIC, DESK = "reports_publicwords", "reports_deskwords"
CASES, REPORTS, ENTRIES = "cases_case", "reports_report", "cases_entry"
CONTACTS, DISTRICTS = "cases_contact", "geo_district"
COLUMNS = {PUBLIC: ("case_id", "words", "marks"), DESK: ("case_id", "words", "contact", "marks")}
CASE_FACTS = {
    PUBLIC: ("municipality_id", "topic_id", "district_id", "submitted_at", "kind", "confidential", "public_at"),
    DESK: (
        *("municipality_id", "topic_id", "district_id", "submitted_at", "kind", "contact_id"),
        *("number", "former_number", "file_number"),
    ),
}
REPORT_FACTS = {
    PUBLIC: ("case_id", "public_text", "text_released", "address", "address_by_citizen"),
    DESK: ("case_id", "text", "public_text", "address", "asset", "answers"),
}
CONTACT_FACTS = ("name", "email", "phone")
"""Columns whose change makes a row anew."""


def false(vendor: str) -> str:
    """The database's word for it."""
    return "0" if vendor == "sqlite" else "false"


def marks(vendor: str) -> str:
    """SQL of what stands beside the words: municipality, topic, district and month (UTC) of a case `c`, as one text."""
    month = (
        "strftime('%Y%m', c.submitted_at)"
        if vendor == "sqlite"
        else "to_char(c.submitted_at AT TIME ZONE 'UTC', 'YYYYMM')"
    )
    district = "CASE WHEN c.district_id IS NULL THEN '' ELSE ' d' || c.district_id END"
    return f"'m' || c.municipality_id || ' t' || c.topic_id || {district} || ' z' || {month}"


def _answers(vendor: str) -> str:
    if vendor == "sqlite":
        return "(SELECT group_concat(atom, ' ') FROM json_tree(r.answers) WHERE atom IS NOT NULL)"
    values = "SELECT string_agg(value, ' ') FROM jsonb_each_text(r.answers)"
    return f"(CASE WHEN jsonb_typeof(r.answers) = 'object' THEN ({values}) END)"


def _entries(vendor: str) -> str:
    together = "group_concat(e.text, ' ')" if vendor == "sqlite" else "string_agg(e.text, ' ' ORDER BY e.id)"
    return f"(SELECT {together} FROM {ENTRIES} e WHERE e.case_id = c.id AND e.text <> '')"


def _joined(*parts: str) -> str:
    return f"{FUNCTION}(" + " || ' ' || ".join(f"COALESCE({part}, '')" for part in parts) + ")"


def rows(table: str, vendor: str, where: str) -> str:
    """SQL that selects the rows of a table as they should be, for the cases `c` of a condition."""
    tables = f"FROM {CASES} c JOIN {REPORTS} r ON r.case_id = c.id"
    if table == PUBLIC:
        words = _joined(
            "CASE WHEN r.text_released THEN r.public_text END",
            "CASE WHEN r.text_released OR NOT r.address_by_citizen THEN r.address END",
        )
        return (
            f"SELECT c.id AS case_id, {words} AS words, {marks(vendor)} AS marks {tables}"
            f" WHERE c.public_at IS NOT NULL AND c.confidential = {false(vendor)} AND c.kind = '{KIND}' AND {where}"
        )
    numbers = ("c.number", "c.former_number", "c.file_number")
    parts = (*numbers, "r.text", "r.public_text", "r.address", "r.asset", "d.name")
    words = _joined(*parts, _answers(vendor), _entries(vendor))
    contact = _joined("p.name", "p.email", "p.phone")
    beside = (
        f"LEFT JOIN {CONTACTS} p ON p.id = c.contact_id LEFT JOIN {DISTRICTS} d ON d.id = c.district_id"
        f" WHERE c.kind = '{KIND}' AND {where}"
    )
    return f"SELECT c.id AS case_id, {words} AS words, {contact} AS contact, {marks(vendor)} AS marks {tables} {beside}"


def written(table: str, vendor: str, where: str) -> str:
    """SQL that writes the rows of these cases; what is there already is written over."""
    names = COLUMNS[table]
    changed = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    different = " OR ".join(f"{table}.{name} <> excluded.{name}" for name in names[1:])
    found = rows(table, vendor, where)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) {found}"
        f" ON CONFLICT (case_id) DO UPDATE SET {changed} WHERE {different}"
    )
