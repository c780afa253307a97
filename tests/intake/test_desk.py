"""The list of incoming mails: who sees what, and what can be done with one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import IncomingMail
from intake.services import receive
from intake.sorting import run_incoming
from notifications.models import Delivery
from reports import flow
from tests.conftest import AT
from tests.intake import mails
from tests.intake.conftest import ADDRESS


def desk(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mail(mailtown) -> IncomingMail:
    """A mail with a photo and hostile words."""
    made = mails.head("Erika <erika@example.org>", ADDRESS, "<b>Loch</b>")
    made.set_content("<script>alert(1)</script> vor Haus 12 https://example.org")
    made.add_attachment(mails.photo("red"), "image", "jpeg", filename="a.jpg")
    receive(raw=made.as_bytes(), at=AT)
    run_incoming()
    return IncomingMail.objects.get()


def test_only_who_may_see_contact_data_of_the_whole_house_reads_mails(mailtown, neighbour, mail):
    pages = [reverse("intake"), reverse("intake_mail", args=[mail.pk]), reverse("intake_source", args=[mail.pk])]
    pages.append(reverse("intake_picture", args=[mail.pk, mail.draft.files.get().key]))
    for user in (mailtown.manager, mailtown.admin):
        assert [desk(user).get(page).status_code for page in pages] == [200] * 4
    for user in (mailtown.clerk, mailtown.field, mailtown.editor):
        assert {desk(user).get(page).status_code for page in pages} <= {403, 404}
    other = desk(neighbour.manager)
    assert "Loch" not in other.get(pages[0]).content.decode()
    assert [other.get(page).status_code for page in pages[1:]] == [404] * 3
    assert Client().get(pages[0]).status_code == 302


def test_a_mail_is_shown_as_plain_text(mailtown, mail):
    page = desk(mailtown.manager).get(reverse("intake_mail", args=[mail.pk])).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>Loch" not in page
    assert 'href="https://example.org' not in page
    source = desk(mailtown.manager).get(reverse("intake_source", args=[mail.pk]))
    assert source["Content-Disposition"].startswith("attachment")
    assert source["Content-Type"] == "application/octet-stream"


def test_a_draft_is_finished_by_the_desk(mailtown, mail):
    client = desk(mailtown.manager)
    answer = client.post(reverse("intake_take", args=[mail.pk]))
    page = client.get(answer.url)
    assert page.status_code == 200
    assert mail.draft.secret in answer.url


def test_an_answer_goes_out_and_the_mail_is_done(mailtown, mail):
    client = desk(mailtown.manager)
    url = reverse("intake_answer", args=[mail.pk])
    assert client.post(url, {"text": " "}).status_code == 422
    assert client.post(url, {"text": "Danke, wir sehen nach."}).status_code == 302
    letter = Delivery.objects.get(purpose="letter")
    assert (letter.address, "Danke, wir sehen nach." in letter.text) == ("erika@example.org", True)
    mail.refresh_from_db()
    assert mail.closed_by == mailtown.manager
    assert "Loch" not in client.get(reverse("intake")).content.decode()
    client.post(reverse("intake_close", args=[mail.pk]), {"open": "1"})
    assert "Loch" in client.get(reverse("intake")).content.decode()


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(mailtown, mail, django_assert_max_num_queries):
    rows = [
        IncomingMail(
            municipality=mailtown.municipality,
            message_id=f"<x{number}@y>",
            digest=str(number),
            received_at=AT,
            bytes=1,
            outcome="refused",
            reason="empty",
        )
        for number in range(60)
    ]
    IncomingMail.objects.bulk_create(rows)
    client = desk(mailtown.manager)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("intake")).status_code == 200


def test_the_link_in_the_mail_opens_the_draft_only_by_its_button(mailtown, mail):
    client = Client()
    url = reverse("intake_draft", args=[mail.draft.secret])
    page = client.get(url)
    assert page.status_code == 200
    assert "Loch" not in page.content.decode(), "a program that follows links learns nothing"
    assert client.get(reverse("report_step", args=[mail.draft.secret, "ort"])).status_code == 404
    step = client.post(url, follow=True)
    assert step.status_code == 200
    assert step.redirect_chain[-1][0].endswith("/ort/")
    assert client.get(reverse("intake_draft", args=["0" * 32])).status_code == 404


def test_who_came_by_the_link_need_not_prove_the_address_again(mailtown, mail):
    for proved in (False, True):
        draft = mail.draft
        if proved:
            Client().post(reverse("intake_draft", args=[draft.secret]))
        with flow.editing(draft) as typed:
            typed.category, typed.point, typed.contact_seen = "schlagloch", (8.23, 51.96), True
        case = flow.send(draft=draft, at=AT, language="de")
        assert (case.source, case.contact.email) == ("mail", "erika@example.org")
        assert (case.contact.confirmed_at is not None) is proved
        mail.refresh_from_db()
        assert mail.draft.case == case
        receive(raw=b"From: erika@example.org\nSubject: Noch ein Loch\n\nHier auch", at=AT)
        run_incoming()
        mail = IncomingMail.objects.order_by("-pk").first()
