"""Whether a file holds still: size, time and identity, looked at twice, and who has it open."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import FileMissingError, FileUnreadableError, InputError

FRESH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """What shows that a file did not change: size in bytes, time of change, identity."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Shape:
        """The shape now; raises FileMissingError or FileUnreadableError."""
        try:
            found = path.stat()
        except FileNotFoundError:
            raise FileMissingError(file=path) from None
        except OSError as error:
            raise FileUnreadableError(file=path, why=error.strerror) from None
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


def settled(
    files: list[Path], settle_seconds: float, sleep: Callable[[float], None]
) -> tuple[dict[Path, Shape], set[Path]]:
    """The shapes of files that hold still, and the files that grow or are open for writing.

    Files changed in the last minute (or, with a wrong clock, in the future) are looked at twice,
    `settle_seconds` apart; one wait serves all of them.
    """
    shapes: dict[Path, Shape] = {}
    for path in files:
        with suppress(InputError):
            shapes[path] = Shape.of(path)
    clock = time.time()
    fresh = [path for path, shape in shapes.items() if clock - shape.mtime_ns / 1e9 < FRESH_SECONDS]
    if fresh and settle_seconds:
        sleep(settle_seconds)
    growing = {path for path in fresh if not same_shape(path, shapes[path])}
    growing |= {path for path in shapes if open_for_writing(path)}
    return shapes, growing


def same_shape(path: Path, shape: Shape) -> bool:
    """Whether a file is there and unchanged since."""
    with suppress(InputError):
        return Shape.of(path) == shape
    return False


def open_for_writing(path: Path) -> bool:
    """True when another program of this computer has the file open for writing (Linux; else unknown).

    A read lease is refused by the kernel exactly then, see fcntl(2), F_SETLEASE.
    """
    try:
        import fcntl

        lease, read, none = fcntl.F_SETLEASE, fcntl.F_RDLCK, fcntl.F_UNLCK
    except (ImportError, AttributeError):
        return False
    try:
        with path.open("rb") as file:
            fcntl.fcntl(file, lease, read)
            fcntl.fcntl(file, lease, none)
    except BlockingIOError:
        return True
    except OSError:  # a file system without leases, or somebody else's file
        return False
    return False
