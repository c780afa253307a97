"""AVIF: how large its pictures really are, and Pillow's decoder without its look into a stranger's EXIF.

What the container says of a picture's size (`ispe`) binds nobody: the decoder first decodes what the AV1 stream says,
and scales it afterwards. So both are read before a pixel is decoded. Layouts: ISO/IEC 14496-12 (`meta`, `iloc`),
ISO/IEC 23008-12 section 6.5.3 (`ispe`), AV1 Bitstream specification sections 5.3 to 5.5.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from PIL import AvifImagePlugin, _avif

from cases.containers import Malformed

THREADS = 1
"""A photo more or less at a time is no matter; what one upload may take of the machine is."""
MAX_ITEMS, MAX_EXTENTS, MAX_OBUS = 2_000, 4_000, 20_000
SIZE = re.compile(rb"\x00\x00\x00\x14ispe\x00{4}(.{8})", re.DOTALL)
SEQUENCE_HEADER = 1


class AvifImage(AvifImagePlugin.AvifImageFile):
    """A still AVIF. `orientation` (1 to 8) is what the container says; the raw EXIF stands in `info["exif"]`."""

    orientation = 1

    def _open(self) -> None:
        """As Pillow's own, which would parse the whole EXIF to write one number into it."""
        assert self.fp is not None
        self._decoder = _avif.AvifDecoder(self.fp.read(), "auto", THREADS)
        self._size, _frames, self._mode, icc, exif, self.orientation, _xmp = self._decoder.get_info()
        self.n_frames, self.is_animated = 1, False
        if icc:
            self.info["icc_profile"] = icc
        if exif:
            self.info["exif"] = exif
        self.seek(0)


def sizes(data: bytes) -> list[tuple[int, int]]:
    """Width and height of every picture in the file, as the container says and as its AV1 streams say.

    Raises `Malformed` where there is none.
    """
    meta = next((body for name, body in _boxes(data) if name == b"meta"), b"")[4:]
    found = [struct.unpack(">II", one) for one in SIZE.findall(meta)]
    if not found:
        raise Malformed(truncated=not meta)
    inner = dict(_boxes(meta))
    streams = list(_items(data, inner.get(b"iloc", b""), inner.get(b"idat", b"")))
    coded = [size for stream in streams for size in _coded(stream)]
    if not coded:
        raise Malformed(truncated=True)
    return [(width, height) for width, height in [*found, *coded]]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, body) of the boxes at one level."""
    at = 0
    for _ in range(MAX_ITEMS):
        head = data[at : at + 16]
        if len(head) < 8:
            return
        length, start = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, start = int.from_bytes(head[8:], "big"), 16
        end = at + length if length else len(data)
        if end < at + start:
            raise Malformed
        yield head[4:8], data[at + start : end]
        at = end


def _items(data: bytes, iloc: bytes, idat: bytes) -> Iterator[bytes]:
    """The bytes of every item, its extents joined."""
    read = _Reader(iloc)
    version, _flags = read.number(8), read.number(24)
    offset, length, base, index = (read.number(4) * 8 for _ in range(4))
    items, extents = read.number(16 if version < 2 else 32), 0
    if items > MAX_ITEMS or version > 2:
        raise Malformed
    for _ in range(items):
        read.number(16 if version < 2 else 32)
        method = read.number(16) & 15 if version else 0
        if method > 1:
            raise Malformed
        read.number(16)
        source, begin, parts = (idat if method else data), read.number(base), []
        for _ in range(read.number(16)):
            extents += 1
            if extents > MAX_EXTENTS:
                raise Malformed
            if version:
                read.number(index)
            at, size = begin + read.number(offset), read.number(length)
            parts.append(source[at : at + size] if size else source[at:])
        if sum(map(len, parts)) > len(data):
            raise Malformed
        yield b"".join(parts)


def _coded(stream: bytes) -> Iterator[tuple[int, int]]:
    """The largest frame that each sequence header of an AV1 stream allows. What is no AV1 has none."""
    at = 0
    for _ in range(MAX_OBUS):
        if at >= len(stream):
            return
        head, at = stream[at], at + 1
        at += head >> 2 & 1
        if head & 0x80:
            return
        size = len(stream) - at
        if head & 2:
            size, at = _leb128(stream, at)
        if head >> 3 & 15 == SEQUENCE_HEADER:
            yield _largest(_Reader(stream[at : at + min(size, 512)]))
        at += size
    raise Malformed


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(8):
        byte = data[at + index] if at + index < len(data) else 0
        value |= (byte & 0x7F) << index * 7
        if not byte & 0x80:
            return value, at + index + 1
    raise Malformed


def _largest(read: _Reader) -> tuple[int, int]:
    """Section 5.5.1, up to the size. Frames of a full header may name their own, up to what its bits can say."""
    read.number(3 + 1)
    reduced, delay = read.number(1), 0
    if reduced:
        read.number(5)
    else:
        if read.number(1):
            read.number(64)
            if read.number(1):
                read.exp_golomb()
            if read.number(1):
                delay = read.number(5) + 1
                read.number(32 + 5 + 5)
        shown = read.number(1)
        for _ in range(read.number(5) + 1):
            read.number(12)
            if read.number(5) > 7:
                read.number(1)
            if delay and read.number(1):
                read.number(2 * delay + 1)
            if shown and read.number(1):
                read.number(4)
    bits = read.number(4) + 1, read.number(4) + 1
    width, height = read.number(bits[0]) + 1, read.number(bits[1]) + 1
    return (width, height) if reduced else (1 << bits[0], 1 << bits[1])


class _Reader:
    """Bits of a few bytes, from the left. Beyond the end it raises `Malformed`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, bits: int) -> int:
        """The next so many bits."""
        begin, end = self.at, self.at + bits
        if end > len(self.data) * 8:
            raise Malformed(truncated=True)
        self.at = end
        span = int.from_bytes(self.data[begin // 8 : -(-end // 8)], "big")
        return span >> -end % 8 & (1 << bits) - 1

    def exp_golomb(self) -> None:
        """Pass over one `uvlc()`."""
        zeros = 0
        while not self.number(1):
            zeros += 1
            if zeros > 32:
                raise Malformed
        self.number(zeros)
