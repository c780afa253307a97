"""What the panel shows of mails is what goes out, for every deed that mails."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Unit
from cases import following
from cases.change import Act, By
from cases.models import Case, Entry, Follow, Forward, Merge, Stage
from cases.policy import Deed, State
from cases.services import confirm_contact, note
from cases.watching import watch
from moderation.case.mails import whom
from moderation.deeds import BY_NAME
from notifications.models import Delivery
from notifications.policy import Role
from notifications.previewing import without_number
from outbox import run_all
from outbox.models import Event
from reports.services import release_text, withdraw_text
from tests.conftest import AT
from tests.moderation.conftest import deed_url, forms_of
from tests.moderation.test_case_refused import typed


@pytest.fixture
def case(make_report):
    """A report in English whose reporter has confirmed the address, with one follower."""
    case = make_report(email="erika@example.org", language="en")
    confirm_contact(contact=case.contact, act=Act(at=AT))
    release_text(case=case, by=By.system(), act=Act(at=AT))
    following.ask(case=case, email="paul@example.org", support=False, follow=True, language="de", at=AT)
    following.confirm(token=Follow.objects.get(case=case).token, at=AT)
    withdraw_text(case=case, by=By.system(), act=Act(at=AT))
    run_all()
    return case


def words(text):
    """Without addresses, which hold keys."""
    return re.sub(r"https?://\S+", "…", text).strip()


def kept():
    """What a preview must not add to."""
    return [model.objects.count() for model in (Entry, Event, Case, Forward, Merge, Delivery)]


def sent_since(known, newest=None):
    """Recipients in the words of the desk, language, subject and text of every mail that went out since; without the
    numbers of cases after `newest`, which no preview can know."""
    assert all(result.failed == 0 for result in run_all().values())
    mails = Delivery.objects.exclude(pk__in=known).order_by("pk")
    assert all(mail.sent_at for mail in mails)
    groups = {}
    for mail in mails:
        named, pk = mail.role in {Role.UNIT, Role.OUTSIDE}, mail.recipient.partition(":")[2]
        rows = Unit.objects if mail.role == Role.UNIT else Forward.objects
        name = rows.get(pk=pk).name if named and pk else ""
        said: tuple[str, ...] = (mail.subject, words(mail.text))
        if newest is not None and mail.case is not None and mail.case_id > newest:
            said = tuple(one.replace(mail.case.number, without_number(mail.case.number)) for one in said)
        key = (Role(mail.role), name, mail.case_id, mail.language, *said)
        groups[key] = groups.get(key, 0) + 1
    return sorted(
        (whom(role, count, name), language, subject, text)
        for (role, name, _case, language, subject, text), count in groups.items()
    )


def promised(shown):
    """The same, as the preview says it."""
    assert not shown.problem, shown.problem
    return sorted((one.whom, one.language, one.subject, words(one.text)) for one in shown.mails)


def in_order(town, neighbour, case, other, praise):
    """(case, deed, what is typed), so that every deed comes at a time when it is open; some more than once."""
    done = typed(town)
    known = {*done, "uebergeben", "weitergeben"}
    assert known == set(BY_NAME), "a new deed belongs into `typed`, so that its mails are compared"
    done["zusammenfuehren"] = {"number": other.number, "text": "Danke, das wussten wir schon."}
    done["aufteilen"] |= {"unit_1": str(town.greens.pk), "category_2": str(town.lamp.pk), "text_2": "Licht prüfen"}
    for name, data in done.items():
        yield case, name, data
        if name == "text-zurueckziehen":
            yield case, "freigeben", done["freigeben"]
    for stage in Stage.objects.filter(municipality=town.municipality).order_by("position"):
        if stage.state in {State.OPEN.value, State.REJECTED.value}:
            yield case, "status", {"stage": str(stage.pk), "text": "So steht es.", "despite_parts": "on"}
    working = Stage.objects.get(municipality=town.municipality, slug="in-arbeit")
    yield case, "status", {"stage": str(working.pk), "text": "Doch."}
    yield case, "zuweisen", {"unit": str(town.greens.pk), "assignee": ""}
    yield case, "zuweisen", {"unit": "", "assignee": str(town.clerk.pk)}
    yield praise, "weitergeben", {"unit": str(town.greens.pk), "assignee": "", "text": "Danke für Ihr Lob!"}
    # A case with open parts stays; the other one may go.
    yield other, "uebergeben", {"to": str(neighbour.municipality.pk)}


def test_the_preview_of_every_deed_is_what_goes_out(manager, town, neighbour, case, photo_of, make_report, filled):
    photo_of(case)
    other = make_report(point=None, address="Bahnhof", email="anna@example.org")
    confirm_contact(contact=other.contact, act=Act(at=AT))
    praise = make_report("Danke!", category=town.praise, email="lob@example.org")
    confirm_contact(contact=praise.contact, act=Act(at=AT))
    watch(case=case, user=town.admin, at=AT)
    run_all()
    mailed = set()
    for row, name, data in in_order(town, neighbour, case, other, praise):
        deed = BY_NAME[name]
        data = filled(manager, row, name, opened=bool(deed.menu), **data)
        shown = None
        if deed.mails:
            before = kept()
            answer = manager.post(deed_url(row, name), {**data, "preview": "alone"})
            shown = answer.context["mails_shown"]
            assert shown is not None, (name, answer.context)
            assert kept() == before, f"{name}: a preview keeps nothing"
        known = list(Delivery.objects.values_list("pk", flat=True))
        newest = Case.objects.latest("pk").pk
        assert manager.post(deed_url(row, name), data).status_code == 302, name
        sent = sent_since(known, newest)
        assert (name, promised(shown) if shown is not None else []) == (name, sent)
        assert deed.menu or not sent, f"{name} has no panel that could show its mails"
        mailed |= {(name, who, language) for who, language, _subject, _text in sent}
    for name in ("erledigt", "mitteilung", "status", "weiterleiten", "zusammenfuehren", "trennen"):
        assert {(name, "Die meldende Person", "en"), (name, "1 Person, die folgt", "de")} <= mailed, name
    for name in ("nachricht", "rueckfrage", "freigeben", "wortlaut"):
        assert (name, "Die meldende Person", "en") in mailed, name
    for name in ("weiterleiten", "weiterleitung-erneut", "weiterleitung-beenden"):
        assert (name, "Stadtwerke", "de") in mailed, name
    assert {
        ("zuweisen", "Grünflächen", "de"),
        ("weitergeben", "Grünflächen", "de"),
        ("weitergeben", "Die meldende Person", "de"),
        ("aufteilen", "Grünflächen", "de"),
        ("uebergeben", "Bauhof", "de"),
    } <= mailed
    assert {("uebergeben", "Die meldende Person", "de"), ("mitteilung", "1 Person im Haus", "de")} <= mailed


def test_comparing_shows_the_mails_of_merging(manager, case, make_report):
    older = make_report(email="anna@example.org", at=AT - timedelta(hours=2))
    run_all()
    address = reverse("desk_compare", args=[case.pk, older.pk])
    page = manager.get(address)
    data = next(values for _action, values in forms_of(page) if f"version_{older.pk}" in values)
    data |= {"stays": str(older.pk), "text": "Danke!"}
    before = kept()
    shown = manager.post(address, {**data, "preview": "alone"}).context["mails_shown"]
    whole = manager.post(address, {**data, "preview": "1"})
    assert "Wer bekommt welche Mail" in whole.content.decode()
    assert whole.context["form"]["text"].value() == "Danke!"
    assert kept() == before
    known = list(Delivery.objects.values_list("pk", flat=True))
    assert manager.post(address, data).status_code == 302
    assert [one[0] for one in promised(shown)] == ["Die meldende Person"]
    assert promised(shown) == sent_since(known)
    again = manager.post(address, {**data, "client_key": str(uuid.uuid4()), "preview": "alone"})
    assert again.context["mails_shown"].problem, "what is refused has no preview"


def test_the_preview_for_many_is_what_goes_out(manager, case, make_report):
    second = make_report("Noch ein Loch", email="anna@example.org")
    confirm_contact(contact=second.contact, act=Act(at=AT))
    run_all()
    marked = [f"{one.pk}-{Case.objects.get(pk=one.pk).version}" for one in (case, second)]
    chosen = manager.post(reverse("desk_bulk"), {"tun": "rueckfrage", "vorgang": marked})
    assert chosen.status_code == 404, "only what many cases can share"
    chosen = manager.post(reverse("desk_bulk"), {"tun": "status", "vorgang": marked})
    stage = Stage.objects.get(municipality=case.municipality, slug="eingeplant")
    typed_in = {"stage": stage.pk, "text": "Wir kommen im Mai wegen {nummer}."}
    look = manager.post(chosen["Location"], typed_in)["Location"]
    page = manager.get(look)
    shown = sorted(
        (one.whom, one.language, one.subject, words(one.text)) for row in page.context["good"] for one in row["mails"]
    )
    assert all(escape(one[2]) in page.content.decode() for one in shown)
    known = list(Delivery.objects.values_list("pk", flat=True))
    assert manager.post(look, {"vorgang": [case.pk, second.pk]}).status_code == 302
    assert shown == sent_since(known)
    assert len(shown) == 2
    assert all(f"wegen {one.number}." in str(shown) for one in (case, second)), "each with its own number"


def test_the_preview_without_scripts_keeps_what_was_typed(manager, case, filled):
    page = manager.post(
        deed_url(case, "nachricht"), filled(manager, case, "nachricht", text="Vielen Dank", preview="1")
    )
    assert page.status_code == 200
    text = page.content.decode()
    assert "Wer bekommt welche Mail" in text
    assert "(Englisch)" in text
    assert page.context["form"]["text"].value() == "Vielen Dank"
    assert not case.entries.filter(deed=Deed.MESSAGE.value).exists()


def test_it_says_why_the_reporter_gets_none_and_what_is_missing(manager, town, make_report, filled):
    case = make_report()
    data = filled(manager, case, "nachricht", text="Hallo", preview="alone")
    assert (
        "sie hat keine e-mail hinterlassen" in manager.post(deed_url(case, "nachricht"), data).content.decode().lower()
    )
    empty = {**data, "text": ""}
    assert manager.post(deed_url(case, "nachricht"), empty).content.decode().strip() == "", "nothing yet"
    without_scripts = manager.post(deed_url(case, "nachricht"), {**empty, "preview": "1"})
    assert "fehlt noch etwas" in without_scripts.content.decode()
    note(case=case, by=By.staff(town.manager), text="Dazwischen")
    assert "inzwischen geändert" in manager.post(deed_url(case, "nachricht"), data).content.decode()


@pytest.mark.parametrize("who", ["field", "other_clerk"])
def test_who_may_not_do_it_sees_no_preview(who, login, town, case):
    data = {"version": case.version, "client_key": "x", "text": "Hallo", "preview": "alone"}
    answer = login(getattr(town, who)).post(deed_url(case, "freigeben"), data)
    assert answer.status_code in {403, 404}
