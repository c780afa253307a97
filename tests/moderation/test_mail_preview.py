"""What the panel shows of mails is what goes out, for every deed that mails."""

import re

import pytest

from cases import following
from cases.change import Act, By
from cases.models import Case, Entry, Follow
from cases.policy import Deed
from cases.services import confirm_contact, note
from moderation.deeds import BY_NAME
from notifications.models import Delivery
from notifications.policy import Role
from outbox import run_all
from outbox.models import Event
from reports.services import release_text, withdraw_text
from tests.conftest import AT
from tests.moderation.conftest import deed_url
from tests.moderation.test_case_refused import typed

DEEDS_OF_THE_DAY = (
    *("freigeben", "wortlaut", "kategorie", "ort", "zuweisen", "notiz"),
    *("nachricht", "mitteilung", "rueckfrage", "status", "erledigt"),
)


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


def test_the_preview_of_every_deed_is_what_goes_out(manager, town, case, photo_of, filled):
    photo_of(case)
    mailed = set()
    for name in DEEDS_OF_THE_DAY:
        data = filled(manager, case, name, **typed(town)[name])
        if BY_NAME[name].mails:
            before, entries, events = Case.objects.get(pk=case.pk).version, Entry.objects.count(), Event.objects.count()
            answer = manager.post(deed_url(case, name), {**data, "preview": "alone"})
            shown = answer.context["mails_shown"]
            assert not shown.problem, (name, shown)
            after = Case.objects.get(pk=case.pk).version, Entry.objects.count(), Event.objects.count()
            assert after == (before, entries, events), f"{name}: a preview keeps nothing"
        known = set(Delivery.objects.values_list("pk", flat=True))
        assert manager.post(deed_url(case, name), data).status_code == 302, name
        run_all()
        sent = [mail for mail in Delivery.objects.order_by("pk") if mail.pk not in known]
        if not BY_NAME[name].mails:
            assert sent == [], f"{name} mails, so its panel has to say so"
            continue
        promised = sorted((one.language, one.subject, words(one.text)) for one in shown.mails)
        assert promised == sorted((mail.language, mail.subject, words(mail.text)) for mail in sent), name
        mailed |= {(name, mail.role, mail.language) for mail in sent}
    for name in ("erledigt", "mitteilung", "status"):
        assert {(name, Role.REPORTER.value, "en"), (name, Role.FOLLOWER.value, "de")} <= mailed
    assert {("nachricht", "reporter", "en"), ("rueckfrage", "reporter", "en")} <= mailed


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
