"""What the documents name is there: links, files of the repository, settings."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:tests|deploy|docs|script)/[\w./-]*\w|[a-z]+/[\w/]+\.py)`")
SETTING = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def names(*documents):
    return [str(document.relative_to(ROOT)) for document in documents]


@pytest.mark.parametrize("name", names(*DOCUMENTS))
def test_links_lead_somewhere(name):
    document = ROOT / name
    # Pictures of the handbook are made, not kept: tests/moderation/test_handbook.py knows them.
    elsewhere = re.compile(r"[a-z]+:|#|\{\{|bilder/")
    places = [target for target in LINK.findall(document.read_text()) if not elsewhere.match(target)]
    missing = [target for target in places if not (document.parent / target.partition("#")[0]).exists()]
    assert not missing


@pytest.mark.parametrize("name", ["docs/threat-model.md", "docs/operators-guide.md", "docs/data-protection/tom.md"])
def test_files_that_are_named_exist(name):
    named = NAMED.findall((ROOT / name).read_text())
    assert named
    assert not [file for file in named if not (ROOT / file).exists()]


def test_settings_the_guide_names_stand_in_the_example():
    example = set(SETTING.findall((ROOT / "docs/production.env.example").read_text()))
    guide = (ROOT / "docs/operators-guide.md").read_text()
    told = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", guide))
    assert told
    assert not told - example


def test_the_units_start_what_the_procfile_knows():
    processes = dict(line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    for process in processes:
        unit = (ROOT / f"deploy/systemd/anliegen-{process}.service").read_text()
        assert f"ExecStart=/opt/anliegen/deploy/run {process}\n" in unit


def test_nginx_lets_through_what_the_platform_takes(settings):
    site = (ROOT / "deploy/nginx/anliegen.conf").read_text()
    limits = [int(size) * 2**20 for size in re.findall(r"client_max_body_size (\d+)m;", site)]
    assert limits[0] > settings.PHOTO_MAX_COUNT * settings.PHOTO_MAX_BYTES
