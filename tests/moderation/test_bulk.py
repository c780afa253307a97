"""One deed for many cases: tried beforehand, done once per case, refused, taken back where it can be."""

import pytest
from django.urls import reverse

from accounts.models import User
from cases.change import By
from cases.models import Case, Entry, Stage, TextBlock
from cases.policy import Deed, State
from cases.services import assign, confirm_contact, move, note
from moderation.bulk import services as verbs
from moderation.models import Bulk, Outcome
from notifications.models import Delivery
from outbox.models import Job
from outbox.work import run_all
from reports.services import release_text
from tests.moderation.test_desk import DESK


def choose(client, cases, deed, **more):
    """Mark cases as the list shows them and go on; returns the bulk."""
    marks = [f"{case.pk}-{case.version}" for case in cases]
    answer = client.post(reverse("desk_bulk"), {"vorgang": marks, "tun": deed, "ansicht": "liste=alle", **more})
    assert answer.status_code == 302
    return Bulk.objects.latest("pk")


def fill(client, bulk, **typed):
    return client.post(reverse("desk_bulk_fill", args=[bulk.pk]), typed)


def look(client, bulk):
    page = client.get(reverse("desk_bulk_look", args=[bulk.pk]))
    assert page.status_code == 200
    return page


def start(client, bulk, cases):
    answer = client.post(reverse("desk_bulk_look", args=[bulk.pk]), {"vorgang": [case.pk for case in cases]})
    assert answer["Location"] == reverse("desk_bulk_progress", args=[bulk.pk])


def outcomes(bulk):
    return {item.case_id: item.outcome for item in bulk.items.all()}


def fresh(*cases):
    return [Case.objects.get(pk=case.pk) for case in cases]


def test_the_preview_says_what_changes_what_does_not_and_which_mails_go_out(manager, town, make_report):
    by = By.staff(town.manager)
    with_mail, silent, gone = make_report(email="e@example.org"), make_report(), make_report()
    confirm_contact(contact=with_mail.contact)
    move(case=gone, to=State.REJECTED, by=by, text="Nicht unser.")
    before = Entry.objects.count()
    bulk = choose(manager, fresh(with_mail, silent, gone), "status")
    stage = Stage.objects.get(municipality=town.municipality, slug="eingeplant")
    assert fill(manager, bulk, stage=stage.pk, text="Wir kommen im Mai.").status_code == 302
    note(case=silent, by=by, text="Schneller gewesen")
    page = look(manager, bulk)
    assert [one["case"].pk for one in page.context["good"]] == [with_mail.pk, gone.pk]
    assert [one.case.pk for one in page.context["refused"]] == [silent.pk]
    assert page.context["reporters"] == 1
    text = page.content.decode()
    (skipped,) = page.context["refused"]
    assert skipped.problem.outcome is Outcome.CHANGED
    assert skipped.problem.words in text
    assert "1 an eine meldende Person" in text
    assert Entry.objects.count() == before + 1, "looking keeps nothing but the colleague's note"
    assert not Delivery.objects.exists()


def test_it_is_done_in_the_background_through_the_verbs_and_the_page_tells(manager, town, make_report):
    cases = [make_report(f"Loch {n}", email=f"p{n}@example.org") for n in range(3)]
    for case in cases:
        confirm_contact(contact=case.contact)
    bulk = choose(manager, fresh(*cases), "nachricht")
    assert fill(manager, bulk, text="").status_code == 422
    fill(manager, bulk, text="Vielen Dank.")
    start(manager, bulk, cases[:2])
    running = manager.get(reverse("desk_bulk_progress", args=[bulk.pk])).content.decode()
    assert "0 von 2 Vorgängen" in running
    start(manager, bulk, cases)
    run_all()
    assert outcomes(bulk) == {cases[0].pk: Outcome.DONE, cases[1].pk: Outcome.DONE}, "the third was left out"
    sent = Entry.objects.filter(deed=Deed.MESSAGE.value)
    assert [(one.text, one.user) for one in sent] == [("Vielen Dank.", town.manager)] * 2
    assert Delivery.objects.filter(purpose="message", sent_at__isnull=False).count() == 2
    done = manager.get(reverse("desk_bulk_progress", args=[bulk.pk])).content.decode()
    assert "Es ist erledigt." in done
    assert "zurücknehmen" not in done, "what was sent is not taken back"


def test_done_again_a_case_stays_as_it_is(manager, town, make_report):
    case = make_report()
    bulk = choose(manager, [case], "nachricht")
    fill(manager, bulk, text="Vielen Dank.")
    start(manager, bulk, [case])
    verbs.run_items()
    item = bulk.items.get()
    assert verbs.do(item, at=item.due_at)["outcome"] == Outcome.CHANGED, "its version is another one by now"
    assert Entry.objects.filter(deed=Deed.MESSAGE.value).count() == 1


def test_changed_cases_are_skipped_and_listed(manager, town, make_report):
    one, other = make_report(), make_report()
    bulk = choose(manager, fresh(one, other), "kategorie")
    fill(manager, bulk, category=town.lamp.pk)
    start(manager, bulk, [one, other])
    note(case=other, by=By.staff(town.manager), text="Ich kümmere mich.")
    run_all()
    assert outcomes(bulk) == {one.pk: Outcome.DONE, other.pk: Outcome.CHANGED}
    assert [case.topic.category for case in fresh(one, other)] == [town.lamp, town.pothole]
    assert other.number in manager.get(reverse("desk_bulk_progress", args=[bulk.pk])).content.decode()


def test_a_category_is_taken_back_with_the_unit_where_nobody_changed_anything_since(manager, town, make_report):
    by = By.staff(town.manager)
    one, other = make_report(), make_report()
    for case in (one, other):
        assign(case=case, by=by, unit=town.greens, assignee=town.other_clerk)
    bulk = choose(manager, fresh(one, other), "kategorie")
    fill(manager, bulk, category=town.lamp.pk)
    start(manager, bulk, [one, other])
    verbs.run_items()
    note(case=other, by=by, text="Weiter")
    page = manager.get(reverse("desk_bulk_progress", args=[bulk.pk]))
    assert [item.case_id for item in page.context["undoable"]] == [one.pk]
    manager.post(reverse("desk_bulk_undo", args=[bulk.pk]))
    verbs.run_items()
    one, other = fresh(one, other)
    assert (one.topic.category, one.unit, one.assignee) == (town.pothole, town.greens, town.other_clerk)
    assert other.topic.category == town.lamp
    assert manager.get(reverse("desk_bulk_progress", args=[bulk.pk])).context["undoable"] == [], "once"


def test_an_assignment_is_taken_back_while_nothing_was_sent(manager, town, make_report):
    quiet, mailed = make_report(), make_report()
    assign(case=mailed, by=By.system(), unit=None)
    bulk = choose(manager, fresh(quiet, mailed), "zuweisen")
    fill(manager, bulk, unit=town.yard.pk, assignee=town.clerk.pk)
    start(manager, bulk, [quiet, mailed])
    run_all()
    assert {case.assignee for case in fresh(quiet, mailed)} == {town.clerk}
    assert [item.case_id for item in verbs.undoable(bulk)] == [quiet.pk], "the unit was told of the other one"
    manager.post(reverse("desk_bulk_undo", args=[bulk.pk]))
    run_all()
    assert [case.assignee for case in fresh(quiet, mailed)] == [None, town.clerk]


def test_only_the_person_changes_where_the_unit_stays(manager, town, make_report):
    one = make_report()
    bulk = choose(manager, [one], "zuweisen")
    fill(manager, bulk, unit="=", assignee=town.clerk.pk)
    start(manager, bulk, [one])
    run_all()
    (one,) = fresh(one)
    assert (one.unit, one.assignee) == (town.yard, town.clerk)


def test_texts_are_released_and_those_with_personal_data_are_not_chosen(manager, town, make_report):
    clean, private, public = make_report("Loch"), make_report("Rufen Sie 0170 1234567 an"), make_report("Weg")
    release_text(case=public, by=By.staff(town.manager))
    bulk = choose(manager, fresh(clean, private, public), "freigeben")
    page = look(manager, bulk)
    assert [bool(one["findings"]) for one in page.context["good"]] == [False, True]
    assert [one.case.pk for one in page.context["refused"]] == [public.pk]
    start(manager, bulk, [clean])
    run_all()
    clean, private, _public = fresh(clean, private, public)
    assert clean.public_at is not None
    assert private.public_at is None


def test_all_that_was_found_is_chosen_within_the_limit(manager, town, make_report, monkeypatch):
    make_report()
    lamp = make_report(category=town.lamp)
    answer = manager.post(
        reverse("desk_bulk"), {"alle": "1", "tun": "freigeben", "ansicht": "liste=alle&kategorie=laterne"}
    )
    bulk = Bulk.objects.get()
    assert answer["Location"] == reverse("desk_bulk_look", args=[bulk.pk])
    assert bulk.chosen == [[lamp.pk, lamp.version]]
    monkeypatch.setattr(verbs, "MOST", 1)
    refused = manager.post(
        reverse("desk_bulk"), {"alle": "1", "tun": "freigeben", "ansicht": "liste=alle"}, follow=True
    )
    assert "Höchstens 1 Vorgänge auf einmal" in refused.content.decode()
    assert manager.post(reverse("desk_bulk"), {"tun": "gibt-es-nicht"}).status_code == 404
    nothing = manager.post(reverse("desk_bulk"), {"tun": "status", "ansicht": "liste=alle"}, follow=True)
    assert "Bitte wählen Sie mindestens einen Vorgang." in nothing.content.decode()


def test_rights_are_asked_for_each_case_when_it_is_done(login, town, make_report, neighbour):
    foreign, own = make_report(of=neighbour), make_report()
    field = login(town.field)
    bulk = choose(field, [own, foreign], "kategorie")
    assert [pk for pk, _version in bulk.chosen] == [own.pk], "what is not seen cannot be chosen"
    fill(field, bulk, category=town.lamp.pk)
    assert "Dafür fehlt Ihnen die Berechtigung." in look(field, bulk).content.decode()
    start(field, bulk, [own])
    clerk = login(town.clerk)
    theirs = choose(clerk, [own], "kategorie")
    fill(clerk, theirs, category=town.lamp.pk)
    start(clerk, theirs, [own])
    User.objects.filter(pk=town.clerk.pk).update(is_active=False)
    run_all()
    assert outcomes(bulk) == outcomes(theirs) == {own.pk: Outcome.REFUSED}
    for page in ("progress", "look", "fill"):
        assert login(town.manager).get(reverse(f"desk_bulk_{page}", args=[bulk.pk])).status_code == 404
    assert not Job.objects.filter(failed_at__isnull=False).exists()


def test_a_text_block_is_put_in_without_scripts(manager, town, make_report):
    TextBlock.objects.create(municipality=town.municipality, title="Dank", text={"de": "Herzlichen Dank."})
    bulk = choose(manager, [make_report()], "nachricht")
    block = TextBlock.objects.get()
    page = fill(manager, bulk, block=block.pk, text="", insert="1")
    assert "Herzlichen Dank.</textarea>" in page.content.decode()
    assert Bulk.objects.get().data == {}


@pytest.mark.parametrize("deed", ["kategorie", "nachricht"])
def test_the_list_leads_there(manager, make_report, deed):
    make_report()
    page = manager.get(DESK).content.decode()
    assert f'<option value="{deed}">' in page
    assert 'name="vorgang"' in page
