"""Saving over somebody's change: both versions are shown and neither is lost, in every deed and set-up page."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.policy import Role
from accounts.services import grant
from cases.change import By
from cases.models import Case, Entry, Forward, Hold, Merge, Stage
from cases.services import note
from moderation.deeds import BY_NAME, DEEDS
from outbox.models import Event
from reports.models import Photo, Report
from reports.services import change_place, release_text
from tests.conftest import jpeg
from tests.moderation.conftest import deed_url, forms_of, url
from tests.moderation.test_mail_preview import in_order


def everything(case, town, photo):
    """Words and choices for whatever form."""
    stages = {stage.slug: str(stage.pk) for stage in Stage.objects.filter(municipality=town.municipality)}
    return {
        "version": case.version,
        "text": "Meine Worte",
        "reason": "Mein Grund",
        "photo": photo.pk,
        "category": town.lamp.pk,
        "lat": "51.96",
        "lon": "8.23",
        "address": "Meine Adresse",
        "stage": stages["erledigt"],
        "unit": town.greens.pk,
        "number": "",
    }


def test_no_deed_overwrites_and_each_keeps_what_was_typed(login, town, make_report, photo_of):
    """Two clients have the same case open, one is faster, whatever the other does is refused and told."""
    slow, case = login(town.manager), make_report()
    photo = photo_of(case)
    page = slow.get(url(case))
    assert page.status_code == 200
    data = everything(case, town, photo)
    note(case=case, by=By.staff(town.clerk), text="Ich war schneller")
    before = Entry.objects.filter(case=case).count()
    for deed in DEEDS:
        answer = slow.post(
            deed_url(case, deed.name), {**data, "client_key": str(uuid.uuid4()), "photos": [jpeg("green")]}
        )
        assert answer.status_code == 409, deed.name
        text = answer.content.decode()
        assert "Ich war schneller" in text, deed.name
        assert "Clerk" in text, deed.name
        form = answer.context["form"]
        kept = {name: form[name].value() for name in ("text", "address", "reason") if name in form.fields}
        assert all(str(data[name]) == value for name, value in kept.items()), (deed.name, kept)
        assert int(form["version"].value()) == Case.objects.get(pk=case.pk).version, "sent again, it would be saved"
    assert Entry.objects.filter(case=case).count() == before
    assert not Photo.objects.filter(released=True).exists()


def test_the_verb_of_every_deed_notices_a_change_and_takes_it_once_both_were_seen(
    login, town, neighbour, make_report, photo_of, filled
):
    """What is typed is complete, so that the verb itself has to notice; sent again from the refusal, it is done."""
    case, other, slow = make_report(), make_report(point=None, address="Bahnhof"), login(town.manager)
    photo_of(case)
    praise = make_report("Danke!", category=town.praise)
    fast = User.objects.create_user("schnell@harsewinkel.example", "geheim-geheim-1", name="Schnell")
    grant(user=fast, municipality=town.municipality, role=Role.MANAGER)
    seen = set()
    for row, name, given in in_order(town, neighbour, case, other, praise):
        if name in seen:
            continue
        typed = filled(slow, row, name, opened=bool(BY_NAME[name].menu), **given)
        words = f"Vor {name}"
        note(case=row, by=By.staff(fast), text=words)
        before = everything_kept()
        refused = slow.post(deed_url(row, name), typed)
        assert (name, refused.status_code) == (name, 409)
        assert everything_kept() == before, f"{name}: nothing is saved over somebody's change"
        text, form = refused.content.decode(), refused.context["form"]
        assert words in text, name
        assert "Schnell" in text, name
        assert not form.errors, (name, form.errors)
        shown = {field: str(form[field].value() or "").replace("True", "on") for field in given}
        lost = {field: value for field, value in given.items() if shown[field] not in {value, value.replace(",", ".")}}
        assert lost == {}, name
        again = {**typed, "version": form["version"].value()}
        assert (name, slow.post(deed_url(row, name), again).status_code) == (name, 302)
        seen.add(name)
    assert seen == set(BY_NAME)


def everything_kept():
    """What a refused deed must not change."""
    rows = Case.objects.order_by("pk").values("pk", "version", "state", "unit", "topic", "duplicate_of", "forwarded_to")
    counted = [model.objects.count() for model in (Entry, Event, Hold, Forward, Merge)]
    return list(rows), counted, list(Photo.objects.order_by("pk").values("pk", "released"))


def test_both_versions_of_a_wording_stand_side_by_side(login, town, make_report, filled):
    case = make_report("Der Müller war es")
    release_text(case=case, by=By.system())
    manager, clerk = login(town.manager), login(town.clerk)
    one = filled(manager, case, "wortlaut", text="Jemand war es", reason="Name")
    two = filled(clerk, case, "wortlaut", text="Niemand war es", reason="Name")
    assert clerk.post(deed_url(case, "wortlaut"), two).status_code == 302
    answer = manager.post(deed_url(case, "wortlaut"), one)
    assert answer.status_code == 409
    assert [(both.now, both.mine) for both in answer.context["both"]] == [("Niemand war es", "Jemand war es")]
    assert "Jetzt steht dort" in answer.content.decode()
    again = {**one, "version": answer.context["form"]["version"].value()}
    assert manager.post(deed_url(case, "wortlaut"), again).status_code == 302
    assert Report.objects.get(case=case).public_text == "Jemand war es"


def test_both_versions_of_place_and_choices_in_words(login, town, make_report, filled):
    case, manager = make_report(), login(town.manager)
    place = filled(manager, case, "ort", lat="51.961", lon="8.231", address="Kirchplatz 1")
    change_place(case=case, by=By.staff(town.clerk), point=town.middle, address="Marktplatz 2")
    both = {one.label: (one.now, one.mine) for one in manager.post(deed_url(case, "ort"), place).context["both"]}
    assert both["Adresse oder Ort in Worten"] == ("Marktplatz 2", "Kirchplatz 1")
    given = filled(manager, case, "zuweisen", unit=str(town.greens.pk))
    note(case=case, by=By.staff(town.clerk), text="Dazwischen")
    both = {one.label: (one.now, one.mine) for one in manager.post(deed_url(case, "zuweisen"), given).context["both"]}
    assert both["Stelle"] == ("Bauhof", "Grünflächen")


@pytest.mark.parametrize(
    ("view", "args", "field"),
    [
        ("setup_name", [], "contact_phone"),
        ("setup_mail", [], "sender_name"),
        ("setup_unit", ["yard"], "phone"),
        ("desk_page", ["impressum"], "de"),
    ],
)
def test_pages_of_the_set_up_show_both_versions_once(view, args, field, login, town):
    address = reverse(view, args=[getattr(town, one).pk if one == "yard" else one for one in args])
    admin, colleague = login(town.admin), login(town.admin)

    def begun(client):
        values = max((values for _action, values in forms_of(client.get(address))), key=len)
        return {name: value for name, value in values.items() if name} | fixed

    fixed = {"save": "1", "scheme": ""}
    mine, theirs = begun(admin) | {field: "Meine Fassung"}, begun(colleague) | {field: "Deren Fassung"}
    assert colleague.post(address, theirs).status_code == 302
    refused = admin.post(address, mine)
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "Deren Fassung" in text
    assert refused.context["form"][field].value() == "Meine Fassung"
    again = max((values for _action, values in forms_of(refused)), key=len) | fixed
    assert admin.post(address, again).status_code == 302
    assert "Meine Fassung" in admin.get(address).content.decode()
