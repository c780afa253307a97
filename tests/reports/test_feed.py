"""The feed of new reports."""

from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"


def test_holds_what_is_released_with_its_place(client, town, release, make_report):
    make_report("GEHEIM")
    case = release()
    release("Danke", category=town.praise, point=None)
    response = client.get("/meldungen/feed/?kategorie=schlagloch")
    assert response["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.content)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 1
    assert case.number in entries[0].find(f"{ATOM}link").get("href")
    assert "Tiefes Loch" in entries[0].find(f"{ATOM}summary").text
    assert entries[0].find("{http://www.georss.org/georss}point").text.startswith("51.96")
    assert b"GEHEIM" not in response.content
    assert len(ElementTree.fromstring(client.get("/meldungen/feed/").content).findall(f"{ATOM}entry")) == 2


def test_an_empty_feed_is_a_feed(client, town):
    assert ElementTree.fromstring(client.get("/meldungen/feed/?status=quatsch").content).tag == f"{ATOM}feed"
