"""The structure of a mail: its headers in words, its parts in order, each within bounds, whatever a sender built."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import unicodedata
from collections.abc import Iterator
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses
from typing import Final

MAX_CONTAINERS: Final = 60
"""Words that open a part with parts: deeper than any mail program goes."""
MAX_BOUNDARIES: Final = 4000
MAX_LINES: Final = 1_200_000
MAX_HEAD: Final = 512 * 2**10
MAX_DEPTH: Final = 20
MAX_TEXT: Final = 4 * 2**20
"""Bytes of one text part that are read."""
MAX_PARTS: Final = 300
_CONTAINER: Final = re.compile(rb"(?i)(?:multipart/[a-z]|message/rfc822)")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]")
_ADDRESS: Final = re.compile(r"^[^@\s<>\"(),;:]+@[^@\s<>\"(),;:]+$")
_BASE64: Final = re.compile(rb"^[A-Za-z0-9+/=\s]*$")


class TooNested(Exception):
    """The mail is built of more parts, or deeper, than we follow."""


def read(raw: bytes) -> Message:
    """The mail as a tree. Raises TooNested, before the tree is built, for what would fill memory or stack."""
    head = raw.find(b"\n\r\n"), raw.find(b"\n\n")
    ends = [at for at in head if at >= 0]
    if min(ends, default=len(raw)) > MAX_HEAD or raw.count(b"\n") > MAX_LINES or raw.count(b"\n--") > MAX_BOUNDARIES:
        raise TooNested
    if sum(1 for _found in zip(_CONTAINER.finditer(raw), range(MAX_CONTAINERS + 1), strict=False)) > MAX_CONTAINERS:
        raise TooNested
    try:
        return BytesParser(policy=compat32).parsebytes(raw)
    except (RecursionError, MessageError) as error:
        raise TooNested from error


def header(message: Message, name: str) -> str:
    """The first header of this name in words, on one line; "" without one. Broken encodings are read somehow."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All headers of this name in words."""
    return [words_of(value) for value in raw_headers(message, name)]


def raw_headers(message: Message, name: str) -> list[str]:
    """All headers of this name as they came, letters outside ASCII repaired."""
    wanted = name.lower()
    return [_repaired(str(value)) for key, value in message.raw_items() if key.lower() == wanted]


def _repaired(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def words_of(value: str) -> str:
    """A header with its encoded words decoded (RFC 2047), on one line, without control signs."""
    flat = " ".join(value.split())
    try:
        parts = decode_header(flat)
    except (HeaderParseError, binascii.Error, ValueError):
        return clean(flat)
    found = ""
    for part, charset in parts:
        found += part if isinstance(part, str) else decoded(part, charset or "ascii")[0]
    return " ".join(clean(found).split())


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """(name, address) of these headers, addresses in lower case; what is no address is left out."""
    values = [" ".join(value.split()) for name in names for value in raw_headers(message, name)]
    found = []
    for name, address in getaddresses([value[:5000] for value in values[:50]]):
        address = clean(address).strip().lower()
        if _ADDRESS.match(address) and len(address) <= 254:
            found.append((words_of(name)[:120], address))
    return found


def clean(text: str) -> str:
    """Without NUL, control signs, signs that turn the direction of writing, and halves of characters."""
    whole = text.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", _CONTROLS.sub("", whole))


def decoded(raw: bytes, charset: str) -> tuple[str, bool]:
    """Bytes as text, and whether the named charset was right: else UTF-8, else Windows' western one."""
    name = charset.strip("'\" ").lower() or "ascii"
    if name in {"us-ascii", "ascii", "ansi_x3.4-1968"}:
        name = "utf-8"  # what has no sign outside ASCII is both
    elif name in {"iso-8859-1", "latin1", "latin-1"}:
        name = "cp1252"  # what mail programs mean by it
    for tried, right in ((name, True), ("utf-8", False)):
        try:
            return raw.decode(tried), right
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace"), False


def content(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone; where that is not what it says, as it stands."""
    name = "Content-Transfer-Encoding"
    encoding = header(part, name).strip().lower()
    del part[name]  # so that the parser hands the bytes over as they came
    found = part.get_payload(decode=True)
    part[name] = encoding
    raw = found if isinstance(found, bytes) else b""
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    begin = raw[:4096].strip()
    if encoding != "base64" or not _BASE64.match(begin) or b" " in begin:
        return raw
    try:
        return base64.b64decode(b"".join(raw.split()) + b"==", validate=False)
    except (binascii.Error, ValueError):
        return raw


def text_of(part: Message) -> tuple[str, bool]:
    """The words of a text part, and whether its charset was right. Line ends are "\\n"."""
    raw = content(part)
    if len(raw) > MAX_TEXT:
        raw = raw[:MAX_TEXT].rpartition(b"\n")[0] or raw[:MAX_TEXT]  # never in the middle of a sign
    found, right = decoded(raw, parameter(part, "charset") or "ascii")
    found = clean(found.replace("\r\n", "\n").replace("\r", "\n"))
    if parameter(part, "format").lower() == "flowed":
        found = _unflowed(found, delete=parameter(part, "delsp").lower() == "yes")
    return found, right


def parameter(part: Message, name: str, header_name: str = "Content-Type") -> str:
    """A parameter of a header, "" without one; never an error."""
    try:
        value = part.get_param(name, "", header_name)
    except (ValueError, TypeError, IndexError, AttributeError):
        return ""
    if isinstance(value, tuple):
        value = value[2]
    return clean(_repaired(str(value or ""))).strip()


def kind(part: Message) -> str:
    """The type of a part in lower case, "text/plain" where it names none."""
    try:
        return part.get_content_type()
    except (ValueError, TypeError, IndexError, AttributeError):
        return "application/octet-stream"


def is_attached(part: Message) -> bool:
    """Whether it is meant as a file."""
    return header(part, "Content-Disposition").lower().startswith("attachment")


def name_of(part: Message) -> str:
    """The name of its file as one may show it, "" without one: no path, no control signs, 120 characters."""
    name = parameter(part, "filename", "Content-Disposition") or parameter(part, "name")
    return tame(words_of(name))


def tame(name: str) -> str:
    """The last part of a path, without what could be taken for anything but letters of a name."""
    last = re.split(r"[/\\]", clean(name).strip())[-1].strip(". ")
    return "".join(one for one in last if one.isprintable())[-120:]


def children(part: Message) -> list[Message]:
    """The parts in it."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def walk(part: Message, depth: int = 0) -> Iterator[Message]:
    """Itself and all parts in it, in order. Raises TooNested."""
    waiting, seen = [(part, depth)], 0
    while waiting:
        one, deep = waiting.pop()
        seen += 1
        if deep > MAX_DEPTH or seen > MAX_PARTS:
            raise TooNested
        yield one
        waiting += [(child, deep + 1) for child in reversed(children(one))]


def _unflowed(text: str, *, delete: bool) -> str:
    """Lines that were broken for transport are whole again (RFC 3676); quotation marks stay."""
    lines: list[str] = []
    pieces: list[str] = []
    quoted, flowing = 0, False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        if not (flowing and depth == quoted and words != "-- "):
            lines.append("".join(pieces))
            pieces = [">" * depth + " "] if depth else []
        pieces.append(words[:-1] if flows and delete else words)
        quoted, flowing = depth, flows
    return "\n".join([*lines[1:], "".join(pieces)])
