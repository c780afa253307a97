"""A stream sealed with a passphrase: scrypt makes the key, AES-256-GCM seals chunk by chunk.

    head    magic, scrypt's parameters, salt, nonce prefix, and an HMAC over all of these
    chunk   ciphertext of at most 1 MiB and its tag of 16 bytes; nonce = prefix, number of the chunk, 1 for the last one

The HMAC tells a wrong passphrase from damage. A chunk that is altered, missing, doubled or moved does not open, and a
file that ends before its last chunk is known to be cut off (the STREAM construction of Hoang and others).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
import struct
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.backup.errors import BackupError, Damaged

MAGIC = b"anliegen sealed 1\n"
CHUNK = 2**20
TAG = 16
SHORTEST = 12
"""Characters a passphrase must have."""
_HEAD = struct.Struct(">BBB16s7s")
COST, _BLOCK, _PARALLEL = 17, 8, 1
"""scrypt: 2^17 rounds of 8 blocks, 128 MiB and about half a second a try."""


class WrongPassphrase(BackupError):
    """The passphrase does not open the file."""


def _keys(passphrase: str, salt: bytes, cost: int, block: int, parallel: int) -> tuple[AESGCM, bytes]:
    """The cipher for the chunks and the key of the head's HMAC."""
    memory = 128 * block * (2**cost) + 128 * block * parallel + 2**20
    derived = hashlib.scrypt(passphrase.encode(), salt=salt, n=2**cost, r=block, p=parallel, maxmem=memory, dklen=64)
    return AESGCM(derived[:32]), derived[32:]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


def check_passphrase(passphrase: str) -> str:
    """The passphrase itself; BackupError when it is too short to protect anything."""
    if len(passphrase) < SHORTEST:
        raise BackupError(f"The passphrase must have at least {SHORTEST} characters.")
    return passphrase


class Sealer(io.RawIOBase):
    """Writes sealed chunks to `target`; `close()` writes the last one and leaves `target` open."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        super().__init__()
        salt, self._prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        self._cipher, key = _keys(check_passphrase(passphrase), salt, COST, _BLOCK, _PARALLEL)
        head = MAGIC + _HEAD.pack(COST, _BLOCK, _PARALLEL, salt, self._prefix)
        self._target = target
        self._waiting = bytearray()
        self._number = 0
        target.write(head + hmac.digest(key, head, "sha256"))

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # whole buffers only
        """Take bytes; a chunk goes out when it is full and more has come."""
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last), chunk, None))
        self._number += 1

    def finish(self) -> None:
        """Write the last chunk. Without it the file counts as cut off."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()


class Opener(io.RawIOBase):
    """Reads what a Sealer wrote to `source`; raises WrongPassphrase or Damaged."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        super().__init__()
        head = source.read(len(MAGIC) + _HEAD.size)
        mark = source.read(32)
        if len(mark) < 32 or not head.startswith(MAGIC):
            raise Damaged("The file is cut off within its head.")
        cost, block, parallel, salt, self._prefix = _HEAD.unpack(head[len(MAGIC) :])
        if not (10 <= cost <= 20 and 1 <= block <= 16 and 1 <= parallel <= 4):
            raise Damaged("The head of the file is damaged.")
        self._cipher, key = _keys(passphrase, salt, cost, block, parallel)
        if not hmac.compare_digest(mark, hmac.digest(key, head, "sha256")):
            raise WrongPassphrase("The passphrase is wrong (or the head of the file is damaged).")
        self._source = source
        self._next = source.read(CHUNK + TAG)
        self._open = b""
        self._number = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes (all for -1), b"" at the end."""
        parts, wanted = [], size
        while wanted:
            if not self._open and not self._fill():
                break
            part = self._open if wanted < 0 else self._open[:wanted]
            self._open = self._open[len(part) :]
            parts.append(part)
            wanted -= len(part) if wanted > 0 else 0
        return b"".join(parts)

    def _fill(self) -> bool:
        if self._number and not self._next:
            return False
        chunk, self._next = self._next, self._source.read(CHUNK + TAG)
        try:
            self._open = self._cipher.decrypt(_nonce(self._prefix, self._number, not self._next), chunk, None)
        except InvalidTag:
            place = f"near byte {self._source.tell()}"
            raise Damaged(f"The file is cut off or was altered {place}.") from None
        self._number += 1
        return bool(self._open)


def is_sealed(source: IO[bytes]) -> bool:
    """Whether a file begins like a sealed one; its position is kept."""
    begin = source.read(len(MAGIC))
    source.seek(-len(begin), io.SEEK_CUR)
    return begin == MAGIC
