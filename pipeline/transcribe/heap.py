"""How the C library keeps memory that native code takes and gives back again and again.

glibc asks the system anew for every block over 32 MiB, and for all large blocks in threads other than the first;
the system clears each page of it again. Encoding one window of 30 s cost 148,000 page faults that way, two fifths
of its time (docs/benchmarks/transcribe.md). Other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

# mallopt's parameters, from glibc's malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 256 << 20  # free memory at the heap's end that is not given back between two windows
_LARGEST_BLOCK = 96 << 20  # an encoder block of base takes 72 MB; a whole hour of sound stays outside


def keep_large_blocks() -> None:
    """Keep large blocks for the next use; `give_back` returns what is free once the work is done."""
    if (libc := _glibc()) is None:
        return
    libc.mallopt(_MMAP_THRESHOLD, _LARGEST_BLOCK)
    libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    libc.mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Return free memory to the system."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


def _glibc() -> Any:
    """The process's C library where it is glibc, else None."""
    if not sys.platform.startswith("linux"):
        return None
    libc: Any = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
