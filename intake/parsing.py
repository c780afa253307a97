"""A mail in parts that mean something to us: who, to whom, what they wrote themselves, pictures, what else came along.

Nothing is stored and nobody is asked here. Whatever the bytes are, the answer is a `Parsed` or `mime.TooNested`; the
work is bounded by the size of the mail (see `policy.MAX_BYTES`). HTML is never shown, only read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from intake import automatic, mime, plain, quoting, tnef
from intake.policy import Reason

TEXT_MAX: Final = 30_000
"""Characters of a mail that are kept; the rest is in the mail itself."""
PICTURES_MAX: Final = 20
ATTACHMENTS_MAX: Final = 50
_DEPTH: Final = 12
_ID: Final = re.compile(r"<[^<>\s]{3,300}>")
_PREFIX: Final = re.compile(r"^\s*((re|aw|antw|sv|antwort)(\[\d+\])?\s*:|\[(extern|external)\])\s*", re.IGNORECASE)
_FORWARD: Final = re.compile(r"^\s*(wg|fwd?|fw|tr|wtrlt|weitergeleitet)\s*:\s*", re.IGNORECASE)
_PICTURE_NAME: Final = re.compile(r"\.(jpe?g|png|webp|heic|heif|avif)$", re.IGNORECASE)
_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")
_SEALED: Final = {"multipart/encrypted", "application/pgp-encrypted"}
_PKCS7: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SEALS: Final = {
    *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"),
    "application/pgp-keys",
}
_ENGLISH: Final = frozenset(
    (
        "the",
        "is",
        "and",
        "there",
        "please",
        "street",
        "hello",
        "dear",
        "since",
        "with",
        "was",
        "are",
        "have",
        "you",
        "of",
    )
)
_GERMAN: Final = frozenset(
    (
        "der",
        "die",
        "das",
        "ist",
        "und",
        "ein",
        "eine",
        "auf",
        "bitte",
        "hallo",
        "seit",
        "mit",
        "nicht",
        "sie",
        "wir",
        "ich",
    )
)


@dataclass(frozen=True)
class Picture:
    """A file that says it is a picture, or begins like one."""

    name: str
    content: bytes


@dataclass
class Parsed:
    """What a mail says. Addresses are in lower case."""

    sender: str = ""
    sender_name: str = ""
    recipients: list[str] = field(default_factory=list)
    """All addresses it was sent to, as far as its headers tell: where it was delivered first."""
    subject: str = ""
    """Without "Re:", "WG:" and the like."""
    message_id: str = ""
    references: list[str] = field(default_factory=list)
    text: str = ""
    """What they wrote or passed on, without quotation and signature."""
    whole: str = ""
    """All words."""
    pictures: list[Picture] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    """Names of everything else."""
    automatic: Reason | None = None
    encrypted: bool = False
    forwarded: bool = False
    charset_wrong: bool = False
    forged: bool = False
    """Our mail server says that the sender's domain disowns it (RFC 8601, DMARC)."""
    language: str = ""
    """ "de" or "en" as far as the words tell, "" where they do not."""


def parse(raw: bytes) -> Parsed:
    """Read a mail. Raises mime.TooNested."""
    return _Reading(mime.read(raw)).parsed


def head(raw: bytes) -> Parsed:
    """Only what the headers say, for mails that are too large."""
    end = min((at for at in (raw.find(b"\n\r\n"), raw.find(b"\n\n")) if at >= 0), default=len(raw))
    try:
        return _Reading(mime.read(raw[: end + 1] + b"\n"), body=False).parsed
    except mime.TooNested:
        return Parsed()


def message_id(raw: bytes) -> str:
    """The Message-ID alone, "" without a usable one."""
    return head(raw).message_id


class _Reading:
    """One mail being read."""

    def __init__(self, message: Message, *, body: bool = True) -> None:
        self.parsed = Parsed()
        self.seen = 0
        self.packed = ""
        self.passed_on: list[str] = []
        self._heads(message)
        if body:
            self._words(message)

    def _heads(self, message: Message) -> None:
        found = self.parsed
        senders = mime.addresses(message, "From") or mime.addresses(message, "Sender", "Return-Path")
        if senders:
            found.sender_name, found.sender = senders[0]
        to = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "Resent-To", "To", "Cc")
        found.recipients = list(dict.fromkeys(address for _name, address in mime.addresses(message, *to)))
        found.message_id = next(iter(_ID.findall(mime.header(message, "Message-ID"))), "")
        about = f"{mime.header(message, 'In-Reply-To')} {mime.header(message, 'References')}"
        found.references = list(dict.fromkeys(_ID.findall(about)))[-50:]
        subject = mime.header(message, "Subject")
        found.forwarded = _FORWARD.match(_without(subject, _PREFIX)) is not None
        found.subject = _without(subject, _PREFIX, _FORWARD)[:250]
        checks = mime.header(message, "Authentication-Results").lower()
        found.forged = "dmarc=fail" in checks
        found.automatic = automatic.reason(message, found.sender)

    def _words(self, message: Message) -> None:
        found = self.parsed
        whole = self._text(message, 0) or self.packed
        parts = [whole, *self.passed_on]
        found.whole = "\n\n".join(part for part in parts if part.strip())[:TEXT_MAX].strip()
        if "-----BEGIN PGP MESSAGE-----" in found.whole:
            found.encrypted = True
        written = quoting.own_words(_unarmoured(whole[:TEXT_MAX]), forward=found.forwarded)
        own, passed_on = written.own, written.forwarded
        if not passed_on and (found.forwarded or not own):
            passed_on = "\n\n".join(quoting.own_words(one[:TEXT_MAX]).own for one in self.passed_on)
        found.forwarded = bool(passed_on)
        found.text = "\n\n".join(part for part in (own, passed_on) if part.strip()).strip()
        found.language = _language(found.text or found.whole)

    def _text(self, part: Message, depth: int) -> str:
        """The words of a part; pictures and names of other files are noted on the way. Raises TooNested."""
        self.seen += 1
        if depth > _DEPTH or self.seen > mime.MAX_PARTS:
            raise mime.TooNested
        kind = mime.kind(part)
        inside = mime.children(part)
        if kind in _SEALED or (kind in _PKCS7 and not inside):
            self.parsed.encrypted = True
            return ""
        if kind == "message/rfc822" and inside:
            self._passed_on(inside[0], depth)
            return ""
        if kind == "multipart/alternative" and inside:
            return self._best(inside, depth)
        if inside:
            return "\n\n".join(words for one in inside if (words := self._text(one, depth + 1)).strip())
        return self._leaf(part, kind)

    def _best(self, versions: list[Message], depth: int) -> str:
        """The plain version of the same words, unless it is empty; pictures of all of them."""
        found = [(mime.kind(one), self._text(one, depth + 1)) for one in versions]
        told = [(kind, words) for kind, words in found if words.strip()]
        return next((words for kind, words in told if kind == "text/plain"), told[0][1] if told else "")

    def _passed_on(self, message: Message, depth: int) -> None:
        """A mail that was attached: its words count as passed on."""
        name = mime.header(message, "Subject")
        words = self._text(message, depth + 1)
        if words.strip():
            self.passed_on.append("\n\n".join(part for part in (name, words) if part.strip()))

    def _leaf(self, part: Message, kind: str) -> str:
        if kind in {"text/plain", "text/html"} and not mime.is_attached(part):
            words, right = mime.text_of(part)
            self.parsed.charset_wrong |= not right
            return plain.of_html(words) if kind == "text/html" else words
        if kind in _SEALS:
            return ""
        name = mime.name_of(part)
        if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or name.lower() == "winmail.dat":
            self._outlook(mime.content(part), name)
        elif kind.startswith("image/") or _PICTURE_NAME.search(name):
            self._picture(name, mime.content(part))
        elif kind.startswith("application/octet-stream") and (data := mime.content(part)).startswith(_MAGIC):
            self._picture(name, data)
        else:
            self._attached(name or kind)
        return ""

    def _outlook(self, data: bytes, name: str) -> None:
        """What Outlook packed; its text counts where the mail itself has none."""
        found = tnef.read(data)
        if found is None:
            self._attached(name or "winmail.dat")
            return
        for one in found.attachments:
            title = mime.tame(one.name)
            if _PICTURE_NAME.search(title) or one.data.startswith(_MAGIC):
                self._picture(title, one.data)
            elif one.data or title:
                self._attached(title)
        self.packed = self.packed or mime.clean(found.text.replace("\r\n", "\n"))

    def _picture(self, name: str, data: bytes) -> None:
        if data and len(self.parsed.pictures) < PICTURES_MAX:
            self.parsed.pictures.append(Picture(name, data))
        else:
            self._attached(name or "image")

    def _attached(self, name: str) -> None:
        if len(self.parsed.attachments) < ATTACHMENTS_MAX:
            self.parsed.attachments.append(name)


def _without(subject: str, *patterns: re.Pattern[str]) -> str:
    """A subject without what programs put before it, however often."""
    for _round in range(20):
        before = subject
        for pattern in patterns:
            subject = pattern.sub("", subject, count=1)
        if subject == before:
            break
    return subject.strip()


def _unarmoured(text: str) -> str:
    """The words of a text signed in the old way of PGP."""
    begin, mark, rest = text.partition("-----BEGIN PGP SIGNED MESSAGE-----")
    if not mark:
        return text
    words = rest.partition("-----BEGIN PGP SIGNATURE-----")[0]
    _hash, blank, body = words.partition("\n\n")
    return begin + (body if blank else words)


def _language(text: str) -> str:
    """ "de" or "en", by the words that stand in every mail."""
    words = set(re.findall(r"[a-zäöüß]+", text[:5000].lower()))
    german, english = len(words & _GERMAN), len(words & _ENGLISH)
    if german == english:
        return ""
    return "de" if german > english else "en"
