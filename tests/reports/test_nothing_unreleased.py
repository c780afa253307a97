"""Nothing unreleased and nothing internal in any public answer: page, list, map, search, feed, JSON, picture.

Every address of the platform is listed here, as public (and then asked), or as one that needs a secret or a login.
"""

import itertools
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.urls.converters import IntConverter

from cases.change import By
from cases.files import VARIANTS
from cases.models import Case, Contact, Topic
from cases.policy import State
from cases.services import assign, feedback, message, move, note, question, update
from geo.grid import cell, cell_tile, morton
from reports.services import (
    change_place,
    correct,
    release_photo,
    release_text,
    withdraw_photo,
    withdraw_text,
)

MARK = "GEHEIM"
"""Stands in everything that nobody may see."""
SECRET = {
    "confirm_contact",
    "confirm_interest",
    "unfollow",
    "stop_mails",
    "own_report",
    "own_deed",
    "internal_picture",
    "report_receipt",
    "report_receipt_qr",
    "report_step",
    "report_photos",
    "subscription_confirm",
    "subscription_stop",
    "subscriptions",
    "my_reports_open",
    "my_reports_passkey",
    "my_reports_passkey_add",
    "my_reports_stop",
    "my_reports_delete",
    "my_reports_close",
    "invitation",
    "forwarded",
    "forwarded_photo",
    "intake_draft",
}
"""Need a secret out of a mail, of the session or of the address; shown to the one person who has it."""
DESK = "/verwaltung/"
"""Everything below needs a login."""
DOORS = ("/konto/", "/aussendienst/", "/demo/postfach/")
"""The login itself, the crews' door (tests/field/test_access.py), and what is the demo's own."""
WORLD = "bbox=8.0,51.0,9.0,53.0"
TILES = [(zoom, *cell_tile(cell(morton(8.23, 51.96), zoom), zoom)) for zoom in (5, 14, 19)]
"""Those with the middle of the town."""


def addresses(case: Case) -> dict[str, list[str]]:
    """The public addresses by name; several where parameters matter."""
    number = case.number
    searches = [
        f"q={MARK}",
        "q=Garten",
        f"q={number}",
        "q=Meier",
        WORLD,
        "status=neu",
        "art=mangel",
        "zeitraum=jahr",
        "",
    ]
    return {
        "start": ["/"],
        "map": [f"/karte/?{query}" for query in searches],
        "map_list": [f"/karte/liste/?{query}" for query in searches],
        "map_data": [f"/karte/daten.json?{query}&zoom={zoom}" for query in searches for zoom in (5, 14, 19)],
        "map_tile": [f"/karte/kacheln/{zoom}/{x}/{y}.json?{query}" for query in searches for zoom, x, y in TILES],
        "report_feed": [f"/meldungen/feed/?{query}" for query in searches],
        "report": [f"/meldungen/{number}/"],
        "report_interest": [f"/meldungen/{number}/folgen/"],
        "report_feedback": [f"/meldungen/{number}/rueckmeldung/"],
        "report_qr": [f"/meldungen/{number}/qr.svg"],
        "report_place": [f"/meldungen/{number}/ort/hell/"],
        "report_new": ["/melden/"],
        "statistics": ["/statistik/"],
        "widget": [f"/widget/?{query}" for query in searches],
        "subscribe": [f"/abo/?{query}" for query in searches],
        "my_reports": ["/meine-meldungen/"],
        "report_offline": ["/melden/offline/"],
        "device": ["/melden/geraet/"],
        "offline": ["/offline/"],
        "worker": ["/sw.js"],
        "manifest": ["/manifest.webmanifest"],
        "app_icon": [],
        "app_drawing": [],
        "report_thanks": [f"/melden/danke/{number}/"],
        "track": [f"/verfolgen/?nummer={number}"],
        "picture": [],
        "imprint": ["/impressum/"],
        "privacy": ["/datenschutz/"],
        "accessibility": ["/barrierefreiheit/"],
        "contact": ["/kontakt/"],
        "easy_language": ["/leichte-sprache/"],
        "sign_language": ["/gebaerdensprache/"],
        "sign_video": [],
        "report_barrier": ["/barriere-melden/"],
        "geo:arms": [],
        "design": ["/design/"],
        "style": [],
        "geo:tile": [],
        "geo:archive": ["/karte/town.pmtiles"],
        "geo:proof": ["/schutz/barriere/"],
        "geo:base_layer": ["/karte/grund.json"],
        "geo:places": ["/orte/?q=Garten", f"/orte/?q={MARK}"],
        "geo:place_at": ["/orte/bei?lat=51.96&lon=8.23"],
        "api_reports": ["/api/v1/reports/", f"/api/v1/reports/?{WORLD}", f"/api/v1/reports/?q={MARK}"],
        "api_report": [f"/api/v1/reports/{number}/"],
        "api_photos": [f"/api/v1/reports/{number}/photos/"],
        "api_categories": ["/api/v1/categories/"],
        "api_schema": ["/api/schema/"],
        "api_docs": ["/api/docs/"],
        "open311_discovery": ["/open311/discovery.json", "/open311/v2/discovery.xml"],
        "open311_services": ["/open311/v2/services.json", "/open311/v2/services.xml"],
        "open311_service": [f"/open311/v2/services/{case.topic.slug}.xml"],
        "open311_requests": [
            f"/open311/v2/requests.{form}?extensions=true{more}"
            for form in ("json", "xml")
            for more in ("", f"&q={MARK}", "&status=open", f"&service_request_id={number}")
        ],
        "open311_request": [f"/open311/v2/requests/{number}.{form}?extensions=true" for form in ("json", "xml")],
        "open311_token": [f"/open311/v2/tokens/{number}.json"],
        "open311_updates": ["/open311/v2/servicerequestupdates.json", "/open311/v2/servicerequestupdates.xml"],
    }


def paths() -> dict[str, str]:
    """An address of everything that has a name, filled with what leads nowhere."""
    found = {}
    for name, prefix, resolver in named(get_resolver()):
        ((form, wanted), *_others), _pattern, _defaults, converters = resolver.reverse_dict.getlist(name)[0]
        values = {one: 1 if isinstance(converters.get(one), IntConverter) else "x" for one in wanted}
        found[prefix + name] = "/" + form % values
    return found


def named(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str, URLResolver]]:
    """Names of addresses, their namespace, and who can make an address of them."""
    for key in resolver.reverse_dict:
        if isinstance(key, str):
            yield key, prefix, resolver
    for space, (_route, inner) in resolver.namespace_dict.items():
        yield from named(inner, f"{prefix}{space}:")


@pytest.fixture
def hidden(town, make_report, photo_of):
    """Cases in which everything that is not released holds the mark."""
    staff = By.staff(town.manager)
    town.greens.name = f"{MARK} Grün"
    town.greens.public_name = "Grünflächen"
    town.greens.save()
    colours = itertools.cycle(["red", "green", "blue", "black", "white", "gray", "pink"])

    def internal(case):
        Contact.objects.filter(pk=case.contact.pk).update(name=f"{MARK} Meier", phone=f"{MARK} 0170", public_name=True)
        assign(case=case, by=staff, unit=town.greens)
        note(case=case, by=staff, text=f"{MARK} Notiz")
        message(case=case, by=staff, text=f"{MARK} Nachricht")
        message(case=case, by=By.citizen(), text=f"{MARK} Antwort")
        feedback(case=case, by=By.citizen(), still_there=True, text=f"{MARK} noch da")
        question(case=case, by=staff, text=f"{MARK} Frage")
        photo_of(case, next(colours))

    def make(**facts):
        return make_report(
            f"{MARK} Text von Meier", address=f"{MARK} hinter dem Garten", email="geheim@geheim.example", **facts
        )

    unreleased = make()
    correct(case=unreleased, by=By.citizen(), text=f"{MARK} Text, berichtigt")
    internal(unreleased)
    only_photo = make()
    internal(only_photo)
    release_photo(photo=photo_of(only_photo, next(colours)), by=staff)
    reworded = make()
    change_place(case=reworded, by=staff, point=reworded.point, address="Mühlenstraße 1")
    release_text(case=reworded, by=staff, text="Ein Loch")
    internal(reworded)
    update(case=reworded, by=staff, text="Wir kümmern uns.")
    taken_back = make()
    release_text(case=taken_back, by=staff)
    taken_photo = photo_of(taken_back, next(colours))
    release_photo(photo=taken_photo, by=staff)
    taken_photo.file.refresh_from_db()
    dead = taken_photo.file.public_name
    withdraw_photo(photo=taken_photo, by=staff)
    withdraw_text(case=taken_back, by=staff)
    internal(taken_back)
    move(case=taken_back, to=State.OPEN, by=staff, text=f"{MARK} auf dem Weg")
    confidential = make(category=town.complaint, point=None)
    internal(confidential)
    return {"cases": [unreleased, only_photo, reworded, taken_back, confidential], "dead": [dead]}


def marks(cases) -> list[bytes]:
    """What must stand nowhere: the mark, secrets, tokens, keys and names of unreleased files, contact data."""
    found = [MARK, "geheim@", "geheim.example"]
    for case in cases:
        case.refresh_from_db()
        found += [case.secret, case.contact.token]
        found += [file.key for file in case.files.all()]
    return [mark.encode() for mark in found]


def test_no_public_answer_holds_anything_unreleased_or_internal(town, hidden):
    visitor = Client()
    forbidden = marks(hidden["cases"])
    for case in hidden["cases"]:
        for path in itertools.chain.from_iterable(addresses(case).values()):
            response = visitor.get(path)
            assert response.status_code < 500, path
            body = b"".join(response.streaming_content) if response.streaming else response.content
            # What somebody typed is said back to them: it tells nothing.
            typed = MARK.encode() if f"={MARK}" in path else b""
            for mark in forbidden:
                assert mark == typed or mark not in body, (path, mark)
            headers = " ".join(f"{key}: {value}" for key, value in response.items()).encode()
            assert not [mark for mark in forbidden if mark in headers and mark != typed], path


def test_a_search_for_what_is_hidden_finds_nothing(hidden):
    visitor = Client()
    for word in (MARK, "Garten", "Meier"):
        assert visitor.get(f"/karte/daten.json?q={word}&zoom=12").json()["total"] == 0
        assert b'class="row__title"' not in visitor.get(f"/karte/?q={word}").content
        assert b"<entry>" not in visitor.get(f"/meldungen/feed/?q={word}").content


def test_unreleased_numbers_stand_in_no_list(hidden):
    visitor = Client()
    public = set(Case.objects.public().values_list("number", flat=True))
    for case in hidden["cases"]:
        for path in ("/", "/karte/", "/karte/daten.json", "/meldungen/feed/", "/api/v1/reports/"):
            assert (case.number.encode() in visitor.get(path).content) == (case.number in public), (path, case.number)


def test_no_picture_can_be_fetched_that_is_not_released(hidden, neighbour):
    strangers = [Client(), Client()]
    strangers[1].force_login(neighbour.manager)
    released = 0
    for case in hidden["cases"]:
        for file in case.files.all():
            for variant, suffix, client in itertools.product(
                (*VARIANTS, "original"), ("webp", "jpg", "png"), strangers
            ):
                assert client.get(f"/datei/{file.key}/{variant}.{suffix}").status_code == 404
                assert client.get(f"/bild/{file.key}/{variant}.{suffix}").status_code == 404
            if file.public_name:
                released += 1
                assert strangers[0].get(f"/bild/{file.public_name}/small.webp").status_code == 200
    assert released == 1
    for name in (*hidden["dead"], "x", "None", ".."):
        assert strangers[0].get(f"/bild/{name}/small.webp").status_code == 404


def test_the_desk_stays_closed_to_visitors_and_strangers(hidden, neighbour, town):
    visitor, stranger = Client(), Client()
    stranger.force_login(neighbour.manager)
    forbidden = marks(hidden["cases"])
    for case in hidden["cases"]:
        for client, path in itertools.product((visitor, stranger), ("/verwaltung/", f"/verwaltung/vorgang/{case.pk}/")):
            response = client.get(path, follow=True)
            assert not [mark for mark in forbidden if mark in response.content], path


def test_every_address_of_the_platform_is_thought_of(town, make_report):
    known = set(addresses(make_report())) | SECRET
    unknown = {name for name, path in paths().items() if name not in known and not path.startswith((DESK, *DOORS))}
    assert not unknown, "public? then it belongs into addresses(); with a secret? then into SECRET"


def test_every_address_of_the_desk_asks_a_visitor_for_the_login(client, town):
    """Taken from the platform itself, so that a new page cannot be forgotten."""
    asked = {name: path for name, path in paths().items() if path.startswith(DESK)}
    assert len(asked) > 50
    opened = {}
    for name, path in asked.items():
        for answer in (client.get(path), client.post(path)):
            to_login = answer.status_code == 302 and answer["Location"].startswith("/konto/anmelden/")
            if not to_login and answer.status_code not in {404, 405}:
                opened[name] = (path, answer.status_code, answer.get("Location", ""))
    assert not opened


def test_the_topic_of_a_confidential_concern_is_in_no_filter(town):
    Topic.objects.filter(slug="beschwerde").update(name={"de": f"{MARK} Beschwerde"})
    assert MARK.encode() not in Client().get("/karte/").content
