"""Text blocks with placeholders: filled in the reporter's language, and nothing unfilled goes out."""

import re
from pathlib import Path

import pytest

from cases.change import By
from cases.models import Case, Entry, TextBlock
from cases.policy import Deed, State
from moderation.case.choices import block_choices, blocks
from reports.placeholders import NAMED, PLACEHOLDERS, unknown
from reports.services import release_text
from tests.moderation.conftest import deed_url, url


@pytest.fixture
def block(town):
    def make(slug, text, **facts):
        return TextBlock.objects.create(
            municipality=town.municipality, slug=slug, title=slug.title(), text={"de": text}, **facts
        )

    return make


def test_a_block_is_filled_in_the_language_of_the_reporter(manager, make_report, block, filled):
    made = block("eingang", "Zu {nummer} in {ort}: {Kategorie}, {stelle}, bis {frist}. {anrede}!")
    made.text["en"] = "About {nummer}, due {frist}. {anrede}!"
    made.save()
    german, english = make_report(address="Bahnhofstraße 1"), make_report(language="en")
    release_text(case=german, by=By.system())
    german.refresh_from_db()
    for case, word in ((german, "16. März 2026"), (english, "16 March 2026")):
        data = filled(manager, case, "nachricht", block=str(made.pk), text="", insert="1")
        words = manager.post(deed_url(case, "nachricht"), data).context["form"]["text"].value()
        assert case.number in words
        assert word in words
        assert words.endswith("{anrede}!"), "no name before it is sent"
        assert words in manager.get(url(case, tun="nachricht")).content.decode().replace("&amp;", "&")
    assert (
        "Bahnhofstraße 1: Schlagloch, Bauhof"
        in manager.post(
            deed_url(german, "nachricht"), filled(manager, german, "nachricht", block=str(made.pk), text="", insert="1")
        )
        .context["form"]["text"]
        .value()
    )


def test_the_name_is_filled_on_sending_and_never_where_others_read(manager, make_report, act_on):
    case = make_report()
    case.contact = (
        type(case)
        ._meta.get_field("contact")
        .related_model.objects.create(name="Erika Muster", created_at=case.submitted_at)
    )
    case.save()
    act_on(manager, case, "nachricht", text="{anrede}, danke. Ihre {Name}")
    assert Entry.objects.get(deed=Deed.MESSAGE.value).text == "Guten Tag Erika Muster, danke. Ihre Erika Muster"
    answer = act_on(manager, case, "mitteilung", text="{anrede}, wir kommen am {frost}")
    assert answer.status_code == 422
    assert "Bitte ersetzen Sie {anrede}, {frost}" in answer.content.decode()
    nameless = make_report()
    act_on(manager, nameless, "nachricht", text="{anrede}, danke.")
    assert Entry.objects.get(case=nameless, deed=Deed.MESSAGE.value).text == "Guten Tag, danke."
    assert act_on(manager, nameless, "nachricht", text="Ihr {name}").status_code == 422


def test_blocks_stand_by_state_and_category_in_their_order(make_report, town, block):
    block("immer", "a", position=3)
    done = block("fertig", "b", state=State.DONE.value, position=1)
    block("neu", "c", state=State.NEW.value, position=2)
    block("laterne", "d", topic=town.lamp.topic)
    case = Case.objects.get(pk=make_report().pk)
    assert [row.slug for row in blocks(case)] == ["neu", "immer", "fertig"]
    assert [row.slug for row in blocks(case, State.DONE)] == ["fertig", "immer", "neu"]
    label, far = block_choices(blocks(case), case)[-1]
    assert (label, far) == ("Für andere Status", [(str(done.pk), "Fertig")])


def test_unknown_placeholders_of_a_block_are_named():
    every = " ".join(f"{{{name}}}" for name in (*PLACEHOLDERS, *NAMED))
    assert unknown(every) == []
    assert unknown(f"{every} {{datumm}} {{Foo}} {{datumm}} {{}}") == ["{datumm}", "{Foo}"]


def test_the_list_of_placeholders_is_documented():
    page = (Path(__file__).resolve().parents[2] / "docs" / "text-blocks.md").read_text("utf-8")
    assert re.findall(r"^\| `\{(\w+)\}` \|", page, re.MULTILINE) == [*PLACEHOLDERS, *NAMED]
