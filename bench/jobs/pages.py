"""Pages that are read: public list, search, work list, case, address search, figures."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from bench import data, streets, words
from bench.client import Request
from bench.measuring import Bare, Bench, Figure, measured, milliseconds
from bench.town import LAT, LON, Town
from cases.models import Case
from cases.policy import State
from geo.folding import fold
from reports.models import Category

TURNS = 64
_ROW = (
    "SELECT c.id, c.number, c.state, c.submitted_at, c.state_since, s.label, t.name, i.icon, d.name, r.address,"
    " r.address_by_citizen, r.text_released, (SELECT count(*) FROM cases_support p WHERE p.case_id = c.id"
    " AND p.confirmed_at IS NOT NULL), (SELECT f.public_name FROM reports_photo h JOIN cases_file f"
    " ON f.id = h.file_id WHERE h.report_id = r.id AND h.released ORDER BY h.position, h.id LIMIT 1)"
    " FROM cases_case c JOIN reports_report r ON r.case_id = c.id JOIN cases_topic t ON t.id = c.topic_id"
    " JOIN reports_category i ON i.topic_id = t.id LEFT JOIN cases_stage s ON s.id = c.stage_id"
    " LEFT JOIN geo_district d ON d.id = c.district_id"
)
"""A row of the public list, with everything that is shown of it."""
_PUBLIC = " WHERE c.municipality_id = %s AND c.public_at IS NOT NULL AND NOT c.confidential AND c.kind = 'report'"
_NEWEST = " ORDER BY c.submitted_at DESC, c.id DESC LIMIT {}"
_DESK = (
    "SELECT c.id, c.number, c.state, c.priority, c.submitted_at, c.due_at, s.label, t.name, u.name, a.name, d.name,"
    " r.text, r.address FROM cases_case c JOIN reports_report r ON r.case_id = c.id"
    " JOIN cases_topic t ON t.id = c.topic_id LEFT JOIN cases_stage s ON s.id = c.stage_id"
    " LEFT JOIN accounts_unit u ON u.id = c.unit_id LEFT JOIN accounts_user a ON a.id = c.assignee_id"
    " LEFT JOIN geo_district d ON d.id = c.district_id"
)
"""A row of the work list."""
_STREETS = (
    "SELECT a.id, a.label, a.point, s.name FROM geo_address a LEFT JOIN geo_street s ON s.id = a.street_id"
    " WHERE a.municipality_id = %s AND a.kind = 'street' AND a.folded >= %s AND a.folded < %s ORDER BY a.folded LIMIT 8"
)


def measure(bench: Bench, job: str) -> list[Figure]:
    """One of the pages."""
    pages: dict[str, Callable[[Bench], Figure]] = {
        "list": _list,
        "search": _search,
        "worklist": _worklist,
        "case": _case,
        "addresses": _addresses,
        "numbers": _numbers,
    }
    return [pages[job](bench)]


def _list(bench: Bench) -> Figure:
    sql = _ROW + _PUBLIC + _NEWEST.format(20)
    return measured(bench, "list", [Request("/karte/")], bare=lambda _at, _own: [(sql, [bench.town.municipality.pk])])


def _search(bench: Bench) -> Figure:
    """Words from very frequent to very rare, and two together. Bare is what the page itself asks of the reports: what
    finds words, and where they are kept, is not for a rival to know."""
    rare = words.rare_words()
    asked = ["Laterne", "Schlagloch", "gefährlich", rare[0], rare[5], rare[40], rare[300], rare[1500], "Laterne kaputt"]
    asked += [f"{word} {rare[at]}" for at, word in enumerate(("Gehweg", "Ampel", "Baum"))]
    requests = [Request(f"/karte/?q={quote(word)}") for word in asked]
    return measured(bench, "search", requests, bare=lambda _at, own: _of_reports(own))


def _of_reports(own: Sequence[str]) -> Bare:
    return [(sql, ()) for sql in own if "cases_case" in sql and sql.startswith(("SELECT", "WITH"))] or [(own[-1], ())]


def filters(town: Town) -> list[tuple[int, int, str]]:
    """Category, unit and state of the work list: positions of categories, the unit that settles them."""
    states = (State.OPEN.value, State.DONE.value, State.NEW.value, State.WAITING.value)
    return [(at, town.unit_of[at], states[turn % 4]) for turn, at in enumerate(range(0, len(town.categories), 2))]


def _worklist(bench: Bench) -> Figure:
    town = bench.town
    chosen = filters(town)
    requests = [
        Request(
            "/verwaltung/?" + urlencode({"liste": "alle", "kategorie": town.slugs[at], "stelle": unit, "status": state})
        )
        for at, unit, state in chosen
    ]
    sql = f"{_DESK} WHERE c.municipality_id = %s AND c.topic_id = %s AND c.unit_id = %s AND c.state = %s"
    sql += " AND c.practice_by_id IS NULL" + _NEWEST.format(50)
    found: list[float] = []

    def bare(turn: int, own: list[str]) -> Bare:
        at, unit, state = chosen[turn]
        rival: Bare = [(sql, [town.municipality.pk, town.categories[at], unit, state])]
        listed = [(one, ()) for one in own if "reports_report" in one and "LIMIT 50" in one]
        if listed:
            found.append(_ratio(bench, listed[-1:], rival))
        return rival

    figure = measured(bench, "worklist", requests, bare=bare, staff=True, connections=4)
    if found:
        found.sort()
        figure.more["list_query_to_sql"] = found[len(found) // 2]
    return figure


def _ratio(bench: Bench, ours: Bare, rival: Bare) -> float:
    return milliseconds(lambda: bench.run(ours)) / max(milliseconds(lambda: bench.run(rival)), 1e-3)


def _case(bench: Bench) -> Figure:
    chance = random.Random(3)
    top = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 1
    wanted = [chance.randrange(1, top + 1) for _turn in range(TURNS * 2)]
    ids = list(Case.objects.filter(pk__in=wanted, confidential=False).values_list("pk", flat=True))[:TURNS]
    chance.shuffle(ids)

    def bare(at: int, _own: list[str]) -> Bare:
        pk = [ids[at]]
        return [
            (f"{_DESK} WHERE c.id = %s", pk),
            ("SELECT * FROM cases_contact WHERE id = (SELECT contact_id FROM cases_case WHERE id = %s)", pk),
            ("SELECT * FROM cases_entry WHERE case_id = %s ORDER BY at, id", pk),
            ("SELECT * FROM cases_file WHERE case_id = %s", pk),
            ("SELECT count(*) FROM cases_support WHERE case_id = %s AND confirmed_at IS NOT NULL", pk),
            ("SELECT count(*) FROM cases_follow WHERE case_id = %s", pk),
        ]

    requests = [Request(f"/verwaltung/vorgang/{pk}/") for pk in ids]
    return measured(bench, "case", requests, bare=bare, staff=True, connections=4)


def _addresses(bench: Bench) -> Figure:
    town = bench.town.municipality
    entries = data.addresses(bench.addresses)
    chance = random.Random(7)
    typed: list[str] = []
    for name in chance.choices(streets.names(bench.addresses), k=TURNS):
        kind = chance.random()
        if kind < 0.5:
            typed.append(name[: chance.randrange(3, len(name) + 1)])
        else:
            typed.append(f"{name} {chance.randrange(1, 30)}" if kind < 0.75 else streets.misspelt(name, chance))

    def bare(at: int, _own: list[str]) -> Bare:
        begin = fold(typed[at])
        return [(_STREETS, [town.pk, begin, begin + "~"])]

    requests = [Request("/orte/?" + urlencode({"q": one, "lat": LAT, "lon": LON})) for one in typed]
    figure = measured(bench, "addresses", requests, bare=bare)
    figure.more["entries"] = entries
    return figure


def _numbers(bench: Bench) -> Figure:
    """Bare is whatever the page counts over cases."""
    return measured(
        bench,
        "numbers",
        [Request("/verwaltung/zahlen/")],
        bare=lambda _at, own: _of_reports(own),
        staff=True,
        connections=2,
    )


def plain_categories(town: Town) -> list[str]:
    """Slugs of categories that ask nothing further."""
    rows = Category.objects.filter(topic__in=town.categories, form=None, danger=False, sort="defect")
    return [
        one.topic.slug for one in rows.select_related("topic") if not one.season_from and not one.topic.confidential
    ]
