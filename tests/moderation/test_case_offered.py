"""Which deeds the desk offers to whom in which state."""

import uuid

import pytest

from cases.change import By
from cases.models import Case, Stage
from cases.policy import State
from cases.services import move
from moderation.deeds import BY_NAME, DEEDS
from reports.services import release_photo, release_text, withdraw_photo, withdraw_text
from tests.moderation.conftest import deed_url, forms_of, url

ALWAYS = {"aufbewahren", "notiz", "aktenzeichen"}
WHILE_ALIVE = ALWAYS | {"status", "nachricht", "zuweisen", "kategorie", "ort"}
MERGING = {"zusammenfuehren"}
FORWARDING = {"weiterleiten", "aufteilen"}
ASKING = (
    MERGING
    | FORWARDING
    | {"erledigt", "rueckfrage", "annehmen", "zurueckgeben", "prioritaet", "wiedervorlage", "frist", "einplanen"}
)
OFFERED = {
    # state: what is offered besides everything about publishing
    State.NEW: WHILE_ALIVE | ASKING,
    State.OPEN: WHILE_ALIVE | ASKING,
    State.WAITING: WHILE_ALIVE | ASKING,
    State.DONE: WHILE_ALIVE,
    State.REJECTED: WHILE_ALIVE | MERGING,
    State.WITHDRAWN: ALWAYS,
}


def names(case):
    """The deeds of the menu that are offered for a case."""
    case = case_for_reading(case)
    return {deed.name for deed in DEEDS if deed.menu and deed.offered(case)}


def case_for_reading(case):
    return Case.objects.select_related("report", "stage", "topic__category").get(pk=case.pk)


@pytest.mark.parametrize("state", list(State))
def test_every_deed_is_offered_where_it_applies(state, make_report, town):
    plain, public = make_report(), make_report()
    release_text(case=public, by=By.system())
    for case in (plain, public):
        if state is not State.NEW:
            move(case=case, to=state, by=By.system(), text="Grund")
    taken_back = state is State.WITHDRAWN
    assert names(plain) == OFFERED[state] | (set() if taken_back else {"freigeben", "mitteilung"})
    assert names(public) == OFFERED[state] | {"wortlaut", "mitteilung"}


def test_nothing_of_a_hidden_or_confidential_case_is_offered_to_the_public(make_report, town):
    hidden, secret = make_report(), make_report(category=town.complaint, point=None)
    release_text(case=hidden, by=By.system())
    Stage.objects.filter(slug="nicht-zustaendig").update(hides=True)
    move(case=hidden, to=State.REJECTED, by=By.system(), text="Grund")
    for case in (hidden, secret):
        assert not names(case) & {"freigeben", "wortlaut", "mitteilung"}
        assert not BY_NAME["foto-freigeben"].offered(case_for_reading(case))


def test_nobody_is_written_to_whom_nobody_knows(make_report):
    case = make_report()
    assert {"nachricht", "rueckfrage"} <= names(case), "an anonymous reporter has the link of the receipt"
    case.import_key = "csv:1"
    case.save()
    assert not {"nachricht", "rueckfrage"} & names(case)


def test_the_menu_leaves_out_what_the_bar_holds_already(manager, town, make_report):
    case, by = make_report(), By.staff(town.manager)

    def menu(**query):
        return {entry["name"] for entry in manager.get(url(case, **query)).context["menu"]}

    assert "freigeben" not in menu(), "its panel is open"
    release_text(case=case, by=by)
    assert "freigeben" not in menu()
    assert "wortlaut" in menu()
    move(case=case, to=State.OPEN, by=by)
    assert "erledigt" not in menu(), "it is the usual next step"
    assert "erledigt" in menu(tun="notiz")


def decisions(page):
    """The decisions about text and photos that stand beside them."""
    words = ("freigeben", "text-zurueckziehen", "foto-freigeben", "foto-zurueckziehen")
    return [word for word in words if any(f"/{word}/" in action for action, _values in forms_of(page))]


def test_text_and_photo_offer_what_is_undecided(manager, town, make_report, photo_of):
    case, by = make_report(), By.staff(town.manager)
    photo = photo_of(case)
    assert decisions(manager.get(url(case, tun="notiz"))) == [
        "text-zurueckziehen",
        "foto-freigeben",
        "foto-zurueckziehen",
    ]
    withdraw_text(case=case, by=by)
    withdraw_photo(photo=photo, by=by)
    assert decisions(manager.get(url(case))) == ["foto-freigeben"], "both are decided, either may be released later"
    release_photo(photo=photo, by=by)
    assert decisions(manager.get(url(case))) == ["foto-zurueckziehen"]


def test_only_allowed_stages_are_offered(manager, town, make_report):
    case = make_report()
    move(case=case, to=State.DONE, by=By.staff(town.manager))
    form = manager.get(url(case, tun="status")).context["form"]
    offered = [label for _state, rows in form.fields["stage"].choices for _value, label in rows]
    assert sorted(offered) == ["eingeplant", "erledigt", "in Bearbeitung"]


def test_a_forged_release_of_a_complaint_is_refused_in_words(manager, town, make_report, filled):
    case = make_report("Ärger", category=town.complaint, point=None)
    response = manager.post(
        deed_url(case, "freigeben"), filled(manager, case, "notiz", text="Raus damit", reason="Klarer")
    )
    assert response.status_code == 409
    assert "darf nichts öffentlich werden" in response.content.decode()


EDITORS_LACK = {
    *("status", "erledigt", "mitteilung", "nachricht", "rueckfrage", "zuweisen"),
    *("annehmen", "zurueckgeben", "prioritaet", "wiedervorlage", "frist", "einplanen"),
    "zusammenfuehren",
    *FORWARDING,
    "aufbewahren",
}
NOT_YET = {
    "aufbewahren-beenden",
    "wortlaut",
    "aufnehmen",
    "ausplanen",
    "trennen",
    "weiterleitung-erneut",
    "weiterleitung-beenden",
    "uebergeben",
    "weitergeben",
}
"""What only later states or other categories open."""


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        (
            "field",
            {"aufbewahren", "aktenzeichen", "freigeben", "kategorie", "ort", "zuweisen", "prioritaet", "frist"}
            | {"einplanen"}
            | FORWARDING,
        ),
        ("editor", EDITORS_LACK),
        ("clerk", {"aufbewahren"}),
    ],
)
def test_what_somebody_may_not_is_neither_offered_nor_done(who, missing, login, town, make_report):
    case, client = make_report(), login(getattr(town, who))
    page = client.get(url(case, tun="notiz"))
    step = page.context["step"]
    offered = {entry["name"] for entry in page.context["menu"]} | {"notiz"} | ({step.name} if step else set())
    assert {deed.name for deed in DEEDS if deed.menu} - offered == missing | NOT_YET
    data = {"version": case.version, "client_key": str(uuid.uuid4()), "text": "Hallo"}
    for name in missing:
        response = client.post(deed_url(case, name), data)
        assert response.status_code == 403
        assert "Dafür fehlt Ihnen die Berechtigung." in response.content.decode()
    assert case.entries.count() == 1
