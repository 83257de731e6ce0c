"""How the C library keeps memory that native code takes and gives back again and again.

glibc asks the system anew for every block over 32 MiB, and for all large blocks in threads other than the first;
the system clears each page of it again. Encoding one window of 30 s cost 148,000 page faults that way, two fifths
of its time (docs/benchmarks/transcribe.md). Once the work is done large blocks come from the system again: whoever goes on
(finding speakers) would otherwise wander through what the encoder left free, and fill it. Other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# mallopt's parameters, from glibc's malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 256 << 20  # free memory at the heap's end that is not given back between two windows
_LARGEST_BLOCK = 96 << 20  # an encoder block of base takes 72 MB; a whole hour of sound stays outside
_USUAL_LARGEST_BLOCK = 32 << 20  # glibc's own upper bound on a 64-bit system
_KEEPERS: set[object] = set()  # who keeps large blocks just now: there is one C library in a process


def one_arena() -> None:
    """Have the threads begun from now on take memory from one heap, not each from one of its own.

    A thread's own heap ends at 64 MB: blocks near that size come from the system each time, whatever is kept, and a heap
    that is empty goes back whole. The recogniser's threads begin when its model is loaded, so this is called before.
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_ARENA_MAX, 1)


def settle() -> None:
    """Have large blocks come from the system and go back to it at once, unless they are being kept just now.

    Left alone glibc raises its bound with each block it gives back, and finding speakers in an hour of sound
    takes 1.6 GB instead of less than one.
    """
    if not _KEEPERS:
        _treat_large_blocks(_USUAL_LARGEST_BLOCK)


@contextmanager
def large_blocks_kept() -> Iterator[None]:
    """Keep large blocks for the next use while the block runs; then return what is free to the system."""
    keeper = object()
    _KEEPERS.add(keeper)
    _treat_large_blocks(_LARGEST_BLOCK)
    try:
        yield
    finally:
        _KEEPERS.discard(keeper)
        settle()
        if (libc := _glibc()) is not None:
            libc.malloc_trim(0)


def _treat_large_blocks(largest_kept: int) -> None:
    if (libc := _glibc()) is not None:
        libc.mallopt(_MMAP_THRESHOLD, largest_kept)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)


def _glibc() -> Any:
    """The process's C library where it is glibc, else None."""
    if not sys.platform.startswith("linux"):
        return None
    libc: Any = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
