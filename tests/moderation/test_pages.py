"""`/verwaltung/seiten/`: editors write the pages of their municipality, after a preview."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pages.models import Page, Statement, Video
from tests.conftest import Town

Login = Callable[[User], Client]
CONTACT = reverse("desk_page", args=["kontakt"])


def test_who_may_write(client: Client, login: Login, town: Town, neighbour: Town) -> None:
    for address in (reverse("desk_pages"), CONTACT, reverse("desk_statement"), reverse("desk_video")):
        assert client.get(address).status_code == 302
        for user in (town.admin, town.editor, town.manager):
            assert login(user).get(address).status_code == 200
        for user in (town.clerk, town.field, neighbour.editor):
            assert login(user).get(address).status_code == 403
    assert login(neighbour.editor).post(CONTACT, {"de": "Fremd", "save": "1"}).status_code == 403
    assert login(town.editor).get(reverse("desk_page", args=["gibt-es-nicht"])).status_code == 404


def test_preview_then_publish_then_take_back(client: Client, login: Login, town: Town) -> None:
    editor = login(town.editor)
    assert "Standardtext" in editor.get(CONTACT).content.decode()
    typed = {"de": "## Hier\n\nZimmer **4**, {{ title }}\n\n<script>x</script>", "en": ""}
    shown = editor.post(CONTACT, {**typed, "preview": "1"}).content.decode()
    assert "<h2>Hier</h2>" in shown
    assert "Stadt Harsewinkel</p>" in shown
    assert "<script>x" not in shown
    assert not Page.objects.exists()
    editor.post(CONTACT, {**typed, "save": "1"})
    assert Page.objects.get().changed_by == town.editor
    assert "Zimmer <strong>4</strong>" in client.get("/kontakt/").content.decode()
    assert editor.post(CONTACT, {"de": "", "en": "Only", "save": "1"}).status_code == 422
    editor.post(CONTACT, {"de": "", "en": "", "save": "1"})
    assert not Page.objects.exists()


def test_the_statement_and_the_video(client: Client, login: Login, town: Town) -> None:
    editor = login(town.editor)
    form = editor.get(reverse("desk_statement")).context["form"]
    typed = {bound.html_name: bound.value() for bound in form}
    assert editor.post(reverse("desk_statement"), {**typed, "conformance": "full"}).status_code == 422
    answer = editor.post(reverse("desk_statement"), {**typed, "failing_de": "- Alte PDF"})
    assert answer.status_code == 302
    assert Statement.objects.get().changed_by == town.editor
    assert "Alte PDF" in client.get("/barrierefreiheit/").content.decode()
    upload = SimpleUploadedFile("x.mp4", b"\x00\x00\x00\x18ftypmp42" + b"0" * 100)
    assert editor.post(reverse("desk_video"), {"video": upload})["Location"] == reverse("sign_language")
    assert "<video" in client.get("/gebaerdensprache/").content.decode()
    upload = SimpleUploadedFile("x.mp4", b"<html>")
    assert editor.post(reverse("desk_video"), {"video": upload}).status_code == 422
    editor.post(reverse("desk_video"), {"remove": "1"})
    assert not Video.objects.exists()
