"""The mailbox of the demo shows what would be sent, and exists in the demo alone."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.urls import reverse

from net.smtp import send

pytestmark = pytest.mark.django_db
HTML = (
    "<!doctype html><html><head><title>x</title><style>p{color:red}</style></head>"
    '<body><p style="margin:0">Gruß</p><script>alert(1)</script></body></html>'
)


def mail(settings, *, host="localhost", number=1, html=HTML):
    message = EmailMessage()
    message["From"] = "Stadt Harsewinkel <melder@harsewinkel.example>"
    message["To"] = "erika@example.org"
    message["Subject"] = f"Mail {number}"
    message["Date"] = datetime(2026, 3, 2, 9, number, tzinfo=UTC)
    message["Message-ID"] = f"<{number}@{host}>"
    message.set_content("Bitte: http://localhost:8000/bestaetigen/abc/ <b>")
    if html:
        message.add_alternative(html, subtype="html")
    send(
        message,
        envelope_from="melder@harsewinkel.example",
        recipients=["erika@example.org"],
        relay_url=settings.MAIL_DIR.as_uri(),
    )


def names(settings):
    return sorted(file.stem for file in settings.MAIL_DIR.glob("*.eml"))


def test_without_mail_it_says_what_to_do(town, client):
    response = client.get(reverse("demo_mailbox"))
    assert response.status_code == 200
    assert "Noch keine Mail" in response.text


def test_the_list_shows_this_municipalitys_mails_newest_first(town, client, settings):
    for number in (1, 2):
        mail(settings, number=number)
    mail(settings, number=3, host="heek.localhost")
    text = client.get(reverse("demo_mailbox")).text
    assert text.index("Mail 2") < text.index("Mail 1")
    assert "Mail 3" not in text


def test_only_the_newest_are_listed(town, client, settings, monkeypatch):
    monkeypatch.setattr("portal.postbox.SHOWN", 2)
    for number in range(1, 5):
        mail(settings, number=number)
    text = client.get(reverse("demo_mailbox")).text
    assert [number for number in range(1, 5) if f"Mail {number}" in text] == [3, 4]


def test_a_mail_is_shown_as_text_with_links_to_follow(town, client, settings):
    mail(settings)
    response = client.get(reverse("demo_mailbox"), {"mail": names(settings)[0]})
    assert 'href="http://localhost:8000/bestaetigen/abc/"' in response.text
    assert "&lt;b&gt;" in response.text
    assert "erika@example.org" in response.text
    assert re.search(r"<iframe[^>]* sandbox=\"allow-top-navigation-by-user-activation\"", response.text)


def test_the_html_is_shown_without_any_right(town, client, settings):
    mail(settings)
    response = client.get(reverse("demo_mail_html", args=names(settings)))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert policy.count("'sha256-") == 2, "its style sheet and its one style attribute"
    assert "frame-ancestors 'self'" in policy
    assert '<base target="_top">' in response.text


def test_a_mail_without_html_has_no_frame(town, client, settings):
    mail(settings, html="")
    assert "<iframe" not in client.get(reverse("demo_mailbox"), {"mail": names(settings)[0]}).text
    assert client.get(reverse("demo_mail_html", args=names(settings))).status_code == 404


@pytest.mark.parametrize("name", ["../secret_key", "20260302T090000000000-0123456789abcdef", "x"])
def test_what_is_no_mail_is_not_found(town, client, settings, name):
    mail(settings)
    assert client.get(reverse("demo_mailbox"), {"mail": name}).status_code == 404


def test_a_mail_of_another_municipality_is_not_found(town, client, settings):
    mail(settings, host="heek.localhost")
    name = names(settings)[0]
    assert client.get(reverse("demo_mailbox"), {"mail": name}).status_code == 404
    assert client.get(reverse("demo_mail_html", args=[name])).status_code == 404


def test_it_does_not_exist_outside_of_the_demo(town, client, settings):
    mail(settings)
    settings.DEMO = False
    assert client.get(reverse("demo_mailbox")).status_code == 404
    assert client.get(reverse("demo_mail_html", args=names(settings))).status_code == 404
