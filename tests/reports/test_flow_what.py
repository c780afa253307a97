"""Step 2: photos, category, words, danger and questions."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from cases.files import make_variants
from cases.models import File
from forms.services import put_form
from tests.conftest import jpeg, make_category
from tests.reports.flow_story import Story, photo_taken_at, step_of


@pytest.fixture
def story(client, town):
    """Somebody whose place is known."""
    story = Story(client)
    story.start()
    story.place()
    return story


def test_all_missing_things_are_told_at_once_with_links(story):
    page = story.what(category="", text="")
    text = page.content.decode()
    assert "<title>Fehler:" in text
    assert 'href="#id_category"' in text
    assert 'id="id_category"' in text
    assert 'href="#text"' in text
    assert 'id="text"' in text


def test_words_and_category_of_a_refused_form_stay(story):
    story.what(category="schlagloch", text="")
    text = story.get("was").content.decode()
    assert 'value="schlagloch" checked' in text
    page = story.what(category="", text="Ein Löchlein")
    assert "Ein Löchlein" in page.content.decode()


def test_praise_is_not_asked_as_a_defect_is(story):
    assert "Was ist Ihnen aufgefallen?" in story.get("was").content.decode()
    text = story.what(category="lob", text="").content.decode()
    assert '<label class="kern-label" for="text">Was hat Ihnen gefallen?' in text


def test_a_photo_survives_a_form_error(story):
    page = story.what(text="", photos=jpeg())
    assert step_of(page) == "was"
    assert story.draft.files.count() == 1
    page = story.what()
    assert step_of(page) == "kontakt"
    assert story.draft.files.count() == 1


def test_several_photos_at_once_and_the_sixth_is_too_many(story):
    page = story.what(photos=[jpeg(colour) for colour in ("red", "green", "blue", "white", "black", "gray")])
    assert story.draft.files.count() == 5
    text = page.content.decode()
    assert step_of(page) == "was"
    assert 'href="#photos"' in text


def test_the_same_photo_again_is_one(story):
    story.what(text="", photos=jpeg())
    story.what(text="", photos=jpeg())
    assert story.draft.files.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bild.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("foto.jpg", b"\xff\xd8\xff\xe0" + b"0" * 40),
        ("leer.jpg", b""),
        ("schlimm<b>.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
    ],
)
def test_a_hostile_file_gets_a_clear_error_and_all_stays(story, name, content):
    page = story.what(photos=SimpleUploadedFile(name, content, "image/jpeg"))
    text = page.content.decode()
    assert page.status_code == 200
    assert step_of(page) == "was"
    assert 'href="#photos"' in text
    assert "Tiefes Loch" in text
    assert "<b>" not in text.split("<main")[1].split("</main")[0]
    assert not File.objects.exists()


def test_a_cut_off_photo_is_refused_and_the_good_one_kept(story):
    whole = jpeg("navy", (1200, 900)).read()
    bad = SimpleUploadedFile("halb.jpg", whole[:200], "image/jpeg")
    page = story.what(photos=[bad, jpeg()])
    assert step_of(page) == "was"
    assert "halb.jpg" in page.content.decode()
    assert story.draft.files.count() == 1


def test_a_photo_can_be_removed_without_losing_words(story):
    story.what(text="", photos=jpeg())
    key = story.draft.files.get().key
    story.what(category="", text="Halb getippt", remove=key)
    assert not story.draft.files.exists()
    assert "Halb getippt" in story.get("was").content.decode()


def test_a_photo_is_shown_at_once_and_in_all_sizes_later(story, client):
    story.what(text="", photos=photo_taken_at())
    file = story.draft.files.get()
    address = f"/datei/{file.key}/small"
    text = story.get("was").content.decode()
    assert (f"{address}.jpg" in text, f"{address}.webp" in text) == (True, False)
    early = b"".join(client.get(f"{address}.jpg").streaming_content)
    assert not Image.open(BytesIO(early)).getexif(), "nothing but pixels"
    assert client.get(f"/datei/{file.key}/large.jpg").status_code == 404
    make_variants(file=file, at=timezone.now())
    assert f"{address}.webp" in story.get("was").content.decode()
    assert client.get(f"{address}.webp").status_code == client.get(f"/datei/{file.key}/large.jpg").status_code == 200


def test_a_photo_from_elsewhere_proposes_its_place_once(story):
    page = story.what(photos=photo_taken_at())
    assert step_of(page) == "was"
    assert 'name="take_place"' in page.content.decode()
    before = story.typed.point
    assert step_of(story.what(place_shown="1")) == "kontakt"
    assert story.typed.point == before
    assert story.typed.photo_place is None


def test_the_place_of_a_photo_can_be_taken(story):
    story.what(photos=photo_taken_at())
    before = story.typed.point
    story.what(take_place="1")
    assert story.typed.point not in (before, None)


def test_personal_data_is_noticed_once_and_never_blocks(story):
    words = "Der Wagen GT-AB 123 steht da, rufen Sie 05247 123456 an"
    page = story.what(text=words)
    text = page.content.decode()
    assert step_of(page) == "was"
    assert "GT-AB 123" in text
    assert "05247 123456" in text
    assert step_of(story.what(text=words)) == "kontakt"


def test_other_personal_data_is_noticed_again(story):
    story.what(text="GT-AB 123 steht da")
    page = story.what(text="GT-AB 123 steht da, mail an a@example.org")
    assert step_of(page) == "was"
    assert "a@example.org" in page.content.decode()


def test_what_is_never_public_needs_no_warning(story):
    assert step_of(story.what(category="beschwerde", text="Herr X, 05247 123456, war unfreundlich")) == "kontakt"


def test_a_long_text_is_counted_in_characters_not_bytes(story):
    assert step_of(story.what(text="ä" * 1999 + "\r\n" + "b")) == "was"
    assert step_of(story.what(text="🕳" * 1000 + "\r\n" + "ä" * 999)) == "kontakt"


def test_a_category_that_is_not_ours_says_whose(story, town):
    make_category(town.municipality, "privat", "Privatgrund", redirect_text={"de": "Bitte fragen Sie den Eigentümer."})
    page = story.what(category="privat")
    assert step_of(page) == "was"
    assert page.content.decode().count("Bitte fragen Sie den Eigentümer.") >= 2


def test_a_placeless_start_needs_a_place_for_a_defect(client, town):
    story = Story(client)
    story.start()
    story.post("ort", placeless="1")
    assert step_of(story.what(category="lob", text="Danke!")) == "kontakt"
    story.what(category="schlagloch")
    assert story.typed.category == "lob"


def test_danger_shows_the_on_call_number_before_it_goes_on(story, town):
    town.municipality.phone_on_call = "05247 935-110"
    town.municipality.save()
    make_category(town.municipality, "ampel", "Ampel aus", danger=True, danger_text={"de": "Bitte halten Sie Abstand."})
    page = story.what(category="ampel")
    text = page.content.decode()
    assert step_of(page) == "genauer"
    assert "tel:05247935-110" in text
    assert "Bitte halten Sie Abstand." in text
    assert step_of(story.post("genauer")) == "kontakt"


@pytest.fixture
def asking(town):
    """A category with a question that depends on another."""
    version = put_form(
        municipality=town.municipality,
        slug="laterne",
        title={"de": "Laterne"},
        definition={
            "steps": [
                {
                    "slug": "fragen",
                    "title": {"de": "Fragen"},
                    "fields": [
                        {
                            "slug": "mast",
                            "type": "yesno",
                            "label": {"de": "Hat der Mast eine Nummer?"},
                            "required": True,
                        },
                        {
                            "slug": "nummer",
                            "type": "text",
                            "label": {"de": "Welche Nummer?"},
                            "required": True,
                            "when": {"field": "mast", "is": True},
                        },
                    ],
                }
            ]
        },
    )
    town.lamp.form = version.form
    town.lamp.save()
    return town.lamp


def test_questions_follow_on_their_own_page_and_conditions_hold(story, asking):
    page = story.what(category="laterne", text="Laterne aus")
    assert step_of(page) == "genauer"
    page = story.post("genauer", **{"q-mast": "yes"})
    text = page.content.decode()
    assert step_of(page) == "genauer"
    assert "<title>Fehler:" in text
    assert 'href="#id_q-nummer"' in text
    page = story.post("genauer", **{"q-mast": "yes", "q-nummer": "4711"})
    assert step_of(page) == "kontakt"
    assert story.typed.answers == {"mast": True, "nummer": "4711"}
    page = story.contact()
    assert "4711" in page.content.decode()


def test_what_a_condition_hides_is_not_asked(story, asking):
    story.what(category="laterne", text="Laterne aus")
    assert step_of(story.post("genauer", **{"q-mast": "no", "q-nummer": "egal"})) == "kontakt"
    assert story.typed.answers == {"mast": False}


def test_questions_cannot_be_jumped_over(story, asking):
    story.what(category="laterne", text="Laterne aus")
    assert step_of(story.get("pruefen")) == "genauer"
    assert step_of(story.get("kontakt")) == "genauer"


def test_another_category_drops_the_answers(story, asking):
    story.what(category="laterne", text="Laterne aus")
    story.post("genauer", **{"q-mast": "no"})
    story.what(category="schlagloch")
    assert story.typed.answers == {}


def test_a_script_uploads_and_removes_one_photo(story, client):
    answer = client.post(f"/melden/{story.secret}/fotos/", {"photo": jpeg()})
    assert answer.status_code == 200
    key = answer.json()["key"]
    assert [photo["key"] for photo in answer.json()["photos"]] == [key]
    answer = client.post(f"/melden/{story.secret}/fotos/", {"remove": key})
    assert answer.json()["photos"] == []


def test_the_place_a_script_read_from_a_photo_is_proposed(story, client):
    there = {"photo": jpeg(), "lon": "8.24", "lat": "51.97"}
    answer = client.post(f"/melden/{story.secret}/fotos/", there).json()
    assert answer["place"]["lon"] == 8.24
    story.what(take_place="1")
    assert story.typed.point == (8.24, 51.97)


def test_a_photo_from_outside_proposes_nothing(story, client):
    there = {"photo": jpeg(), "lon": "11.5", "lat": "48.1"}
    assert client.post(f"/melden/{story.secret}/fotos/", there).json()["place"] is None


def test_a_hostile_upload_of_a_script_is_told_in_words(story, client):
    answer = client.post(f"/melden/{story.secret}/fotos/", {"photo": SimpleUploadedFile("x.jpg", b"<svg/>")})
    assert answer.status_code == 422
    assert answer.json()["errors"]["photos"]


def test_uploads_are_braked(story, client, monkeypatch):
    monkeypatch.setattr("reports.throttle.PHOTOS_PER_ADDRESS", 0)
    assert client.post(f"/melden/{story.secret}/fotos/", {"photo": jpeg()}).status_code == 429


def test_nobody_uploads_to_a_strangers_draft(story):
    assert Client().post(f"/melden/{story.secret}/fotos/", {"photo": jpeg()}).status_code == 410
