"""The page of a case: what it shows to whom, the next step, every deed, and what is refused in words."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases import files
from cases.change import By
from cases.models import Entry, File, Responsibility, Stage, TextBlock
from cases.policy import Deed, State
from cases.services import assign, move, note, note_bounce
from geo.models import Address
from moderation.deeds import DEEDS
from moderation.history import _titles
from reports.models import Photo, Report
from reports.services import attach_photo, change_category, release_text
from tests.conftest import AT, jpeg


def url(case, **query):
    return reverse("desk_case", args=[case.pk], query=query)


def deed_url(case, name):
    return reverse("desk_deed", args=[case.pk, name])


@pytest.fixture
def manager(login, town):
    return login(town.manager)


@pytest.fixture
def photo_of():
    def make(case, colour="blue"):
        file, _position = files.store(upload=jpeg(colour), at=AT, case=case)
        files.make_variants(file=file, at=AT)
        attach_photo(case=case, file=file, by=By.citizen())
        return Photo.objects.get(file=file)

    return make


def said(response):
    """Messages on the page a form led to."""
    return [str(message) for message in response.context["notices"]]


# Seeing ---------------------------------------------------------------------------------------------------------------
def test_a_page_shows_both_sides(manager, make_report, photo_of):
    case = make_report("Tiefes Loch", email="erika@example.org")
    photo = photo_of(case)
    note(case=case, by=By.citizen(), text="Nur für uns")
    text = manager.get(url(case)).content.decode()
    assert "Tiefes Loch" in text
    assert "erika@example.org" in text
    assert "unbestätigt" in text
    assert "Nur für uns" in text
    assert reverse("internal_picture", args=[photo.file.key, "medium", "webp"]) in text


def test_contact_data_needs_the_right(login, town, make_report):
    case = make_report(email="erika@example.org")
    for user in (town.field, town.editor):
        text = login(user).get(url(case)).content.decode()
        assert "erika@example.org" not in text
        assert "Kontaktdaten sehen nur" in text
    assert "erika@example.org" in login(town.clerk).get(url(case)).content.decode()


def test_a_bounced_mail_is_shown(manager, make_report):
    case = make_report(email="erika@example.org")
    note_bounce(case=case, address_of="reporter", reason="550 unknown", at=timezone.now())
    assert manager.get(url(case)).content.decode().count("Mail kam nicht an") >= 2


def test_personal_data_in_the_text_is_noticed_before_the_release(manager, make_report):
    text = manager.get(url(make_report("Rufen Sie an: 05247 123456"))).content.decode()
    assert "Personenbezogene Daten im Text?" in text
    assert "05247 123456" in text


def test_the_usual_next_step_is_the_one_primary_button(manager, town, make_report):
    case, by = make_report(), By.staff(town.manager)

    def primary():
        text = manager.get(url(case)).content.decode()
        assert text.count("kern-btn--primary") == 1
        return text.partition("kern-btn--primary")[2].partition('kern-label">')[2].partition("<")[0]

    assert primary() == "Freigeben"
    release_text(case=case, by=by)
    assert primary() == "In Bearbeitung nehmen"
    move(case=case, to=State.OPEN, by=by)
    assert primary() == "Erledigt melden"
    move(case=case, to=State.WAITING, by=by)
    assert primary() == "Weiter bearbeiten"


def test_the_next_case_follows_the_list_of_the_address(manager, make_report):
    first = make_report(at=AT)
    second = make_report(at=AT + timedelta(hours=1))
    page = manager.get(url(first, liste="alle"))
    assert page.context["next_url"] == url(second, liste="alle")
    page = manager.get(url(second, liste="alle"))
    assert page.context["next_url"] == url(first, liste="alle")


@pytest.mark.parametrize("deed", ["", *[deed.name for deed in DEEDS if deed.menu]])
def test_twenty_five_queries_for_an_open_case(
    deed, manager, town, make_report, photo_of, django_assert_max_num_queries
):
    for _number in range(5):
        make_report(email="a@example.org")
    case, by = make_report(email="erika@example.org"), By.staff(town.manager)
    for colour in ("red", "blue", "green"):
        photo_of(case, colour)
    for number in range(12):
        note(case=case, by=by, text=f"Notiz {number}")
    act_on_category(case, town, by)
    with django_assert_max_num_queries(25):
        assert manager.get(url(case, tun=deed)).status_code == 200


def act_on_category(case, town, by):
    change_category(case=case, category=town.lamp, by=by)
    assign(case=case, by=by, unit=town.greens, assignee=town.other_clerk)


# Deeds ----------------------------------------------------------------------------------------------------------------
def test_release_in_the_words_of_the_citizen(manager, make_report, act_on):
    case = make_report("Tiefes Loch\r\nvor dem Haus")
    response = act_on(manager, case, "freigeben")
    assert response.status_code == 302
    assert said(manager.get(response["Location"])) == ["Freigegeben."]
    report = Report.objects.get(case=case)
    assert report.text_released
    assert report.public_text == report.text
    case.refresh_from_db()
    assert case.public_at is not None


def test_release_in_an_own_wording_with_a_chosen_photo(manager, make_report, photo_of, act_on):
    case = make_report("Der Müller hat hier ein Loch gegraben")
    chosen, other = photo_of(case, "red"), photo_of(case, "blue")
    act_on(manager, case, "freigeben", text="Hier ist ein Loch", photos=[str(chosen.pk)])
    report = Report.objects.get(case=case)
    assert (report.public_text, report.text) == ("Hier ist ein Loch", "Der Müller hat hier ein Loch gegraben")
    chosen.refresh_from_db()
    other.refresh_from_db()
    assert (chosen.released, other.released) == (True, False)


def test_each_photo_is_released_and_taken_back_alone(manager, make_report, photo_of, filled):
    case = make_report()
    photo = photo_of(case)
    manager.post(deed_url(case, "foto-freigeben"), filled(manager, case, "foto-freigeben"))
    photo.refresh_from_db()
    assert photo.released
    manager.post(deed_url(case, "foto-zurueckziehen"), filled(manager, case, "foto-zurueckziehen"))
    photo.refresh_from_db()
    assert not photo.released


def test_the_text_is_taken_back(manager, town, make_report, act_on):
    case = make_report()
    release_text(case=case, by=By.staff(town.manager))
    act_on(manager, case, "text-zurueckziehen")
    assert not Report.objects.get(case=case).text_released


def test_taking_into_work_is_one_press(manager, town, make_report, act_on):
    case = make_report()
    release_text(case=case, by=By.staff(town.manager))
    act_on(manager, case, "status", opened=False)
    case.refresh_from_db()
    assert case.stage.slug == "in-arbeit"


def test_a_stage_with_words_date_and_photo(manager, town, make_report, act_on):
    case = make_report()
    planned = Stage.objects.get(municipality=town.municipality, slug="eingeplant")
    act_on(
        manager,
        case,
        "status",
        stage=str(planned.pk),
        text="Nächste Woche",
        expected_on="2031-05-04",
        photos=[jpeg("green")],
    )
    case.refresh_from_db()
    assert case.stage == planned
    assert str(case.expected_on) == "2031-05-04"
    photo = Photo.objects.get(report__case=case)
    assert photo.by_staff
    assert photo.file.entry is not None
    assert photo.file.entry.text == "Nächste Woche"


def test_only_allowed_stages_are_offered(manager, town, make_report):
    case = make_report()
    move(case=case, to=State.DONE, by=By.staff(town.manager))
    form = manager.get(url(case, tun="status")).context["form"]
    offered = [label for _state, rows in form.fields["stage"].choices for _value, label in rows]
    assert sorted(offered) == ["eingeplant", "erledigt", "in Bearbeitung"]


def test_settled_with_photo(manager, town, make_report, act_on):
    case = make_report()
    move(case=case, to=State.OPEN, by=By.staff(town.manager))
    act_on(manager, case, "erledigt", text="Gefüllt", photos=[jpeg("green"), jpeg("yellow")])
    case.refresh_from_db()
    assert State(case.state) is State.DONE
    assert Photo.objects.filter(report__case=case, by_staff=True).count() == 2


def test_update_message_question_and_note(manager, make_report, act_on):
    case = make_report(email="erika@example.org")
    act_on(manager, case, "mitteilung", text="Wir kommen", photos=[jpeg("green")])
    act_on(manager, case, "nachricht", text="Danke")
    act_on(manager, case, "notiz", text="Chef fragen")
    act_on(manager, case, "rueckfrage", text="Wo genau?")
    found = {entry.deed: entry.text for entry in case.entries.all()}
    assert found[Deed.UPDATE.value] == "Wir kommen"
    assert found[Deed.MESSAGE.value] == "Danke"
    assert found[Deed.NOTE.value] == "Chef fragen"
    assert found[Deed.QUESTION.value] == "Wo genau?"
    case.refresh_from_db()
    assert State(case.state) is State.WAITING


def test_assigning_to_a_unit_and_a_person(manager, town, make_report, act_on):
    case = make_report()
    act_on(manager, case, "zuweisen", unit=str(town.greens.pk), assignee=str(town.other_clerk.pk))
    case.refresh_from_db()
    assert (case.unit, case.assignee) == (town.greens, town.other_clerk)


def test_another_category_reroutes_and_leaves_the_desk_of_the_clerk(login, town, make_report, act_on):
    Responsibility.objects.create(municipality=town.municipality, topic=town.lamp.topic, unit=town.greens)
    case, clerk = make_report(), login(town.clerk)
    response = act_on(clerk, case, "kategorie", category=str(town.lamp.pk))
    assert response["Location"].startswith(reverse("desk") + "?")
    assert "Der Vorgang liegt jetzt bei einer anderen Stelle." in said(clerk.get(response["Location"]))
    case.refresh_from_db()
    assert (case.topic, case.unit) == (town.lamp.topic, town.greens)


def test_the_place_takes_comma_and_point(manager, make_report, act_on):
    case = make_report(point=None, address="Hinter der Kirche")
    act_on(manager, case, "ort", lat="51,961", lon="8.231", address="Kirchplatz 1")
    case.refresh_from_db()
    assert (round(case.point.y, 3), round(case.point.x, 3)) == (51.961, 8.231)
    assert Report.objects.get(case=case).address == "Kirchplatz 1"


def test_an_address_is_looked_up_without_scripts(manager, town, make_report, filled):
    Address.objects.create(
        municipality=town.municipality, kind="poi", label="Rathaus", folded="rathaus", point=town.middle
    )
    case = make_report()
    page = manager.post(deed_url(case, "ort"), filled(manager, case, "ort", address="Rathaus", find="1"))
    assert page.status_code == 200
    assert [hit.label for hit in page.context["hits"]] == ["Rathaus"]
    page = manager.post(deed_url(case, "ort"), filled(manager, case, "ort", hit="8.230000|51.960000|Rathaus"))
    assert page.context["form"]["lat"].value() == "51.960000"
    assert page.context["form"]["address"].value() == "Rathaus"
    assert case.entries.count() == 1, "nothing was saved yet"


def test_a_text_block_is_put_in_without_scripts(manager, town, make_report, filled):
    block = TextBlock.objects.create(
        municipality=town.municipality, slug="danke", title="Danke", text={"de": "Vielen Dank.", "en": "Thanks."}
    )
    case = make_report()
    data = filled(manager, case, "nachricht", text="Guten Tag,", block=str(block.pk), insert="1")
    page = manager.post(deed_url(case, "nachricht"), data)
    assert page.context["form"]["text"].value() == "Guten Tag,\n\nVielen Dank."
    assert case.entries.count() == 1


# Refusals -------------------------------------------------------------------------------------------------------------
def test_a_conflict_shows_both_versions_and_loses_neither(manager, town, make_report, filled):
    case = make_report()
    data = filled(manager, case, "freigeben", text="Meine Fassung")
    note(case=case, by=By.staff(town.clerk), text="Ich war schneller")
    response = manager.post(deed_url(case, "freigeben"), data)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Inzwischen hat jemand anderes diesen Vorgang geändert" in text
    assert "Ich war schneller" in text
    assert "Clerk" in text
    form = response.context["form"]
    assert form["text"].value() == "Meine Fassung"
    assert not Report.objects.get(case=case).text_released
    case.refresh_from_db()
    again = manager.post(deed_url(case, "freigeben"), {**data, "version": form["version"].value()})
    assert again.status_code == 302
    assert Report.objects.get(case=case).public_text == "Meine Fassung"


def test_a_choice_that_is_gone_meanwhile_is_a_conflict_too(manager, town, make_report, filled):
    case = make_report()
    received = Stage.objects.get(municipality=town.municipality, slug="eingegangen")
    data = filled(manager, case, "status", stage=str(received.pk), text="Mein Text")
    move(case=case, to=State.OPEN, by=By.staff(town.clerk))
    response = manager.post(deed_url(case, "status"), data)
    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "Mein Text"


@pytest.mark.parametrize("deed", [deed.name for deed in DEEDS])
def test_no_form_overwrites_silently(deed, manager, town, make_report, photo_of, filled):
    case = make_report()
    photo_of(case)
    data = filled(manager, case, "notiz", text="Text")
    data |= {"photo": Photo.objects.get().pk, "category": town.lamp.pk, "lat": "51.96", "lon": "8.23", "address": "X"}
    data["stage"] = Stage.objects.get(municipality=town.municipality, slug="erledigt").pk
    note(case=case, by=By.staff(town.clerk), text="Dazwischen")
    before = Entry.objects.filter(case=case).count()
    assert manager.post(deed_url(case, deed), data).status_code == 409
    assert Entry.objects.filter(case=case).count() == before


def test_sent_twice_counts_once(manager, make_report, photo_of, filled):
    case = make_report()
    photo = photo_of(case)
    data = filled(manager, case, "freigeben", photos=[str(photo.pk)])
    assert manager.post(deed_url(case, "freigeben"), data).status_code == 302
    entries = case.entries.count()
    assert manager.post(deed_url(case, "freigeben"), data).status_code == 302
    data = filled(manager, case, "erledigt", text="Fertig")
    for _time in range(2):
        assert manager.post(deed_url(case, "erledigt"), {**data, "photos": [jpeg("green")]}).status_code == 302
    assert case.entries.count() == entries + 1
    assert Photo.objects.filter(report__case=case, by_staff=True).count() == 1


def test_the_back_button_with_other_words_is_told(manager, make_report, filled):
    case = make_report()
    data = filled(manager, case, "notiz", text="Eins")
    manager.post(deed_url(case, "notiz"), data)
    response = manager.post(deed_url(case, "notiz"), {**data, "text": "Zwei"})
    assert response.status_code == 409
    assert "schon mit anderem Inhalt gesendet" in response.content.decode()
    form = response.context["form"]
    assert form["text"].value() == "Zwei"
    assert form["client_key"].value() != data["client_key"]


def test_a_missing_reason_is_told_at_its_field(manager, town, make_report, act_on):
    case = make_report()
    refused = Stage.objects.get(municipality=town.municipality, slug="nicht-zustaendig")
    response = act_on(manager, case, "status", stage=str(refused.pk), expected_on="2031-05-04")
    assert response.status_code == 422
    form = response.context["form"]
    assert "text" in form.errors
    assert form["expected_on"].value() == "2031-05-04"
    assert 'role="alert"' in response.content.decode()


def test_photos_survive_a_refusal(manager, make_report, filled):
    case = make_report()
    data = filled(manager, case, "mitteilung", text="", photos=[jpeg("green")])
    response = manager.post(deed_url(case, "mitteilung"), data)
    assert response.status_code == 422
    assert "1 Foto ist schon hochgeladen" in response.content.decode()
    kept = response.context["form"]["kept"].value()
    manager.post(deed_url(case, "mitteilung"), {**data, "text": "Da", "photos": [], "kept": kept})
    entry = Photo.objects.get(report__case=case, by_staff=True).file.entry
    assert entry is not None
    assert entry.text == "Da"


def test_a_hostile_photo_is_told_and_the_text_stays(manager, make_report, filled):
    case = make_report()
    bad = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    response = manager.post(
        deed_url(case, "mitteilung"), filled(manager, case, "mitteilung", text="Bleibt", photos=[bad])
    )
    assert response.status_code == 422
    assert "photos" in response.context["form"].errors
    assert response.context["form"]["text"].value() == "Bleibt"


def test_a_place_outside_is_told(manager, make_report, act_on):
    response = act_on(manager, make_report(), "ort", lat="48.1", lon="11.5", address="München")
    assert response.status_code == 422
    assert "lat" in response.context["form"].errors


def test_files_of_another_case_cannot_be_slipped_in(manager, make_report, filled):
    case, other = make_report(), make_report()
    file, _position = files.store(upload=jpeg("red"), at=AT, case=other)
    manager.post(deed_url(case, "mitteilung"), filled(manager, case, "mitteilung", text="Da", kept=str(file.pk)))
    assert File.objects.get(pk=file.pk).case == other


def test_complaints_offer_no_release_and_refuse_it_in_words(manager, town, make_report, filled):
    case = make_report("Ärger", category=town.complaint, point=None)
    page = manager.get(url(case))
    names = [entry["name"] for entry in page.context["menu"]]
    assert "freigeben" not in names
    assert "mitteilung" not in names
    response = manager.post(deed_url(case, "freigeben"), filled(manager, case, "notiz", text="Raus damit"))
    assert response.status_code == 409
    assert "darf nichts öffentlich werden" in response.content.decode()


@pytest.mark.parametrize("bad", [{"version": ""}, {"client_key": "x"}, {"photo": "99999999"}, {"photo": ""}])
def test_broken_forms_are_refused_without_a_crash(bad, manager, make_report, photo_of, filled):
    case = make_report()
    photo_of(case)
    data = {**filled(manager, case, "foto-freigeben"), **bad}
    assert manager.post(deed_url(case, "foto-freigeben"), data).status_code in {409, 422}
    assert not Photo.objects.filter(released=True).exists()


def test_a_reload_of_a_refused_form_leads_back(manager, make_report):
    case = make_report()
    response = manager.get(deed_url(case, "notiz"))
    assert response["Location"].startswith(url(case))
    assert manager.get(deed_url(case, "quatsch")).status_code == 404


# Rights ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "missing"),
    [
        ("field", {"freigeben", "kategorie", "ort", "zuweisen"}),
        ("editor", {"status", "erledigt", "mitteilung", "nachricht", "rueckfrage", "zuweisen"}),
        ("clerk", set()),
    ],
)
def test_what_somebody_may_not_is_neither_offered_nor_done(who, missing, login, town, make_report):
    case, client = make_report(), login(getattr(town, who))
    page = client.get(url(case))
    offered = {entry["name"] for entry in page.context["menu"]}
    assert {deed.name for deed in DEEDS if deed.menu} - offered == missing
    data = {"version": case.version, "client_key": str(uuid.uuid4()), "text": "Hallo"}
    for name in missing:
        response = client.post(deed_url(case, name), data)
        assert response.status_code == 403
        assert "Dafür fehlt Ihnen die Berechtigung." in response.content.decode()
    assert case.entries.count() == 1


def test_history_tells_who_did_what_and_who_reads_it(manager, town, make_report, act_on):
    case = make_report()
    act_on(manager, case, "kategorie", category=str(town.lamp.pk))
    act_on(manager, case, "zuweisen", unit=str(town.greens.pk), assignee="")
    told = manager.get(url(case)).context["view"].told
    assert [one.title for one in told] == [
        "Zugewiesen: Grünflächen",
        "Kategorie: Schlagloch → Laterne aus",
        "Eingegangen",
    ]
    assert told[0].who == "Manager · intern"


def test_every_deed_has_words_in_the_history():
    special = {Deed.MOVED, Deed.CATEGORY_CHANGED, Deed.ASSIGNED, Deed.FEEDBACK, Deed.BOUNCED}
    assert set(_titles()) | special == set(Deed)
