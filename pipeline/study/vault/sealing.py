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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from pipeline.errors import SealBrokenError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

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


class SealedReader(io.RawIOBase):
    """The plain content of a sealed file: seekable, read only, decrypted chunk by chunk in memory.

    Making one reads and checks the whole file; raises SealBrokenError unless all of it is authentic,
    whole and (when `digest` is given) the very file the ledger knows. For each chunk the stream's
    52-byte state is kept, so that a later seek decrypts one chunk, and checks it again. `take` is given each chunk's content
    while it is checked; it counts once this returns.
    """

    def __init__(
        self,
        sealed: BinaryIO,
        key: bytes,
        binding: Binding,
        *,
        digest: str | None = None,
        take: Callable[[bytes], object] | None = None,
    ):
        super().__init__()
        self._take = take
        self._sealed = sealed
        self._binding = binding
        self._bound = binding.associated_data()
        self._states: list[bytes] = []
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")
        self.plain_digest = ""
        self.size = 0
        self._check_whole(key, digest)

    def _broken(self, why: str) -> SealBrokenError:
        return SealBrokenError(file=self._binding, why=why)

    def _check_whole(self, key: bytes, digest: str | None) -> None:
        seen, plain = hashlib.sha256(), hashlib.sha256()
        state = self._start(key, seen)
        last = False
        while chunk := read_full(self._sealed, CHUNK_BYTES + EXTRA_BYTES):
            if last:
                raise self._broken("bytes follow its end")
            seen.update(chunk)
            self._states.append(bytes(state.statebuf))
            content, last = self._pull(state, chunk)
            if not last and len(content) != CHUNK_BYTES:
                raise self._broken("a chunk is short")
            plain.update(content)
            self.size += len(content)
            if self._take is not None:
                self._take(content)
        if not last:
            raise self._broken("it breaks off before its end")
        if digest is not None and seen.hexdigest() != digest:
            raise self._broken("it is not the file the ledger knows")
        self.plain_digest = plain.hexdigest()

    def _start(self, key: bytes, seen: Any) -> Any:
        import nacl.bindings as sodium

        head = read_full(self._sealed, START)
        if len(head) < START or head[: len(PREFIX)] != PREFIX:
            raise self._broken("it does not begin like a sealed file")
        seen.update(head)
        state = sodium.crypto_secretstream_xchacha20poly1305_state()
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, head[len(PREFIX) :], key)
        return state

    def _pull(self, state: Any, chunk: bytes) -> tuple[bytes, bool]:
        import nacl.bindings as sodium
        from nacl.exceptions import CryptoError

        try:
            content, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, self._bound)
        except (CryptoError, ValueError):
            raise self._broken("its authentication fails") from None
        return content, tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL

    def _chunk(self, index: int) -> bytes:
        if self._cached[0] == index:
            return self._cached[1]
        import nacl.bindings as sodium

        state = sodium.crypto_secretstream_xchacha20poly1305_state()
        state.statebuf[0 : len(self._states[index])] = self._states[index]  # type: ignore[index]
        state.tagbuf = _tag_buffer()
        self._sealed.seek(START + index * (CHUNK_BYTES + EXTRA_BYTES))
        content, last = self._pull(state, read_full(self._sealed, CHUNK_BYTES + EXTRA_BYTES))
        if last != (index == len(self._states) - 1):
            raise self._broken("a chunk is out of place")
        self._cached = (index, content)
        return content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the start")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self.closed:
            raise ValueError("read of a closed file")
        view = memoryview(buffer).cast("B")
        if self._position >= self.size or not len(view):
            return 0
        index, offset = divmod(self._position, CHUNK_BYTES)
        part = self._chunk(index)[offset : offset + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._sealed.close()
            self._cached = (-1, b"")
            self._states.clear()
        super().close()


def _tag_buffer() -> Any:
    """PyNaCl makes the tag buffer in init_pull only; a fresh state gets one by a throwaway start."""
    import nacl.bindings as sodium

    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, bytes(HEADER_BYTES), bytes(KEY_BYTES))
    return state.tagbuf


def open_bytes(sealed: bytes, key: bytes, binding: Binding, *, digest: str | None = None) -> bytes:
    """The plain content of a small sealed record; raises SealBrokenError unless it is whole and ours."""
    return open_whole(io.BytesIO(sealed), key, binding, digest=digest)


def open_whole(sealed: BinaryIO, key: bytes, binding: Binding, *, digest: str | None = None) -> bytes:
    """`open_bytes` for a small sealed file: read, checked and decrypted once."""
    plain = io.BytesIO()
    with SealedReader(sealed, key, binding, digest=digest, take=plain.write):
        return plain.getvalue()
