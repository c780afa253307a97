"""Every deed of the desk: what it does when all goes well."""

from django.urls import reverse

from cases.change import By
from cases.kinds import kind_of
from cases.models import Responsibility, Stage, TextBlock
from cases.policy import Deed, State
from cases.services import confirm_contact, move
from geo.models import Address
from notifications.models import Delivery
from outbox import run_all
from reports.models import Photo, Report
from reports.services import release_text
from tests.conftest import jpeg
from tests.moderation.conftest import deed_url


def said(response):
    """Messages on the page a form led to."""
    return [str(message) for message in response.context["notices"]]


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
    refused = act_on(manager, case, "freigeben", text="Hier ist ein Loch", photos=[str(chosen.pk)])
    assert refused.status_code == 422
    assert "reason" in refused.context["form"].errors
    act_on(
        manager,
        case,
        "freigeben",
        text="Hier ist ein Loch",
        photos=[str(chosen.pk)],
        reason="Der Text nannte jemanden.",
    )
    report = Report.objects.get(case=case)
    assert (report.public_text, report.text) == ("Hier ist ein Loch", "Der Müller hat hier ein Loch gegraben")
    chosen.refresh_from_db()
    other.refresh_from_db()
    assert (chosen.released, other.released) == (True, False)


def test_a_changed_wording_is_told_to_the_reporter_with_its_reason(manager, client, make_report, act_on):
    case = make_report("Der Müller hat hier ein Loch gegraben", email="erika@example.org")
    confirm_contact(contact=case.contact)
    act_on(manager, case, "freigeben", text="Hier ist ein Loch", reason="Der Text nannte eine Person.")
    run_all()
    mail = Delivery.objects.get(purpose="reworded")
    assert mail.address == "erika@example.org"
    assert mail.subject == f"Der Text Ihrer Meldung {case.number} wurde geändert"
    assert "Grund: Der Text nannte eine Person." in mail.text
    assert "Hier ist ein Loch" in mail.text
    assert "Müller" not in mail.text
    own = client.get(kind_of(case).own_path(case)).content.decode()
    assert "Ihr Text wurde für die Öffentlichkeit geändert" in own
    assert "Grund: Der Text nannte eine Person." in own
    assert "Der Müller hat hier ein Loch gegraben" in own, "what they wrote stays"
    act_on(manager, case, "wortlaut", text="Der Müller hat hier ein Loch gegraben")
    run_all()
    assert Delivery.objects.filter(purpose="reworded").count() == 1, "their own words again need no reason"


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
