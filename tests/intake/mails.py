"""Mails as people and machines write them, made here: who wrote with which program in which language, in which shape.

Nothing is taken from anybody's mailbox. Each `Example` says what has to become of it. The module is long because it is
a table of a hundred mails, to be read as one list beside the shapes they are made of.
"""

from __future__ import annotations

import base64
import quopri
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from typing import Any

from PIL import Image, TiffImagePlugin

from intake.policy import Outcome, Reason
from tests.conftest import AT, jpeg

DRAFT = (Outcome.DRAFT, Reason.NEW)
MARK = (Outcome.ANSWER, Reason.MARK)
THREAD = (Outcome.ANSWER, Reason.THREAD)


def refused(reason: Reason) -> tuple[Outcome, Reason]:
    """The pair of a refusal."""
    return (Outcome.REFUSED, reason)


@dataclass(frozen=True)
class Example:
    """One mail: what becomes of it, what its text must and must not hold, how many photos are taken."""

    name: str
    raw: bytes
    becomes: tuple[Outcome, Reason]
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    photos: int = 0


@dataclass(frozen=True)
class Scene:
    """Our side: the address, the marked address of a case, the Message-ID of our question, its reporter."""

    address: str
    marked: str
    asked: str
    reporter: str
    ours: str


_numbers = count(1)

NEWS = {
    "de": "vor dem Haus Münsterstraße 12 ist ein tiefes Loch in der Straße.",
    "en": "there is a deep hole in the street in front of Münsterstraße 12.",
}
REPLY = {
    "de": "Die Laterne trägt die Nummer 4711, sie steht am Spielplatz.",
    "en": "The lamp has the number 4711, it is next to the playground.",
}
HELLO = {"de": "Guten Tag,", "en": "Hello,"}
BYE = {
    "de": "Mit freundlichen Grüßen\nErika Beispiel\nLindenweg 3\nTel. 05247 99887",
    "en": "Kind regards,\nErika Beispiel\nPhone 05247 99887",
}
QUESTION = {"de": "Welche Nummer hat die Laterne?", "en": "Which number does the lamp have?"}
SUBJECT = {"de": "Schlagloch Münsterstraße", "en": "Pothole in Münsterstraße"}


def head(sender: str, to: str, subject: str | None, **more: str) -> EmailMessage:
    """A mail with its headers, without a body yet."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    if subject is not None:
        mail["Subject"] = subject
    mail["Date"] = format_datetime(AT)
    mail["Message-ID"] = f"<m{next(_numbers)}@mail.example.org>"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    return mail


def person(number: int = 0) -> str:
    """Somebody who writes, another one each time, so that nobody writes too often."""
    return f"Erika Beispiel <erika{number or next(_numbers)}@example.org>"


# How programs quote and sign -----------------------------------------------------------------------------------------
def outlook(text: str, language: str, asked: str) -> str:
    names = ("Von", "Gesendet", "An", "Betreff") if language == "de" else ("From", "Sent", "To", "Subject")
    return (
        f"{HELLO[language]}\n\n{text}\n\n{BYE[language]}\n\n________________________________\n"
        f"{names[0]}: Stadt Harsewinkel <melder@harsewinkel.example>\n{names[1]}: Montag, 2. März 2026 10:00\n"
        f"{names[2]}: erika@example.org\n{names[3]}: Rückfrage\n\n{asked}\n"
    )


def outlook_old(text: str, language: str, asked: str) -> str:
    line = "-----Ursprüngliche Nachricht-----" if language == "de" else "-----Original Message-----"
    return f"{text}\n\n{line}\nVon: Stadt\nGesendet: heute\nAn: mich\nBetreff: Frage\n\n{asked}\n"


def gmail(text: str, language: str, asked: str) -> str:
    line = (
        "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Stadt Harsewinkel <\nmelder@harsewinkel.example>:"
        if language == "de"
        else "On Mon, Mar 2, 2026 at 10:00 AM Stadt Harsewinkel <\nmelder@harsewinkel.example> wrote:"
    )
    return f"{text}\n\n{line}\n\n> {asked}\n>\n> --\n> Stadt Harsewinkel\n"


def ios(text: str, language: str, asked: str) -> str:
    sent, line = (
        ("Von meinem iPhone gesendet", "Am 02.03.2026 um 10:00 schrieb Stadt Harsewinkel <melder@harsewinkel.example>:")
        if language == "de"
        else ("Sent from my iPhone", "On 2. Mar 2026, at 10:00, Stadt Harsewinkel <melder@harsewinkel.example> wrote:")
    )
    return f"{text}\n\n{sent}\n\n> {line}\n> \n> ﻿{asked}\n"


def thunderbird(text: str, language: str, asked: str) -> str:
    """Below the quotation, as its users like it, with a signature."""
    line = "Am 02.03.26 um 10:00 schrieb Stadt Harsewinkel:" if language == "de" else "On 02.03.26 10:00, Stadt wrote:"
    return f"{line}\n> {asked}\n> Danke\n\n{text}\n\n-- \nErika Beispiel\nTel. 05247 99887\n"


def gmx(text: str, language: str, asked: str) -> str:
    names = ("Gesendet", "Von", "An", "Betreff") if language == "de" else ("Sent", "From", "To", "Subject")
    return (
        f"{text}\n\n{names[0]}: Montag, 2. März 2026 um 10:00 Uhr\n{names[1]}: Stadt <melder@harsewinkel.example>\n"
        f"{names[2]}: erika@example.org\n{names[3]}: Rückfrage\n\n{asked}\n"
    )


def android(text: str, language: str, asked: str) -> str:
    sent = (
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet."
        if language == "de"
        else "Sent from my Android device with K-9 Mail."
    )
    line = (
        "Am 2. März 2026 10:00:00 MEZ schrieb Stadt:" if language == "de" else "On 2 March 2026 10:00 CET, Stadt wrote:"
    )
    return f"{text}\n{sent}\n\n{line}\n>{asked}\n"


PROGRAMS = {
    "outlook": outlook,
    "outlook-old": outlook_old,
    "gmail": gmail,
    "ios": ios,
    "thunderbird": thunderbird,
    "gmx": gmx,
    "android": android,
}


def html_of(text: str, language: str, asked: str, program: str) -> str:
    """The HTML of the same answer, quoted as the program does."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n") if line)
    if program == "outlook":
        von = "Von" if language == "de" else "From"
        return (
            f"<html><head><style>p {{margin:0}}</style></head><body>{paragraphs}<p>MfG<br>Erika</p><hr>"
            f'<div id="divRplyFwdMsg"><b>{von}:</b> Stadt<br><b>Gesendet:</b> heute<br><b>An:</b> mich<br>'
            f"<b>Betreff:</b> Frage</div><div><p>{asked}</p></div></body></html>"
        )
    line = "Am 2. März 2026 um 10:00 schrieb Stadt:" if language == "de" else "On 2 March 2026 at 10:00 Stadt wrote:"
    return (
        f'<div dir="auto">{paragraphs}<script>alert(1)</script><div style="display:none">verborgen</div></div>'
        f'<div class="gmail_quote"><div class="gmail_attr">{line}<br></div>'
        f"<blockquote><p>{asked}</p></blockquote></div>"
    )


# Pictures ------------------------------------------------------------------------------------------------------------
def photo(colour: str = "red", *, lon: float | None = None, lat: float | None = None, side: int = 640) -> bytes:
    """A JPEG, with a position if one is given."""
    if lon is None or lat is None:
        return bytes(jpeg(colour, (side, side)).read())
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", _degrees(lat)
    gps[3], gps[4] = "E", _degrees(lon)
    return bytes(jpeg(colour, (side, side), exif=exif.tobytes()).read())


def _degrees(value: float) -> tuple[Any, ...]:
    minutes = (value % 1) * 60
    parts = (int(value), int(minutes), round((minutes % 1) * 60, 3))
    return tuple(TiffImagePlugin.IFDRational(part) for part in parts)


def png(side: int) -> bytes:
    """A square PNG."""
    from io import BytesIO

    buffer = BytesIO()
    Image.new("RGB", (side, side), "blue").save(buffer, "PNG")
    return buffer.getvalue()


def winmail(text: str, files: dict[str, bytes]) -> bytes:
    """What Outlook packs (TNEF)."""

    def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
        return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    found = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
    found += attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    if text:
        found += attribute(1, 0x800C, 2, text.encode("cp1252") + b"\0")
    for name, data in files.items():
        found += attribute(2, 0x9002, 6, b"\0" * 14)
        found += attribute(2, 0x8010, 1, name.encode("cp1252") + b"\0") + attribute(2, 0x800F, 6, data)
    return found


# The hundred ---------------------------------------------------------------------------------------------------------
def examples(scene: Scene) -> list[Example]:
    """All of them, in a stable order."""
    return [
        *_new_ones(scene),
        *_answers(scene),
        *_threads(scene),
        *_shapes(scene),
        *_broken(scene),
        *_with_pictures(scene),
        *_machines(scene),
        *_hostile(scene),
    ]


def _new_ones(scene: Scene) -> Iterator[Example]:
    """A first mail out of each program: plain, and as plain and HTML."""
    for language in ("de", "en"):
        own = f"{HELLO[language]}\n\n{NEWS[language]}"
        signatures = {
            "outlook": f"\n\n{BYE[language]}",
            "thunderbird": "\n\n-- \nErika Beispiel\nTel. 05247 99887",
            "ios": "\n\nVon meinem iPhone gesendet" if language == "de" else "\n\nSent from my iPhone",
            "gmail": "\n\nViele Grüße\nErika, 05247 99887"
            if language == "de"
            else "\n\nBest regards\nErika 05247 99887",
            "web.de": "\n\n-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
            "firm": "\n\nMfG\nE. Beispiel\nBeispiel GmbH\nHRB 1\n\nDiese E-Mail enthält vertrauliche Informationen.",
        }
        for program, signature in signatures.items():
            mail = head(person(), scene.address, SUBJECT[language])
            mail.set_content(own + signature)
            lacks = ("99887", "iPhone", "HRB", "vertrauliche", "WEB.DE")
            yield Example(f"new-{program}-{language}", mail.as_bytes(), DRAFT, ("12",), lacks)
            mail = head(person(), scene.address, SUBJECT[language])
            mail.set_content(own + signature)
            paragraphs = (own + signature).replace("\n", "<br>\n")
            mail.add_alternative(f"<html><body><p>{paragraphs}</p></body></html>", subtype="html")
            yield Example(f"new-{program}-both-{language}", mail.as_bytes(), DRAFT, ("12",), lacks)


def _answers(scene: Scene) -> Iterator[Example]:
    """Answers to our question, out of each program, to the marked address."""
    for language in ("de", "en"):
        for program, write in PROGRAMS.items():
            mail = head(person(), scene.marked, "AW: Rückfrage" if language == "de" else "Re: Question")
            mail.set_content(write(REPLY[language], language, QUESTION[language]))
            lacks = (QUESTION[language], "99887", "schrieb", "wrote", "K-9", "iPhone")
            yield Example(f"answer-{program}-{language}", mail.as_bytes(), MARK, ("4711",), lacks)
        for program in ("outlook", "gmail"):
            mail = head(person(), scene.marked, "AW: Rückfrage")
            html = html_of(REPLY[language], language, QUESTION[language], program)
            mail.set_content(html, subtype="html")
            lacks = (QUESTION[language], "alert", "verborgen", "<p>", "schrieb", "wrote")
            yield Example(f"answer-html-{program}-{language}", mail.as_bytes(), MARK, ("4711",), lacks)
    mail = head(person(), scene.marked.upper(), "Re: Rückfrage")
    mail.set_content(REPLY["de"])
    yield Example("answer-mark-in-capitals", mail.as_bytes(), MARK, ("4711",))
    mail = head(person(), "undisclosed-recipients:;", "Re: Rückfrage", Delivered_To=scene.marked)
    mail.set_content(REPLY["de"])
    yield Example("answer-delivered-to", mail.as_bytes(), MARK, ("4711",))
    mail = head(person(), "x@example.org", "Re: Rückfrage", Cc=scene.marked)
    mail.set_content(REPLY["de"])
    yield Example("answer-in-copy", mail.as_bytes(), MARK, ("4711",))
    mail = head(person(), scene.marked, "Re: Rückfrage")
    mail.set_content("> Welche Nummer hat die Laterne?\nDie Nummer ist 4711.\n> Und wo steht sie?\nAm Spielplatz.\n")
    yield Example("answer-between-the-lines", mail.as_bytes(), MARK, ("4711", "Am Spielplatz"), ("Welche",))
    mail = head(person(), scene.marked, "Re: Rückfrage")
    mail.set_content("> Welche Nummer hat die Laterne?\n> Danke\n")
    yield Example("answer-only-quoted", mail.as_bytes(), refused(Reason.EMPTY))
    wrong = scene.marked.replace("+", "+a")
    mail = head(person(), wrong, "Re: Rückfrage")
    mail.set_content(REPLY["de"])
    yield Example("answer-wrong-mark", mail.as_bytes(), DRAFT, ("4711",))


def _threads(scene: Scene) -> Iterator[Example]:
    """Answers without a mark: only together with our Message-ID and from the address that got it."""
    mail = head(f"Erika <{scene.reporter}>", scene.address, "Re: Rückfrage", In_Reply_To=scene.asked)
    mail.set_content(REPLY["de"])
    yield Example("thread-own-address", mail.as_bytes(), THREAD, ("4711",))
    mail = head(f"Erika <{scene.reporter.upper()}>", scene.address, "Re: Rückfrage", References=f"<x@y> {scene.asked}")
    mail.set_content(REPLY["en"])
    yield Example("thread-references", mail.as_bytes(), THREAD, ("4711",))
    mail = head(person(), scene.address, "Re: Rückfrage", In_Reply_To=scene.asked)
    mail.set_content(REPLY["de"])
    yield Example("thread-stranger", mail.as_bytes(), DRAFT, ("4711",))
    mail = head(f"Erika <{scene.reporter}>", scene.address, "HSW-2026-000001")
    mail.set_content(REPLY["de"])
    yield Example("sender-and-number-prove-nothing", mail.as_bytes(), DRAFT, ("4711",))


def _shapes(scene: Scene) -> Iterator[Example]:
    """One report in many shapes."""
    news = NEWS["de"]

    mail = head(person(), scene.address, SUBJECT["de"])
    mail.set_content(f"<html><body><h1>Hallo</h1><p>{news}</p><ul><li>tief</li></ul></body></html>", subtype="html")
    yield Example("html-only", mail.as_bytes(), DRAFT, ("12", "- tief"), ("<",))

    mail = head(person(), scene.address, "WG: Schlagloch")
    mail.set_content(f"Bitte kümmern.\n\nVon: Hans\nGesendet: gestern\nAn: Erika\nBetreff: Loch\n\n{news}\n")
    yield Example("forward-outlook", mail.as_bytes(), DRAFT, ("12", "Bitte kümmern"), ("Gesendet", "Hans"))
    mail = head(person(), scene.address, "Fwd: Schlagloch")
    mail.set_content(
        "---------- Forwarded message ---------\n"
        f"Von: Hans <h@example.org>\nDate: heute\nSubject: Loch\nTo: x\n\n{news}"
    )
    yield Example("forward-gmail", mail.as_bytes(), DRAFT, ("12",), ("h@example.org",))
    mail = head(person(), scene.address, "Fwd: Schlagloch")
    mail.set_content(
        "Siehe unten\n\nAnfang der weitergeleiteten Nachricht:\n\n"
        f"> Von: Hans <h@example.org>\n> Betreff: Loch\n> Datum: heute\n> An: x\n>\n> {news}"
    )
    yield Example("forward-apple", mail.as_bytes(), DRAFT, ("12", "Siehe unten"), ("h@example.org",))
    mail = head(person(), scene.address, "Fwd: Schlagloch")
    mail.set_content(
        f"-------- Weitergeleitete Nachricht --------\nBetreff: Loch\nDatum: heute\nVon: Hans\nAn: x\n\n{news}"
    )
    yield Example("forward-thunderbird", mail.as_bytes(), DRAFT, ("12",), ("Hans",))
    inner = head(person(), "erika@example.org", "Loch")
    inner.set_content(news)
    inner.add_attachment(photo("green"), "image", "jpeg", filename="loch.jpg")
    mail = head(person(), scene.address, "WG: Loch")
    mail.set_content("siehe Anhang")
    mail.add_attachment(inner)
    yield Example("forward-attached", mail.as_bytes(), DRAFT, ("12",), photos=1)

    mail = head(person(), scene.address, SUBJECT["de"])
    mail.set_content("siehe Anlage")
    mail.add_attachment(winmail("", {"LOCH.JPG": photo("navy")}), "application", "ms-tnef", filename="winmail.dat")
    yield Example("winmail-picture", mail.as_bytes(), DRAFT, ("siehe Anlage",), photos=1)
    mail = head(person(), scene.address, SUBJECT["de"])
    mail.set_content(winmail(f"Hallo, {news}", {}), "application", "ms-tnef", filename="winmail.dat")
    yield Example("winmail-only", mail.as_bytes(), DRAFT, ("12", "Münsterstraße"))
    mail = head(person(), scene.address, SUBJECT["de"])
    mail.set_content(news)
    mail.add_attachment(b"\x78\x9f\x3e\x22" + b"\xff" * 40, "application", "ms-tnef", filename="winmail.dat")
    yield Example("winmail-broken", mail.as_bytes(), DRAFT, ("12",))

    yield Example("no-subject", _plain(scene, None, news), DRAFT, ("12",))
    yield Example("subject-alone", _plain(scene, "Laterne am Markt ist aus", ""), refused(Reason.EMPTY))
    yield Example(
        "subject-says-it", _plain(scene, "Laterne am Markt", "ist aus"), DRAFT, ("Laterne am Markt", "ist aus")
    )
    yield Example("empty", _plain(scene, None, ""), refused(Reason.EMPTY))
    yield Example("only-blanks", _plain(scene, "", " \n\u00a0\n\u200b\n"), refused(Reason.EMPTY))
    yield Example("emoji", _plain(scene, "🕳️ Loch 🚧", "😡 Loch vor Haus 12 🕳️"), DRAFT, ("🕳️", "12"))

    flowed = "vor dem Haus ist \nein tiefes Loch, \nnämlich bei Nummer 12.\n-- \nErika\n"
    raw = _raw(scene, SUBJECT["en"], flowed.encode(), "text/plain; charset=utf-8; format=flowed", "8bit")
    yield Example("flowed", raw, DRAFT, ("Haus ist ein tiefes Loch, nämlich",), ("Erika",))

    signed = _multipart(
        scene,
        'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256',
        [("text/plain; charset=utf-8", news.encode()), ("application/pkcs7-signature; name=smime.p7s", b"MIIB")],
    )
    yield Example("smime-signed", signed, DRAFT, ("12",))
    begin, end = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256", "-----BEGIN PGP SIGNATURE-----\nabc\n"
    armoured = f"{begin}\n\n{news}\n{end}-----END PGP SIGNATURE-----"
    yield Example("pgp-signed-inline", _plain(scene, "Loch", armoured), DRAFT, ("12",), ("BEGIN", "abc"))
    raw = _raw(scene, "Geheim", b"MIIB", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "base64")
    yield Example("smime-encrypted", raw, refused(Reason.ENCRYPTED))
    sealed = [
        ("application/pgp-encrypted", b"Version: 1"),
        ("application/octet-stream", b"-----BEGIN PGP MESSAGE-----"),
    ]
    raw = _multipart(scene, 'multipart/encrypted; protocol="application/pgp-encrypted"', sealed)
    yield Example("pgp-encrypted", raw, refused(Reason.ENCRYPTED))
    armoured = "-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----"
    yield Example("pgp-encrypted-inline", _plain(scene, "Geheim", armoured), refused(Reason.ENCRYPTED))

    mail = head(person(), scene.address, SUBJECT["de"])
    mail.set_content(news)
    mail.add_attachment(b"%PDF-1.4", "application", "pdf", filename="Schreiben über Loch.pdf")
    yield Example("with-a-letter", mail.as_bytes(), DRAFT, ("12",))
    mail = head(person(), scene.address, SUBJECT["de"])
    mail.set_content("Treffen")
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar")
    yield Example("with-a-calendar", mail.as_bytes(), DRAFT, ("Treffen",), ("VCALENDAR",))


def _broken(scene: Scene) -> Iterator[Example]:
    """Charsets and encodings that are not what they say."""
    words = "Loch in der Münsterstraße, Größe 1 m"
    kept = ("Münsterstraße", "Größe")
    for charset, named in (
        ("cp1252", "utf-8"),
        ("utf-8", "iso-8859-1x"),
        ("utf-8", "us-ascii"),
        ("cp1252", "us-ascii"),
        ("cp1252", "iso-8859-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("utf-16", "utf-16"),
        ("utf-8", "unknown-8bit"),
        ("utf-8", "'utf-8'"),
    ):
        raw = _raw(scene, "Loch", words.encode(charset), f'text/plain; charset="{named}"', "base64")
        yield Example(f"charset-{charset}-named-{named}", raw, DRAFT, kept)
    raw = _raw(scene, "Loch", words.encode(), "text/plain; charset=utf-8", "7bit")
    yield Example("8bit-named-7bit", raw, DRAFT, kept)
    raw = _raw(scene, "Loch", words.encode(), "text/plain; charset=utf-8", "utf-8")
    yield Example("unknown-encoding", raw, DRAFT, kept)
    raw = _raw(scene, "Loch", words.encode(), "text/plain; charset=utf-8", "base64", as_is=True)
    yield Example("words-named-base64", raw, DRAFT, kept)
    raw = _raw(
        scene, "Loch", quopri.encodestring(words.encode()), "text/plain; charset=utf-8", "Quoted-Printable", as_is=True
    )
    yield Example("quoted-printable", raw, DRAFT, kept)
    raw = _raw(scene, "Loch", words.encode(), None, None)
    yield Example("no-content-type", raw, DRAFT, kept)
    raw = _raw(scene, "Loch", words.encode(), 'text/plain; charset="utf-8', "8bit")
    yield Example("unclosed-quote", raw, DRAFT, kept)
    raw = _raw(scene, "Loch", words.encode(), "multipart/mixed; boundary=xyz", "8bit")
    yield Example("multipart-without-parts", raw, refused(Reason.EMPTY))
    raw = _raw(
        scene,
        "Loch",
        b"--xyz\nContent-Type: text/plain; charset=utf-8\n\n" + words.encode(),
        "multipart/mixed; boundary=xyz",
        "8bit",
    )
    yield Example("multipart-cut-off", raw, DRAFT, kept)
    names = f"From: Jürgen <juergen{next(_numbers)}@example.org>\nTo: {scene.address}\nSubject: Straße"
    yield Example("8bit-headers", f"{names}\n\n{words}".encode("cp1252"), DRAFT, kept)
    names = (
        f"From: =?utf-8?Q?J=FCrgen?= <j{next(_numbers)}@example.org>\nTo: {scene.address}\nSubject: =?utf-9?B?!!!?= x"
    )
    raw = f"{names}\n\n{words}".encode()
    yield Example("broken-encoded-words", raw, DRAFT, kept)


def _with_pictures(scene: Scene) -> Iterator[Example]:
    mail = head(person(), scene.address, None)
    mail.add_attachment(photo("orange", lon=8.231, lat=51.961), "image", "jpeg", filename="IMG_0001.jpg")
    yield Example("photo-alone-with-place", mail.as_bytes(), DRAFT, photos=1)
    mail = head(person(), scene.address, "Loch")
    mail.set_content(NEWS["de"])
    for colour in ("red", "green", "blue", "black", "white", "pink", "gray"):
        mail.add_attachment(photo(colour), "image", "jpeg", filename=f"{colour}.jpg")
    yield Example("seven-photos", mail.as_bytes(), DRAFT, ("12",), photos=5)
    mail = head(person(), scene.address, "Loch")
    mail.set_content(NEWS["de"])
    mail.add_attachment(photo("red"), "application", "octet-stream", filename="foto")
    yield Example("photo-without-type", mail.as_bytes(), DRAFT, ("12",), photos=1)
    mail = head(person(), scene.address, "Loch")
    mail.set_content(f"<p>{NEWS['de']}</p><img src='cid:logo'>", subtype="html")
    mail.add_related(png(90), "image", "png", cid="<logo>")
    yield Example("logo-in-signature", mail.as_bytes(), DRAFT, ("12",), photos=0)
    mail = head(person(), scene.address, "Loch")
    mail.set_content(NEWS["de"])
    mail.add_attachment(photo("red")[:500], "image", "jpeg", filename="kaputt.jpg")
    yield Example("broken-photo", mail.as_bytes(), DRAFT, ("12",), photos=0)
    mail = head(person(), scene.marked, "Re: Rückfrage")
    mail.add_attachment(photo("brown"), "image", "jpeg", filename="laterne.jpg")
    yield Example("answer-photo-alone", mail.as_bytes(), MARK, photos=1)
    raw = _multipart(
        scene,
        "multipart/mixed",
        [
            ("text/plain; charset=utf-8", b"Erst das Loch:"),
            ("image/jpeg; name=a.jpg", photo("olive")),
            ("text/plain; charset=utf-8", "dann die Straße.\n\nVon meinem iPhone gesendet".encode()),
        ],
    )
    yield Example("ios-photo-between-words", raw, DRAFT, ("Erst das Loch", "dann die Straße"), ("iPhone",), photos=1)


def _machines(scene: Scene) -> Iterator[Example]:
    """What nobody wrote, and what must never be answered."""
    automatic = refused(Reason.AUTOMATIC)
    for name, headers in {
        "absence-rfc3834": {"Auto_Submitted": "auto-replied"},
        "absence-vacation": {"Auto_Submitted": "auto-replied (vacation)"},
        "absence-exchange": {"X_Auto_Response_Suppress": "All"},
        "precedence-auto": {"Precedence": "auto_reply"},
        "autoreply-header": {"X_Autoreply": "yes"},
        "autorespond-header": {"X_Autorespond": "yes"},
        "null-sender": {"Return_Path": "<>"},
    }.items():
        mail = head(person(), scene.marked, "Re: Rückfrage", **headers)
        mail.set_content("Ich bin bis Montag nicht im Haus.")
        yield Example(name, mail.as_bytes(), automatic)
    for subject in (
        "Automatische Antwort: Rückfrage",
        "Abwesenheitsnotiz: weg",
        "Out of Office: away",
        "Gelesen: Rückfrage",
    ):
        mail = head(person(), scene.marked, subject)
        mail.set_content("Ich bin nicht da.")
        yield Example(f"subject-{subject.split(':')[0]}", mail.as_bytes(), automatic)
    mail = head("noreply@ticket.example.org", scene.address, "Ticket 123")
    mail.set_content("Wir haben Ihre Anfrage erhalten.")
    yield Example("ticket-system", mail.as_bytes(), automatic)
    for name, headers in {
        "newsletter": {"List_Unsubscribe": "<https://example.org/x>"},
        "mailing-list": {"List_Id": "<liste.example.org>"},
        "bulk": {"Precedence": "bulk"},
    }.items():
        mail = head(person(), scene.address, "Angebote", **headers)
        mail.set_content("Nur heute!")
        yield Example(name, mail.as_bytes(), refused(Reason.LIST))
    yield Example(
        "read-receipt",
        _multipart(
            scene,
            "multipart/report; report-type=disposition-notification",
            [("text/plain", b"gelesen"), ("message/disposition-notification", b"Disposition: x")],
        ),
        automatic,
    )

    mail = head(f"Stadt <{scene.ours}>", scene.address, "Ihre Meldung")
    mail.set_content("Es gibt Neues.")
    yield Example("our-own-address", mail.as_bytes(), refused(Reason.LOOP))
    mail = head(f"Stadt <{scene.marked}>", scene.address, "Ihre Meldung")
    mail.set_content("Es gibt Neues.")
    yield Example("our-own-marked-address", mail.as_bytes(), refused(Reason.LOOP))
    mail = head(person(), scene.address, "Ihre Meldung")
    del mail["Message-ID"]
    mail["Message-ID"] = scene.asked
    mail.set_content("Es gibt Neues.")
    yield Example("our-own-mail-came-back", mail.as_bytes(), refused(Reason.LOOP))
    yield Example("bounce", _bounce(scene, "failed", "5.1.1"), (Outcome.BOUNCE, Reason.UNDELIVERABLE))
    yield Example(
        "bounce-of-others",
        _bounce(scene, "failed", "5.1.1", about="<fremd@example.net>"),
        (Outcome.BOUNCE, Reason.REPORT),
    )
    yield Example("delayed", _bounce(scene, "delayed", "4.4.1"), refused(Reason.REPORT))


def _hostile(scene: Scene) -> Iterator[Example]:
    raw = f"To: {scene.address}\nSubject: ohne Absender\n\nHallo".encode()
    yield Example("no-sender", raw, refused(Reason.NO_SENDER))
    raw = f"From: nobody\nTo: {scene.address}\nSubject: kaputter Absender\n\nHallo".encode()
    yield Example("sender-is-no-address", raw, refused(Reason.NO_SENDER))
    yield Example("nothing-at-all", b"", refused(Reason.NO_SENDER))
    yield Example("not-a-mail", bytes(range(256)) * 40, refused(Reason.NO_SENDER))
    yield Example(
        "nul-bytes", _plain(scene, "Lo\0ch", "Loch\0 vor Haus 12").replace(b"=00", b"\0"), DRAFT, ("12",), ("\0",)
    )
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)><p>Loch vor Haus 12</p>"
    mail = head(person(), scene.address, "<b>Loch</b>")
    mail.set_content(evil, subtype="html")
    yield Example("html-with-script", mail.as_bytes(), DRAFT, ("12",), ("alert", "onerror"))
    mail = head(person(), scene.address, "Loch")
    mail.set_content(NEWS["de"])
    mail.add_attachment(b"x", "application", "x-msdownload", filename="../../etc/rechnung\u202egpj.exe")
    yield Example("hostile-name", mail.as_bytes(), DRAFT, ("12",))
    deep = b"From: a%d@example.org\nTo: %s\nSubject: tief\nMIME-Version: 1.0\n" % (
        next(_numbers),
        scene.address.encode(),
    )
    for level in range(70):
        deep += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    yield Example("nested-too-deep", deep + b"\nHallo", refused(Reason.NESTED))
    wide = b"From: a%d@example.org\nTo: %s\nContent-Type: multipart/mixed; boundary=b\n\n" % (
        next(_numbers),
        scene.address.encode(),
    )
    yield Example("five-thousand-parts", wide + b"--b\n\nx\n" * 5000, refused(Reason.NESTED))
    yield Example(
        "four-hundred-parts", wide.replace(b"From: a", b"From: b") + b"--b\n\nx\n" * 400, refused(Reason.NESTED)
    )
    long_line = "Loch vor Haus 12 " + "x" * 200_000
    yield Example("one-long-line", _raw(scene, "Loch", long_line.encode(), "text/plain", "8bit"), DRAFT, ("12",))
    quotes = "Am 1.1. schrieb X:\n" * 20_000
    yield Example("twenty-thousand-quotes", _raw(scene, "Loch", quotes.encode(), "text/plain", "8bit"), DRAFT)
    html = "<div>" * 50_000 + "Loch vor Haus 12"
    yield Example("deep-html", _raw(scene, "Loch", html.encode(), "text/html", "8bit"), DRAFT, ("12",))


def large(scene: Scene, megabytes: int) -> bytes:
    """A mail with so many MB of a picture that is none, as it travels (base64)."""
    body = base64.encodebytes(b"\xff\xd8\xff" + b"\0" * (megabytes * 2**20))
    head_ = f"From: {person()}\nTo: {scene.address}\nSubject: Viele Fotos\nMIME-Version: 1.0\n"
    raw = f"{head_}Content-Type: multipart/mixed; boundary=xx\n\n--xx\nContent-Type: text/plain\n\nLoch vor Haus 12\n"
    raw += "--xx\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n"
    return raw.encode() + body + b"--xx--\n"


def _plain(scene: Scene, subject: str | None, text: str) -> bytes:
    mail = head(person(), scene.address, None if subject is None else subject.replace("\0", ""))
    mail.set_content(text, cte="quoted-printable")
    return mail.as_bytes()


def _raw(
    scene: Scene, subject: str, body: bytes, kind: str | None, encoding: str | None, *, as_is: bool = False
) -> bytes:
    lines = [f"From: Erika <e{next(_numbers)}@example.org>", f"To: {scene.address}", f"Subject: {subject}"]
    lines += [f"Message-ID: <r{next(_numbers)}@example.org>", "MIME-Version: 1.0"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"Content-Transfer-Encoding: {encoding}"] if encoding else []
    if encoding == "base64" and not as_is:
        body = base64.encodebytes(body)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _multipart(scene: Scene, kind: str, parts: list[tuple[str, bytes]]) -> bytes:
    head_ = [f"From: Erika <p{next(_numbers)}@example.org>", f"To: {scene.address}", "Subject: Loch"]
    head_ += [f"Message-ID: <p{next(_numbers)}@example.org>", "MIME-Version: 1.0"]
    raw = "\r\n".join([*head_, f"Content-Type: {kind}; boundary=grenze"]).encode() + b"\r\n\r\n"
    for name, data in parts:
        raw += f"--grenze\r\nContent-Type: {name}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        raw += base64.encodebytes(data) + b"\r\n"
    return raw + b"--grenze--\r\n"


def _bounce(scene: Scene, action: str, status: str, about: str = "") -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example.org\nTo: {scene.ours}\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
        f"Message-ID: <d{next(_numbers)}@mx.example.org>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; x@example.org\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {about or scene.asked}\n\n--b--\n"
    ).encode()
