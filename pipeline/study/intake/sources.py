"""Reading a file somebody gave us: what goes wrong is that file's, not the study's disk's."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from pipeline.errors import FileMissingError, FileUnreadableError

BLOCK_BYTES = 1 << 20
Result = TypeVar("Result")


class SourceFile:
    """A user's file, open for reading. A drive that is unplugged meanwhile is a FileUnreadableError."""

    def __init__(self, path: Path):
        self._path = path
        self._file = self._errors_named(lambda: path.open("rb"))

    def __enter__(self) -> SourceFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; raises FileUnreadableError."""
        return self._errors_named(lambda: self._file.read(size))

    @property
    def device(self) -> int:
        """The file system it lies on, as the system numbers it."""
        return self._errors_named(lambda: os.fstat(self._file.fileno()).st_dev)

    def _errors_named(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except FileNotFoundError:
            raise FileMissingError(file=self._path) from None
        except OSError as error:
            raise FileUnreadableError(file=self._path, why=error.strerror or "input/output error") from None


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file given to us; raises FileMissingError or FileUnreadableError."""
    with SourceFile(path) as file:
        return digest_all(file.read)


def digest_all(read: Callable[[int], bytes]) -> str:
    """SHA-256 (hex) of all that a reader gives."""
    digest = hashlib.sha256()
    while block := read(BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()
