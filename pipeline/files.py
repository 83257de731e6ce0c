"""Writing a file so that it is there whole or not at all, and ours alone."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from pipeline.errors import OutputError

T = TypeVar("T")

PRIVATE_MODE = 0o600
WAITS_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
NAME_MOST_BYTES = 200  # of 255, so that our endings and a number fit


def write_atomically(path: Path | str, data: bytes) -> None:
    """Put `data` at `path`, mode 0600: a file beside it is written, synced and renamed over it.

    Killed or out of space anywhere, the old file (or none) is still there and no part of the new one.
    A device, pipe or socket (/dev/null, /dev/stdout) is written to as it is, since a rename would replace
    it by a file. A symbolic link is followed: what it points at is replaced. `data` should hold
    de-identified or sealed content only: it lies on the disk under another name for a moment.

    Raises OutputError when the folder is missing, full, or not ours to write.
    """
    target = Path(path)
    try:
        if _is_special(target):
            _write_through(target, data)
            return
        _replace(Path(os.path.realpath(target)), data)
    except OSError as error:
        raise OutputError(file=target, why=error.strerror or type(error).__name__) from None


def check_writable(path: Path | str) -> None:
    """Raise OutputError now for what `write_atomically` would refuse after an hour's work (a full disk apart)."""
    target = Path(os.path.realpath(path))
    try:
        if _is_special(target):
            return
        if target.is_dir():
            raise OutputError(file=path, why="it is a folder")
        if not target.parent.is_dir():
            raise OutputError(file=path, why="its folder does not exist")
    except OSError as error:
        raise OutputError(file=path, why=error.strerror or type(error).__name__) from None
    check_folder_writable(target.parent)


def make_output_folder(folder: Path) -> None:
    """Make a folder for results, where there is none yet; raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(file=folder, why=error.strerror or type(error).__name__) from None


def check_folder_writable(folder: Path) -> None:
    """Raise OutputError when no file can be made in a folder."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(file=folder, why="this account may not write there, or the disk is read-only")


def patiently(action: Callable[[], T]) -> T:
    """Do a rename or removal; on Windows again for a few seconds, while a scanner or indexer has the file open.

    Raises what the action raises, PermissionError after the last try.
    """
    if sys.platform == "win32":
        for wait_s in WAITS_S:
            try:
                return action()
            except PermissionError:
                time.sleep(wait_s)
    return action()


def cut_name(name: str, most_bytes: int) -> str:
    """A file name cut so that it takes at most so many bytes (file systems allow 255), never inside a letter."""
    return os.fsencode(name)[:most_bytes].decode(errors="ignore")


def _is_special(path: Path) -> bool:
    """True for what exists and is neither a file nor a folder."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as device:
        view = memoryview(data)
        while view:
            view = view[device.write(view) or 0 :]


def _replace(path: Path, data: bytes) -> None:
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory")
    beside = path.with_name(f".{cut_name(path.name, 80)}.{token_hex(4)}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: beside.replace(path))
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power cut; some systems cannot open a folder, and need not."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def same_file_bytes(path: Path, data: bytes) -> bool:
    """Whether a file still holds just these bytes."""
    try:
        return path.read_bytes() == data
    except OSError:
        return False
