"""Reading sealed files: the whole is checked before the first byte is given, and each chunk again as it is read.

The layout is pipeline.study.vault.sealing's.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.errors import SealBrokenError
from pipeline.study.vault.sealing import (
    CHUNK_BYTES,
    EXTRA_BYTES,
    HEADER_BYTES,
    KEY_BYTES,
    PREFIX,
    START,
    Binding,
    read_full,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


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
