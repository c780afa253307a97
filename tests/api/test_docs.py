"""The documentation: every field has its meaning, in the reader's language, and every example runs as it stands."""

import html
import json
import re
import shlex
from urllib.parse import urlsplit

import pytest
from django.utils.translation import override

from api.docs import laid_out
from cases.change import By
from cases.models import Case
from reports.models import Photo
from reports.services import release_text
from tests.conftest import jpeg

ENGLISH = re.compile(r"\b(the|of|and|is|with|name|number of)\b")


def page(client, language="de"):
    answer = client.get("/api/docs/", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def examples(text):
    """Operation id → (command, answer) as they stand on the page."""
    commands = re.findall(r'<pre[^>]*aria-labelledby="(\w+)-example"[^>]*><code>(.*?)</code>', text, re.DOTALL)
    answers = dict(re.findall(r'<pre[^>]*aria-labelledby="(\w+)-answer"[^>]*><code>(.*?)</code>', text, re.DOTALL))
    return {name: (html.unescape(command), json.loads(html.unescape(answers[name]))) for name, command in commands}


def run(client, command, **variables):
    """What curl would get: the little of it that the examples use."""
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command.replace("\\\n", " "))
    assert words[0] == "curl"
    headers, form, body, address = {}, {}, None, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif word == "-F":
            name, _equals, value = next(rest).partition("=")
            form[name] = jpeg(name=value[1:]) if value.startswith("@") else value
        else:
            address = word
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if body is None and not form:
        return client.get(path, headers=headers)
    return client.post(path, form) if form else client.post(path, body, content_type=headers["Content-Type"])


def shape(value):
    """Names and types of an answer; of a list that of its first element, and null fits everything."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def fits(real, shown):
    """Whether a real answer has the fields of the one that is shown, wherever both say something."""
    if isinstance(real, dict) and isinstance(shown, dict):
        assert set(real) == set(shown)
        return all(fits(real[name], shown[name]) for name in real)
    if isinstance(real, list) and isinstance(shown, list):
        return not real or not shown or fits(real[0], shown[0])
    return real == shown or "NoneType" in (real, shown) or {real, shown} == {"float", "int"}


def test_every_example_runs_as_it_stands_and_answers_as_it_is_shown(client, town, make_report):
    release_text(case=make_report(), by=By.system())
    shown = examples(page(client))
    assert set(shown) == {operation.id for operation in laid_out("de").operations}
    receipt = run(client, shown["reports_create"][0])
    assert receipt.status_code == 201, receipt.content
    photo = run(client, shown["reports_add_photos"][0], NUMBER=receipt.json()["number"])
    assert photo.status_code == 200, photo.content
    assert Photo.objects.filter(report__case__number=receipt.json()["number"]).count() == 1
    for name, (command, answer) in shown.items():
        real = run(client, command, NUMBER=receipt.json()["number"])
        assert real.status_code == 200, (name, real.content)
        assert fits(shape(real.json()), shape(answer)), name


def test_each_reader_gets_a_key_of_their_own(client, town):
    first, second = (examples(page(client))["reports_create"][0] for _ in range(2))
    assert first != second
    run(client, first)
    run(client, second)
    assert Case.objects.count() == 2


def test_the_examples_are_there_before_anything_can_be_reported(client, town):
    Case.objects.all().delete()
    town.municipality.topics.all().delete()
    assert "curl" in page(client)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_field_has_a_meaning_in_the_readers_language(language, client, town):
    with override(language):
        layout = laid_out(language)
    rows = [row for one in layout.shapes for row in one.rows]
    rows += [row for one in layout.operations for row in one.parameters]
    rows += [row for one in layout.operations for _media, _shape, body in one.bodies for row in body]
    words = [row.meaning for row in rows] + [one.meaning for one in (*layout.shapes, *layout.operations)]
    words += [answer.meaning for one in layout.operations for answer in one.answers]
    assert all(words)
    if language == "de":
        assert not [text for text in words if ENGLISH.search(text)]


def test_the_page_is_in_the_readers_language(client, town):
    german, english = page(client, "de"), page(client, "en")
    assert "Eine Meldung abgeben" in german
    assert "Hand in a report" in english
    assert '<html lang="en"' in english
    assert "<td" not in german, "fields are lists, which a phone can show"


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_schema_speaks_the_readers_language(form, client, town):
    for language, words in (("de", "Eine Meldung abgeben"), ("en", "Hand in a report")):
        answer = client.get(f"/api/schema/?format={form}", headers={"accept-language": language})
        assert answer.status_code == 200
        assert words in (answer.content.decode() if form == "yaml" else json.dumps(answer.json(), ensure_ascii=False))


def test_what_is_linked_is_there(client, town):
    text = page(client)
    targets = set(re.findall(r'href="#([\w-]+)"', text))
    assert targets <= set(re.findall(r'id="([\w-]+)"', text))
