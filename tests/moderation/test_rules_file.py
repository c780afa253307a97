"""The rules as one file: out of one platform, into another, and out again the same."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import RuleChange, Unit
from cases.models import Responsibility, Stage, TextBlock, Topic
from forms.services import put_form
from geo.models import Municipality
from moderation.transfer.applying import Unfit, apply, read
from moderation.transfer.reading import document, written
from pages.models import Page
from reports.standard.catalogue import data
from tests.conftest import AT, Town, make_municipality, square


@pytest.fixture
def rich(town: Town) -> Municipality:
    """Harsewinkel with something in every part."""
    here = town.municipality
    definition = {
        "steps": [{"slug": "a", "title": {"de": "Angaben"}, "fields": data("questions")["laterne"]["fields"]}]
    }
    town.lamp.form = put_form(municipality=here, slug="laterne", title={"de": "Laterne"}, definition=definition).form
    town.lamp.save()
    TextBlock.objects.create(municipality=here, slug="dank", topic=town.lamp.topic, title="Dank", text={"de": "Danke."})
    Responsibility.objects.create(
        municipality=here,
        topic=town.lamp.topic,
        area=square(8.2, 51.96, 0.0123456789),
        area_name="Mitte",
        unit=town.yard,
    )
    Unit.objects.create(
        municipality=here, slug="kolonne", name="Kolonne", parent=town.yard, hours={"0": [["08:00", "12:00"]]}
    )
    Page.objects.create(municipality=here, key="imprint", text={"de": "Impressum"}, changed_at=AT)
    Municipality.objects.filter(pk=here.pk).update(patience={"accept": [5, 9]}, idea_goal=50)
    return Municipality.objects.get(pk=here.pk)


def other(**facts: Any) -> Municipality:
    return make_municipality("andernorts", "Andernorts", "AND", lon=9.5, lat=52.5, **facts)


def test_out_in_and_out_again_is_the_same_file(rich: Municipality) -> None:
    first = document(rich)
    there = other()
    apply(municipality=there, rules=read(written(rich)), by=None)
    assert document(there) == {**first, "municipality": "andernorts"}
    assert not apply(municipality=there, rules=read(written(there)), by=None).differences, "the same again does nothing"
    text = json.dumps(first)
    for user in rich.memberships.all():
        assert user.user.email not in text


def test_a_dry_run_shows_and_changes_nothing(rich: Municipality) -> None:
    rules = document(rich)
    rules["stages"][0]["label"] = {"de": "Neu hier"}
    rules["settings"]["idea_goal"] = 99
    before = written(rich)
    outcome = apply(municipality=rich, rules=read(json.dumps(rules)), by=None, dry_run=True)
    assert {one.subject for one in outcome.differences} == {"stage", "rules"}
    assert written(rich) == before
    assert not RuleChange.objects.exists()


def test_what_the_file_lacks_goes_and_what_is_in_use_is_switched_off(
    rich: Municipality, town: Town, make_report: Any
) -> None:
    make_report()
    rules = document(rich)
    used = Topic.objects.filter(cases__isnull=False).get().slug
    rules["topics"] = [row for row in rules["topics"] if row["slug"] != used]
    rules["text_blocks"] = []
    rules["responsibilities"] = [row for row in rules["responsibilities"] if row["topic"] != used]
    outcome = apply(municipality=rich, rules=read(json.dumps(rules)), by=town.admin)
    assert not Topic.objects.get(slug=used, municipality=rich).active
    assert outcome.kept
    assert not TextBlock.objects.filter(municipality=rich).exists()
    assert RuleChange.objects.filter(municipality=rich, actor=town.admin, subject="text_block", after={}).exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rules: rules.update(version=2),
        lambda rules: rules.pop("stages"),
        lambda rules: rules["topics"][-1].update(parent="gibt-es-nicht"),
        lambda rules: rules["stages"][0].update(neu=1),
        lambda rules: rules["stages"][0].update(state="nirgends"),
        lambda rules: rules["stages"].append(rules["stages"][0]),
        lambda rules: rules["settings"].update(host="boese.example"),
        lambda rules: rules["settings"].update(working_days="immer"),
        lambda rules: rules["responsibilities"][0].update(area={"type": "Point", "coordinates": [1, 2]}),
        lambda rules: rules["responsibilities"][0].update(unit="^gibt-es-nicht"),
        lambda rules: rules["forms"][0].update(definition={"steps": "keine"}),
        lambda rules: rules["settings"].update(patience=None),
        lambda rules: rules["topics"][0].update(name=[None]),
        lambda rules: rules["stages"][0].update(label={"de": 1}),
        lambda rules: rules["stages"][0].update(slug="\ud800"),
        lambda rules: rules["text_blocks"][0].update(text={"de": "a\0b"}),
        lambda rules: rules["text_blocks"][0].update(title={"de": "Dank"}),
        lambda rules: rules["units"][0].update(hours={"0": "immer"}),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(rich: Municipality, spoil: Any) -> None:
    rules = document(rich)
    before = written(rich)
    spoil(rules)
    with pytest.raises(Unfit):
        apply(municipality=rich, rules=read(json.dumps(rules)), by=None)
    assert written(rich) == before


def test_the_page_shows_differences_first_and_then_takes_over(
    login: Any, rich: Municipality, town: Town, neighbour: Town
) -> None:
    admin, there = login(town.admin), reverse("setup_rules")
    rules = json.loads(admin.get(reverse("setup_rules_file")).content)
    rules["stages"][0]["label"] = {"de": "Neu hier"}
    file = SimpleUploadedFile("r.json", json.dumps(rules).encode())
    page = admin.post(there, {"rules": file})
    assert "Neu hier" in page.content.decode()
    assert not Stage.objects.filter(label={"de": "Neu hier"}).exists()
    answer = admin.post(there, {"take": page.context["token"]})
    assert answer["Location"] == reverse("setup_log")
    assert Stage.objects.filter(label={"de": "Neu hier"}).exists()
    admin.post(there, {"take": page.context["token"]})
    wrong = admin.post(there, {"rules": SimpleUploadedFile("r.json", b"[]")})
    assert wrong.status_code == 422
    for user in (town.manager, neighbour.admin):
        assert login(user).get(reverse("setup_rules_file")).status_code == 403
    with pytest.raises(PermissionError):
        apply(municipality=rich, rules=read(json.dumps(rules)), by=neighbour.admin)


def test_the_command_writes_and_takes_over(rich: Municipality, tmp_path: Path) -> None:
    file, out = tmp_path / "regeln.json", StringIO()
    call_command("rules", "export", rich.slug, str(file), stdout=out)
    there = other()
    call_command("rules", "import", there.slug, str(file), "--dry-run", stdout=out)
    assert not Unit.objects.filter(municipality=there).exists()
    call_command("rules", "import", there.slug, str(file), stdout=out)
    assert Unit.objects.filter(municipality=there).count() == Unit.objects.filter(municipality=rich).count()
    with pytest.raises(CommandError):
        call_command("rules", "import", "nirgendwo", str(file))
