"""Stages and prepared answers are set up, taken over from the county, given back; each change stands in the log."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import RuleChange
from cases import routing, rules
from cases.errors import Denied
from cases.models import Stage, TextBlock
from cases.policy import State
from tests.conftest import make_municipality

STAGE = {
    "label": {"de": "vor Ort", "en": "on site"},
    "state": "open",
    "public_text": {"de": "Wir sind vor Ort."},
    "mail_text": {"de": "Guten Tag, wir sind vor Ort."},
    "waits_for": "others",
    "means": "",
    "hides": False,
    "active": True,
}


def save(town, stage=None, by=None, **facts):
    return rules.save_stage(municipality=town.municipality, by=by or town.admin, stage=stage, **{**STAGE, **facts})


def test_a_stage_is_made_changed_and_noted(town):
    made = save(town)
    assert made in routing.stages(town.municipality, State.OPEN)
    assert made.slug == "vor-ort"
    assert save(town).slug == "vor-ort-2"
    changed = save(town, made, label={"de": "draußen"})
    assert (changed.pk, str(changed), changed.slug) == (made.pk, "draußen", "vor-ort")
    logged = RuleChange.objects.filter(subject="stage").first()
    assert (logged.actor, logged.label, logged.after) == (town.admin, "draußen", {"label": {"de": "draußen"}})
    for user in (town.manager, town.clerk):
        with pytest.raises(Denied):
            save(town, by=user)


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("label", {"label": {"en": "on site"}}),
        ("label", {"label": {"de": "x" * 61}}),
        ("means", {"means": "duplicate"}),
    ],
)
def test_what_is_refused(town, field, facts):
    with pytest.raises(ValidationError) as refused:
        save(town, **facts)
    assert field in refused.value.message_dict


def test_a_stage_in_use_keeps_its_state_and_says_how_many_cases(town, make_report):
    stage = make_report().stage
    with pytest.raises(ValidationError, match="1") as refused:
        save(town, stage)
    assert "state" in refused.value.message_dict
    with pytest.raises(ValidationError, match="1"):
        rules.remove(by=town.admin, row=stage)
    Stage.objects.filter(pk=stage.pk).update(means="")
    assert save(town, stage, state="new", active=False).active is False


def test_the_countys_stage_is_taken_over_moved_and_given_back(town):
    county = make_municipality("kreis", "Kreis", "KR", lon=9.5, lat=52.9)
    town.municipality.parent = county
    town.municipality.save()
    theirs = Stage.objects.create(
        municipality=county, slug="wartet", state="open", label={"de": "wartet"}, position=999
    )
    own = rules.take_over(municipality=town.municipality, by=town.admin, row=theirs)
    assert (own.municipality, own.slug) == (town.municipality, "wartet")
    rules.shift(municipality=town.municipality, by=town.admin, row=own, up=True)
    slugs = [row.slug for row in routing.stages(town.municipality, State.OPEN)]
    assert slugs == ["in-arbeit", "wartet", "eingeplant"]
    with pytest.raises(Denied):
        rules.save_stage(municipality=town.municipality, by=town.admin, stage=theirs, **STAGE)
    assert rules.give_back(by=town.admin, row=own) == theirs
    assert RuleChange.objects.filter(municipality=town.municipality, subject="stage").count() == 3


def test_a_text_block_is_out_of_use_and_holds_for_a_group(town):
    facts = {"title": " Danke ", "state": "", "text": {"de": "Danke für {nummer}"}, "active": True}
    group = town.pothole.topic.parent
    block = rules.save_text_block(municipality=town.municipality, by=town.admin, block=None, topic=group, **facts)
    assert block.title == "Danke"
    assert block in routing.text_blocks(town.municipality, topic=town.pothole.topic)
    assert block not in routing.text_blocks(town.municipality)
    facts["active"] = False
    rules.save_text_block(municipality=town.municipality, by=town.admin, block=block, topic=None, **facts)
    assert block not in routing.text_blocks(town.municipality)
    rules.remove(by=town.admin, row=block)
    assert not TextBlock.objects.exists()
