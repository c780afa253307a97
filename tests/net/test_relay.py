import email
import email.policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import AuthResult

from net import tls
from net.smtp import Refused, Rejected, Relay, Unavailable, _Smtp, send
from tests.net import certificates

pytestmark = pytest.mark.once


def make_mail(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = headers.pop("message_id", "<1@harsewinkel.example>")
    mail["Subject"] = "Ihre Meldung: Straßenlaterne dunkel"
    mail["From"] = "Stadt Härsewinkel <anliegen@härsewinkel.example>"
    mail["To"] = "Jörg Müller <joerg@bücher.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Grüße aus dem Rathaus\n")
    return mail


def deliver(relay: Relay, mail: EmailMessage | None = None, *, to: str = "joerg@bücher.example") -> dict[str, int]:
    return relay.send(mail or make_mail(), envelope_from="anliegen@härsewinkel.example", recipients=[to])


def hang_up(relay: Relay) -> None:
    """What a relay does that has not heard from us for a while."""
    assert isinstance(relay._way, _Smtp)
    assert relay._way._client is not None
    assert relay._way._client.wire is not None
    relay._way._client.wire.shutdown(2)


def parsed(envelope) -> EmailMessage:
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_a_mail_with_umlauts_arrives(start_smtp):
    mailbox, place = start_smtp()
    mail = make_mail(Bcc="secret@example.org")
    refused = send(
        mail,
        envelope_from="anliegen@härsewinkel.example",
        recipients=["joerg@bücher.example"],
        relay_url=f"smtp://{place}",
    )
    assert refused == {}
    [envelope] = mailbox.received
    assert envelope.mail_from == "anliegen@xn--hrsewinkel-q5a.example"
    assert envelope.rcpt_tos == ["joerg@xn--bcher-kva.example"]
    assert envelope.content.isascii()
    arrived = parsed(envelope)
    assert arrived["To"].addresses[0].display_name == "Jörg Müller"
    assert arrived["To"].addresses[0].addr_spec == "joerg@xn--bcher-kva.example"
    assert arrived["Subject"] == mail["Subject"]
    assert arrived["Message-ID"] == "<1@harsewinkel.example>"
    assert arrived["Bcc"] is None
    assert arrived.get_content().strip() == "Grüße aus dem Rathaus"
    assert mail["Bcc"] == "secret@example.org", "the given message stays as it is"


def test_one_connection_serves_many_mails(start_smtp):
    mailbox, place = start_smtp()
    with Relay(f"smtp://{place}") as relay:
        for number in range(3):
            deliver(relay, make_mail(message_id=f"<{number}@a.example>"))
    assert len(mailbox.received) == 3
    assert mailbox.connections == 1


@pytest.mark.parametrize("answer", ["550 5.1.1 joerg is unknown", "552 too large"])
def test_a_recipient_that_never_will_is_rejected_and_the_next_mail_goes(start_smtp, answer):
    mailbox, place = start_smtp()
    mailbox.refuse["gone@a.example"] = answer
    with Relay(f"smtp://{place}") as relay:
        with pytest.raises(Rejected) as caught:
            deliver(relay, to="gone@a.example")
        assert caught.value.code == int(answer[:3])
        assert "joerg" not in caught.value.log_text
        deliver(relay)
    assert len(mailbox.received) == 1
    assert mailbox.connections == 1


@pytest.mark.parametrize("answer", ["450 greylisted", "421 going down"])
def test_a_recipient_that_cannot_now_is_unavailable_and_the_next_mail_goes(start_smtp, answer):
    mailbox, place = start_smtp()
    mailbox.refuse["busy@a.example"] = answer
    with Relay(f"smtp://{place}") as relay:
        with pytest.raises(Unavailable, match=answer[:3]):
            deliver(relay, to="busy@a.example")
        deliver(relay)
    assert len(mailbox.received) == 1


def test_the_sender_may_be_rejected_or_need_a_login(start_smtp):
    mailbox, place = start_smtp()
    sender = "anliegen@xn--hrsewinkel-q5a.example"
    with Relay(f"smtp://{place}") as relay:
        mailbox.refuse[sender] = "550 not yours"
        with pytest.raises(Rejected, match="sender"):
            deliver(relay)
        mailbox.refuse[sender] = "530 log in first"
        with pytest.raises(Unavailable, match="530"):
            deliver(relay)


def test_the_answer_to_the_content_counts(start_smtp):
    mailbox, place = start_smtp()
    mailbox.answers = ["554 spam", "451 disk full"]
    with Relay(f"smtp://{place}") as relay:
        with pytest.raises(Rejected, match="message"):
            deliver(relay)
        with pytest.raises(Unavailable, match="451"):
            deliver(relay)
        deliver(relay)
    assert len(mailbox.received) == 1


def test_refused_recipients_are_named_when_others_were_served(start_smtp):
    mailbox, place = start_smtp()
    mailbox.refuse["gone@a.example"] = "550 gone"
    with Relay(f"smtp://{place}") as relay:
        result = relay.send(make_mail(), envelope_from="a@a.example", recipients=["gone@a.example", "b@a.example"])
    assert result == {"gone@a.example": 550}
    assert mailbox.received[0].rcpt_tos == ["b@a.example"]


def test_a_connection_that_fell_asleep_is_replaced(start_smtp):
    mailbox, place = start_smtp()
    with Relay(f"smtp://{place}") as relay:
        deliver(relay)
        hang_up(relay)
        deliver(relay)
    assert len(mailbox.received) == 2
    assert mailbox.connections == 2


def test_a_relay_that_is_not_there_is_unavailable(nobody):
    with Relay(f"smtp://{nobody}") as relay, pytest.raises(Unavailable, match="does not answer"):
        deliver(relay)


def test_a_silent_server_is_unavailable(silent):
    with Relay(f"smtp://{silent}", timeout=0.1) as relay, pytest.raises(Unavailable, match="broke off"):
        deliver(relay)
    with Relay(f"smtp://{silent}", timeout=5, total=0.1) as relay, pytest.raises(Unavailable, match="too long"):
        deliver(relay)


def test_a_private_relay_that_the_settings_do_not_name_is_refused(start_smtp, settings):
    mailbox, place = start_smtp()
    settings.NET_ALLOWED = []
    with Relay(f"smtp://{place}") as relay, pytest.raises(Refused):
        deliver(relay)
    assert mailbox.connections == 0


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    file = certificates.write(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls.context.cache_clear()
    yield file
    tls.context.cache_clear()


def _login(server, session, envelope, mechanism, data):
    return AuthResult(handled=False, success=(data.login, data.password) == (b"stadt", b"ge:heim"))


def test_starttls_and_login(start_smtp, certificate):
    mailbox, place = start_smtp(
        tls_context=certificates.server_context(certificate), authenticator=_login, auth_required=True
    )
    host = place.replace("127.0.0.1", "localhost")
    with Relay(f"smtp+tls://stadt:ge%3Aheim@{host}") as relay:
        deliver(relay)
    assert len(mailbox.received) == 1
    with Relay(f"smtp+tls://stadt:falsch@{host}") as relay, pytest.raises(Unavailable, match="535"):
        deliver(relay)


def test_starttls_is_compulsory(start_smtp):
    _, place = start_smtp()
    with Relay(f"smtp+tls://{place}") as relay, pytest.raises(Unavailable):
        deliver(relay)


def test_tls_from_the_first_byte(start_smtp, certificate):
    mailbox, place = start_smtp(implicit_tls=certificates.server_context(certificate))
    with Relay(f"smtps://{place.replace('127.0.0.1', 'localhost')}") as relay:
        deliver(relay)
    assert len(mailbox.received) == 1
    with Relay(f"smtps://{place}") as relay, pytest.raises(Unavailable, match="SSLCertVerificationError"):
        deliver(relay)


@pytest.mark.parametrize(
    "address", ["", "nobody", "@a.example", "a@", "a b@c.example", "a@b\r\nDATA", "<a@b.example>", "a@b..c"]
)
def test_what_is_no_address_is_rejected(start_smtp, address):
    _, place = start_smtp()
    with Relay(f"smtp://{place}") as relay, pytest.raises(Rejected):
        deliver(relay, to=address)


def test_letters_outside_ascii_before_the_at_sign_need_a_modern_relay(start_smtp):
    old, old_place = start_smtp()
    modern, modern_place = start_smtp(enable_SMTPUTF8=True)
    with Relay(f"smtp://{old_place}") as relay, pytest.raises(Rejected):
        deliver(relay, to="jörg@a.example")
    with Relay(f"smtp://{modern_place}") as relay:
        deliver(relay, to="jörg@a.example")
    assert old.received == []
    assert modern.received[0].rcpt_tos == ["jörg@a.example"]


def test_a_mail_needs_its_message_id(tmp_path):
    mail = make_mail()
    del mail["Message-ID"]
    with pytest.raises(ValueError, match="Message-ID"):
        deliver(Relay(tmp_path.as_uri()), mail)


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "smtp://", "imap://host", "smtp://host:0x", "file://elsewhere/x", "file://"]
)
def test_what_is_no_relay_is_refused(url):
    with pytest.raises(Refused):
        Relay(url)


def test_a_folder_holds_one_file_for_each_message_id(tmp_path):
    folder = tmp_path / "Post fach"
    with Relay(folder.as_uri()) as relay:
        deliver(relay)
        deliver(relay, make_mail(message_id="<2@a.example>"))
        deliver(relay, make_mail(X_Again="yes"))
    first, second = sorted(folder.iterdir())
    assert first.suffix == second.suffix == ".eml"
    mail = email.message_from_bytes(first.read_bytes(), policy=email.policy.default)
    assert mail["X-Again"] == "yes"
    assert mail["X-Envelope-To"] == "joerg@xn--bcher-kva.example"
    assert mail.get_content().strip() == "Grüße aus dem Rathaus"


def test_a_mail_file_is_complete_or_not_there(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError

    monkeypatch.setattr("os.fsync", fail)
    with Relay(tmp_path.as_uri()) as relay, pytest.raises(OSError):
        deliver(relay)
    assert list(tmp_path.glob("*.eml")) == []
