"""Files that are there whole or not at all, and files that go away; errors of the disk in our words."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import (
    DiskFaultError,
    DiskFullError,
    LedgerError,
    LockedError,
    NotPermittedError,
    ReadOnlyError,
    StudyError,
)
from pipeline.files import patiently
from pipeline.study.vault import faults

BLOCK_BYTES = 1 << 20
SPARE_BYTES = 64 << 20  # what must stay free on the disk beside what is written

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM}
_FAULTY = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE}


@contextmanager
def storage_errors(what: Path | str) -> Iterator[None]:
    """The one border where errors of the disk and of SQLite become ours; `what` is named in them."""
    try:
        yield
    except OSError as error:
        ours = _translate(error, str(what))
        if ours is None:
            raise
        raise ours from None
    except sqlite3.Error as error:
        raise _translate_sqlite(error, str(what)) from None
    except UnicodeDecodeError:  # SQLite's own message about a damaged schema quotes its bytes
        raise LedgerError(file=what, why="text in it is damaged") from None


def _translate(error: OSError, what: str) -> StudyError | None:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _FULL:
        return DiskFullError(file=what, why=why)
    if error.errno == errno.EROFS:
        return ReadOnlyError(file=what)
    if error.errno in _REFUSED:
        return NotPermittedError(file=what, why=why.lower())
    if error.errno in _FAULTY:
        return DiskFaultError(file=what, why=why)
    return None


def _translate_sqlite(error: sqlite3.Error, what: str) -> StudyError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(file=what, why="no space left")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return ReadOnlyError(file=what)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError(what=what)
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return DiskFaultError(file=what, why=getattr(error, "sqlite_errorname", "I/O error"))
    return LedgerError(file=what, why=getattr(error, "sqlite_errorname", type(error).__name__))


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder last through a power cut (a no-op on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder only its owner can enter, lastingly."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)


def write_whole(path: Path, write: Callable[[BinaryIO], None], *, place: str, mode: int = 0o600) -> None:
    """Write a file so that `path` holds all of it or what was there before.

    A temporary file beside it (ending in .part), sync, rename, sync of the folder. `place` names the
    fault points. Only sealed or public content may be written so.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        faults.point(f"{place}.begin")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            write(file)
            faults.point(f"{place}.written")
            file.flush()
            os.fsync(file.fileno())
        faults.point(f"{place}.synced")
        patiently(lambda: part.replace(path))
        faults.point(f"{place}.renamed")
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes, *, place: str, mode: int = 0o600) -> None:
    """`write_whole` for a few bytes."""

    def write(file: BinaryIO) -> None:
        file.write(data)

    write_whole(path, write, place=place, mode=mode)


def overwrite(path: Path) -> None:
    """Put random bytes over a file's content, in place, and sync it.

    What that is worth depends on the medium: on solid state disks, copy-on-write file systems and
    journals of data the old blocks may live on (docs/security.md).
    """
    with open_in_place(path) as file:
        overwrite_open(file)


def open_in_place(path: Path) -> RawIOBase:
    """A file opened to be written over where it lies, also when it is marked read-only; never through a link.

    Raises OSError.
    """
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except PermissionError:
        if path.is_symlink():
            raise
        path.chmod(0o600)
        handle = os.open(path, flags)
    return os.fdopen(handle, "r+b", buffering=0)


def overwrite_open(file: RawIOBase) -> None:
    """`overwrite` for a file that is open already (its name may be gone)."""
    left = os.fstat(file.fileno()).st_size
    file.seek(0)
    while left:
        left -= file.write(secrets.token_bytes(min(left, BLOCK_BYTES))) or 0
    os.fsync(file.fileno())


def remove_for_good(path: Path, *, place: str) -> None:
    """Overwrite, truncate and unlink a file, and sync its folder. A missing file is no error.

    Of a link the link alone goes: what it points at is not ours to write over.
    """
    if path.is_symlink():
        path.unlink()
    if not path.exists():
        return
    faults.point(f"{place}.begin")
    overwrite(path)
    faults.point(f"{place}.overwritten")
    os.truncate(path, 0)
    patiently(path.unlink)
    faults.point(f"{place}.unlinked")
    sync_folder(path.parent)


def need_space(folder: Path, wanted_bytes: int) -> None:
    """Raise DiskFullError when `wanted_bytes` and a reserve would not fit on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < wanted_bytes + SPARE_BYTES:
        missing = (wanted_bytes + SPARE_BYTES - free) / 1e6
        raise DiskFullError(file=folder, why=f"{missing:.0f} MB more are needed")
