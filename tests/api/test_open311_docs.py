"""The page on Open311: every command on it runs as it stands."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.utils import timezone

from cases.change import By
from cases.models import Case
from reports.services import release_text
from tests.conftest import jpeg

PAGE = Path(__file__).resolve().parents[2] / "docs" / "open311.md"


def test_every_command_of_the_page_runs(client, town, make_report):
    shown = make_report(at=timezone.now() - timedelta(hours=1))
    release_text(case=shown, by=By.system())
    names = {
        "BASE": "http://localhost/open311/v2",
        "TOWN": town.municipality.slug,
        "CODE": "schlagloch",
        "NUMBER": shown.number,
        "LAT": str(town.middle.y),
        "LONG": str(town.middle.x),
    }
    commands = re.findall(r"^curl .*$", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 8
    for command in commands:
        words = shlex.split(re.sub(r"\$(\w+)", lambda match: names[match[1]], command))
        parts = urlsplit(words[1])
        pairs = [word.partition("=")[::2] for word in words[3::2]]
        form = {name: jpeg(name=value[1:]) if value.startswith("@") else value for name, value in pairs}
        address = f"{parts.path}?{parts.query}"
        answer = client.post(parts.path, form) if form else client.get(address)
        assert answer.status_code in {200, 201}, (command, answer.content)
        if ".xml" in address:
            ElementTree.fromstring(answer.content)
        else:
            assert answer.json()
    assert Case.objects.count() == 3
