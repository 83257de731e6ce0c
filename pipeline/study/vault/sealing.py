"""Sealed files: chunked authenticated encryption of any length in little memory.

The construct is libsodium's secretstream (XChaCha20-Poly1305, crypto_secretstream_xchacha20poly1305,
https://doc.libsodium.org/secret-key_cryptography/secretstream), through PyNaCl.

    offset  bytes  content
    0       8      magic: "SDEID", 0, format version 1, line feed
    8       4      plaintext bytes in a chunk, little endian: 65536, the only value allowed
    12      24     secretstream header (a random nonce)
    36      ...    chunks, each: ciphertext of (1 tag byte + plaintext) and a 16 byte authenticator,
                   so plaintext + 17 bytes; every chunk is full but the last, which has 0 to 65536
                   plaintext bytes and the tag FINAL (3); the others have the tag MESSAGE (0)

Every chunk is bound (associated data) to the first 12 bytes, the study, the owner (a recording) and
the kind of content. The stream's counter and running nonce bind each chunk to its place after all
chunks before it. So a file that is cut anywhere (no FINAL), has bytes after the end, chunks dropped,
repeated or in another order, a flipped bit, or that was moved from another recording or kind, is
refused. A reader checks the whole file before it gives the first byte, and each chunk again as it is
read: nothing of a damaged file is ever used.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

MAGIC = b"SDEID\x00\x01\n"
CHUNK_BYTES = 65536
EXTRA_BYTES = 17
PREFIX = MAGIC + struct.pack("<I", CHUNK_BYTES)
HEADER_BYTES = 24
START = len(PREFIX) + HEADER_BYTES
KEY_BYTES = 32


class Readable(Protocol):
    """Whatever gives bytes, fewer than asked for only now and then, none at its end."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Binding:
    """What a sealed file belongs to. It opens only where all three agree."""

    study: str
    owner: str
    kind: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.kind}"

    def associated_data(self) -> bytes:
        """Length-prefixed, so that no two bindings give the same bytes."""
        parts = (self.study.encode(), self.owner.encode(), self.kind.encode())
        return PREFIX + b"".join(struct.pack("<I", len(part)) + part for part in parts)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was sealed: SHA-256 (hex) and size of the plain content and of the sealed file."""

    plain_digest: str
    plain_size: int
    digest: str
    size: int


def chunks_of(source: Readable) -> Iterator[tuple[bytes, bool]]:
    """The content in chunks, each with whether it is the last; an empty source is one empty chunk."""
    chunk = read_full(source, CHUNK_BYTES)
    while True:
        following = read_full(source, CHUNK_BYTES) if len(chunk) == CHUNK_BYTES else b""
        yield chunk, not following
        if not following:
            return
        chunk = following


def read_full(source: Readable, count: int) -> bytes:
    """Read `count` bytes, fewer only at the end (raw files may return short)."""
    parts = []
    while count:
        part = source.read(count)
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def seal(source: Readable, target: BinaryIO, key: bytes, binding: Binding) -> Receipt:
    """Seal everything `source` gives into `target`, chunk by chunk; needs about 200 KB of memory."""
    import nacl.bindings as sodium

    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    plain, sealed = hashlib.sha256(), hashlib.sha256()
    plain_size = sealed_size = 0
    bound = binding.associated_data()

    def put(data: bytes) -> None:
        nonlocal sealed_size
        target.write(data)
        sealed.update(data)
        sealed_size += len(data)

    put(PREFIX + header)
    for chunk, last in chunks_of(source):
        plain.update(chunk)
        plain_size += len(chunk)
        tag = (
            sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
            if last
            else sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        )
        put(sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, bound, tag))
    return Receipt(plain.hexdigest(), plain_size, sealed.hexdigest(), sealed_size)


def seal_bytes(data: bytes, key: bytes, binding: Binding) -> bytes:
    """Seal a record in memory."""
    target = io.BytesIO()
    seal(io.BytesIO(data), target, key, binding)
    return target.getvalue()
