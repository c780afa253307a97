"""What Outlook packs into `winmail.dat` (TNEF): the plain body and the attachments, nothing else.

Own reading of a few fields instead of a library's: the one there is makes as many values of a property as the file
claims to have, so a hundred bytes fill the memory. Layout: MS-OXTNEF, section 2.1: signature, key, then attributes of
level, id, type, length, data, checksum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

SIGNATURE: Final = 0x223E9F78
_HEAD: Final = 9
_CHECKSUM: Final = 2
_BODY, _TITLE, _DATA, _RENDERING, _CODE_PAGE = 0x800C, 0x8010, 0x800F, 0x9002, 0x9007
MAX_ATTRIBUTES: Final = 2000
MAX_ATTACHMENTS: Final = 50


@dataclass
class Attachment:
    """A file in it."""

    name: str = ""
    data: bytes = b""


@dataclass
class Content:
    """What was found."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)


def read(data: bytes) -> Content | None:
    """The content of a TNEF file; None if it is none. What is cut off or broken gives what stood before it."""
    if int.from_bytes(data[:4], "little") != SIGNATURE:
        return None
    found, charset, body = Content(), "cp1252", b""
    for name, value in _attributes(data):
        if name == _CODE_PAGE:
            charset = f"cp{int.from_bytes(value[:4], 'little')}"
        elif name == _BODY:
            body = value
        elif name == _RENDERING and len(found.attachments) < MAX_ATTACHMENTS:
            found.attachments.append(Attachment())
        elif name == _TITLE and found.attachments:
            found.attachments[-1].name = _words(value, charset)
        elif name == _DATA and found.attachments:
            found.attachments[-1].data = value
    found.text = _words(body, charset)
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _number in range(MAX_ATTRIBUTES):
        if at + _HEAD > len(data):
            return
        name = int.from_bytes(data[at + 1 : at + 3], "little")
        length = int.from_bytes(data[at + 5 : at + 9], "little")
        yield name, data[at + _HEAD : at + _HEAD + length]
        at += _HEAD + length + _CHECKSUM


def _words(value: bytes, charset: str) -> str:
    plain = value.split(b"\x00")[0]
    try:
        return plain.decode("utf-8" if charset == "cp65001" else charset, "replace")
    except LookupError:
        return plain.decode("cp1252", "replace")
