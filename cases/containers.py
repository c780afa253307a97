"""What stands around the pixels of an upload: kind by content, EXIF, and the file without its extras.

Decoders get the stripped file only. That way no library ever reads a stranger's EXIF, XMP, comment or text
chunk, nothing appended to a picture (a ZIP, a page, a film) is looked at, and files made of a million tiny
segments or scans are refused before they cost time. Pure functions on bytes; the only error is `Malformed`.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["JPEG", "PNG", "WEBP", "HEIF", "AVIF"]

#: A progressive photo has about ten scans, a camera's file some fifty segments.
MAX_SCANS = 100
MAX_SEGMENTS = 2_000
MAX_CHUNKS = 50_000

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
STILL_BRANDS = {b"avis", b"mif1", b"msf1", b"miaf", b"jpeg", b"jxl "}
OTHER_PICTURES = (
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL ",
    b"\x00\x00\x00\x0cjP  ",
    b"\xff\x4f\xff\x51",
    b"8BPS",
    b"\x00\x00\x01\x00",
)

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"}
#: Every marker that ends entropy-coded data or garbage: neither a stuffed zero nor a restart.
JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
SOS, EOI = 0xDA, 0xD9


class Malformed(Exception):
    """The container cannot be read; `truncated` when it ends in the middle."""

    def __init__(self, *, truncated: bool = False) -> None:
        super().__init__("truncated" if truncated else "malformed")
        self.truncated = truncated


@dataclass(frozen=True)
class Stripped:
    """The file with pixels and colour profile alone, and the raw EXIF block beside it (empty: none)."""

    data: bytes
    exif: bytes


def kind_of(data: bytes) -> Kind | Literal["other"] | None:
    """The kind by the first bytes, never by name: "other" is a picture we do not take, None no picture."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(PNG_MAGIC):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        length = min(int.from_bytes(data[:4], "big"), 512)
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, length - 3, 4))}
        if data[8:12] not in (b"avif", b"avis") and brands & HEIC_BRANDS:
            return "HEIF"
        if data[8:12] != b"avis" and b"avif" in brands:
            return "AVIF"
        return "other" if brands & STILL_BRANDS else None
    return "other" if data.startswith(OTHER_PICTURES) else None


def strip(data: bytes, kind: Kind) -> Stripped:
    """Takes EXIF out and drops all that is neither pixel nor colour. WebP, HEIF and AVIF are left whole, their
    decoders do not look into metadata. Raises `Malformed`."""
    if kind == "JPEG":
        return _strip_jpeg(data)
    if kind == "PNG":
        return _strip_png(data)
    return Stripped(data, b"")


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height by the first chunk, because the decoder allocates its canvas when it opens a file.

    Layout: RFC 9649, sections 2.5 to 2.7. Raises `Malformed`.
    """
    chunk, head = data[12:16], data[20:30]
    if len(head) < 10:
        raise Malformed(truncated=True)
    if chunk == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if chunk == b"VP8L" and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    raise Malformed


def _strip_jpeg(data: bytes) -> Stripped:
    kept, exif, scans, at = [b"\xff\xd8"], b"", 0, 2
    for _ in range(MAX_SEGMENTS):
        found = JPEG_MARKER.search(data, at)
        if scans:  # what lies between two markers is the scan's data
            kept.append(data[at : found.start() if found else len(data)])
        if found is None:
            if scans:
                return Stripped(b"".join(kept), exif)
            raise Malformed(truncated=True)
        marker, start = found[1][0], found.end()
        if marker == EOI:
            if not scans:
                raise Malformed
            return Stripped(b"".join([*kept, b"\xff\xd9"]), exif)
        length = int.from_bytes(data[start : start + 2], "big")
        segment = data[start : start + length]
        if length < 2:
            raise Malformed
        if len(segment) < length:
            if scans:  # damaged data looks like a marker; the decoder cannot get past it either
                return Stripped(b"".join([*kept, data[found.start() :]]), exif)
            raise Malformed(truncated=True)
        if marker == SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise Malformed
        if marker == 0xE1 and segment[2:8] == b"Exif\x00\x00" and not exif:
            exif = segment[8:]
        if _is_wanted(marker, segment):
            kept.append(bytes((0xFF, marker)) + segment)
        at = start + length
    raise Malformed


def _is_wanted(marker: int, segment: bytes) -> bool:
    """Tables, frames and scans; of the application segments JFIF, the ICC profile and Adobe's colour mark."""
    if marker == 0xE2:
        return segment[2:14] == b"ICC_PROFILE\x00"
    if marker == 0xEE:
        return segment[2:7] == b"Adobe"
    return marker == 0xE0 or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _strip_png(data: bytes) -> Stripped:
    kept, exif, at = [PNG_MAGIC], b"", len(PNG_MAGIC)
    for _ in range(MAX_CHUNKS):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if len(name) < 4 or end > len(data):
            raise Malformed(truncated=True)
        if name == b"eXIf":
            exif = data[at + 8 : end - 4]
        if name in PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND":
            return Stripped(b"".join(kept), exif)
        at = end
    raise Malformed
