"""Whether a file holds still: size, time and identity, looked at twice, and who has it open."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import FileMissingError, FileUnreadableError, InputError

FRESH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """What shows that a file did not change: size in bytes, time of change, identity; and its names.

    `links` is how many names (hard links) the file has on its disk.
    """

    size: int
    mtime_ns: int
    inode: int
    links: int

    @classmethod
    def of(cls, path: Path) -> Shape:
        """The shape now; raises FileMissingError, or FileUnreadableError also for what is no plain file."""
        try:
            found = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            raise FileMissingError(file=path) from None
        except OSError as error:
            raise FileUnreadableError(file=path, why=error.strerror) from None
        if stat.S_ISLNK(found.st_mode):
            raise FileUnreadableError(file=path, why="it is a link; give the file it points to")
        if not stat.S_ISREG(found.st_mode):
            raise FileUnreadableError(file=path, why="it is not a file but a pipe or a device")
        return cls.from_stat(found)

    @classmethod
    def from_stat(cls, found: os.stat_result) -> Shape:
        """The shape the system tells of a file."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ino, found.st_nlink)


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking at some files showed: shapes, files that grow or are open for writing, what is unusable."""

    shapes: dict[Path, Shape] = field(default_factory=dict)
    growing: set[Path] = field(default_factory=set)
    unusable: dict[Path, InputError] = field(default_factory=dict)


def look_twice(files: Iterable[Path], settle_seconds: float, sleep: Callable[[float], None]) -> Looked:
    """Look whether files hold still.

    Files changed in the last minute (or, with a wrong clock, in the future) are looked at twice,
    `settle_seconds` apart; one wait serves all of them.
    """
    looked = Looked()
    for path in files:
        try:
            looked.shapes[path] = Shape.of(path)
        except InputError as error:
            looked.unusable[path] = error
    clock = time.time()
    fresh = [p for p, shape in looked.shapes.items() if clock - shape.mtime_ns / 1e9 < FRESH_SECONDS]
    if fresh and settle_seconds:
        sleep(settle_seconds)
    looked.growing.update(path for path in fresh if not same_shape(path, looked.shapes[path]))
    looked.growing.update(path for path in looked.shapes if open_for_writing(path))
    return looked


def same_shape(path: Path, shape: Shape) -> bool:
    """Whether a file is there and unchanged since."""
    with suppress(InputError):
        return Shape.of(path) == shape
    return False


def open_for_writing(path: Path) -> bool:
    """True when another program of this computer has the file open for writing (Linux; else unknown).

    A read lease is refused by the kernel exactly then, see fcntl(2), F_SETLEASE.
    """
    if sys.platform != "linux":
        return False
    import fcntl

    lease, read, none = fcntl.F_SETLEASE, fcntl.F_RDLCK, fcntl.F_UNLCK
    try:
        with path.open("rb") as file:
            fcntl.fcntl(file, lease, read)
            fcntl.fcntl(file, lease, none)
    except BlockingIOError:
        return True
    except OSError:  # a file system without leases, or somebody else's file
        return False
    return False
