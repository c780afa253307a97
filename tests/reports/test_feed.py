"""The feed of new reports."""

from datetime import datetime, timedelta
from xml.etree import ElementTree

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.change import Act, By
from cases.models import Case
from cases.services import update
from tests.conftest import AT

ATOM = "{http://www.w3.org/2005/Atom}"
GEORSS = "{http://www.georss.org/georss}"


def read(response):
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def link(element, rel):
    (found,) = [one.get("href") for one in element.findall(f"{ATOM}link") if one.get("rel", "alternate") == rel]
    return found


def judge(root):
    """What RFC 4287 asks of every feed (sections 4.1.1 and 4.1.2)."""
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (one,) = element.findall(f"{ATOM}{name}")
            assert (one.text or "").strip(), name
        assert parse_datetime(element.find(f"{ATOM}updated").text).tzinfo is not None
        assert element.find(f"{ATOM}id").text.startswith("http")
        assert link(element, "alternate").startswith("http")
    assert root.find(f"{ATOM}author/{ATOM}name").text
    assert link(root, "self") == root.find(f"{ATOM}id").text
    ids = [one.text for one in root.findall(f"{ATOM}entry/{ATOM}id")]
    assert len(ids) == len(set(ids))
    times = [datetime.fromisoformat(one.text) for one in root.findall(f"{ATOM}entry/{ATOM}updated")]
    assert not times or datetime.fromisoformat(root.find(f"{ATOM}updated").text) == max(times)
    return root.findall(f"{ATOM}entry")


def test_holds_what_is_released_with_its_place(client, town, release, make_report):
    make_report("GEHEIM")
    case = release()
    release("Danke", category=town.praise, point=None)
    response = client.get("/meldungen/feed/?kategorie=schlagloch")
    root = read(response)
    (entry,) = judge(root)
    assert root.find(f"{ATOM}title").text == "Meldungen in Stadt Harsewinkel: Schlagloch"
    assert case.number in link(entry, "alternate")
    assert "Tiefes Loch" in entry.find(f"{ATOM}summary").text
    lat, lon = entry.find(f"{GEORSS}point").text.split()
    assert (float(lat), float(lon)) == (51.96, 8.23)
    assert b"GEHEIM" not in response.content
    assert len(judge(read(client.get("/meldungen/feed/")))) == 2


def test_every_filter_of_the_map_has_its_feed(client, town, release):
    release()
    for query in ("q=loch", "status=neu", "art=mangel", "zeitraum=jahr", "von=2020-01-01", "bbox=8.0,51.0,9.0,52.0"):
        root = read(client.get(f"/meldungen/feed/?{query}"))
        judge(root)
        assert link(root, "self").endswith(
            f"/meldungen/feed/?{query.replace('8.0,51.0,9.0,52.0', '8.00000,51.00000,9.00000,52.00000')}"
        )
        assert "/karte/?" in link(root, "alternate")
        assert client.get(f"/karte/?{query}").status_code == 200
    page = client.get("/karte/?kategorie=schlagloch").content.decode()
    assert page.count("/meldungen/feed/?kategorie=schlagloch") == 2, "for programs, and for people to see"


def test_what_was_said_since_is_an_update(client, town, release):
    case = release()
    Case.objects.filter(pk=case.pk).update(public_at=AT, state_since=AT)
    case.refresh_from_db()
    update(case=case, by=By.staff(town.manager), text="Wir kommen morgen.", act=Act(at=AT + timedelta(hours=5)))
    (entry,) = judge(read(client.get("/meldungen/feed/")))
    assert parse_datetime(entry.find(f"{ATOM}published").text) == AT
    assert parse_datetime(entry.find(f"{ATOM}updated").text) == AT + timedelta(hours=5)


def test_is_not_sent_again_as_long_as_nothing_changed(client, town, release):
    for query in ("", "?q=gibtesnicht"):
        release()
        first = client.get(f"/meldungen/feed/{query}")
        assert client.get(f"/meldungen/feed/{query}").content == first.content, "also an empty one is always the same"
        assert client.get(f"/meldungen/feed/{query}", headers={"if-none-match": first["ETag"]}).status_code == 304
        since = {"if-modified-since": first["Last-Modified"]}
        assert client.get(f"/meldungen/feed/{query}", headers=since).status_code == 304
    assert parse_datetime(read(first).find(f"{ATOM}updated").text) < timezone.now()


def test_no_character_breaks_the_document(client, town, release):
    release("Loch\x0b & <b>Rand\x01</b> \uffff 🕳")
    (entry,) = judge(read(client.get("/meldungen/feed/")))
    assert "Loch & <b>Rand</b>  🕳" in entry.find(f"{ATOM}summary").text
    judge(read(client.get("/meldungen/feed/?q=%01%0b%3Cscript%3E")))


def test_an_empty_feed_is_a_feed(client, town):
    assert judge(read(client.get("/meldungen/feed/?status=quatsch"))) == []
