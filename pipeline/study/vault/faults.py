"""Named places where a test can make the study fail. For tests only.

`SESSION_DEID_FAULT="name:kind[:nth]"` makes the nth passage (default the first) of the place `name`
fail: `kill` ends the process as kill -9 does, `enospc`, `eio` and `erofs` raise that error, as a full,
broken or read-only disk would. The name `*` counts passages of every place. Without the variable a
place costs one look-up. Every place lies at a border between two writes, so the tests walk through
all of them: after each, the next command must find the study whole.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections import Counter

VARIABLE = "SESSION_DEID_FAULT"
_ERRORS = {"enospc": errno.ENOSPC, "eio": errno.EIO, "erofs": errno.EROFS}


class _Passages:
    """How often each place was passed in this process."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.guard = threading.Lock()
        self.struck = False

    def count(self, name: str) -> tuple[int, int]:
        with self.guard:
            self.seen[name] += 1
            self.seen["*"] += 1
            return self.seen[name], self.seen["*"]


_passages = _Passages()


def point(name: str) -> None:
    """Pass the place `name`; fails there when the environment asks for it."""
    asked = os.environ.get(VARIABLE)
    if not asked:
        return
    here, anywhere = _passages.count(name)
    wanted, _, rest = asked.partition(":")
    kind, _, nth = rest.partition(":")
    passage = anywhere if wanted == "*" else here
    if wanted in (name, "*") and passage == int(nth or 1):
        _strike(kind)


def moment(name: str) -> None:
    """Pass a place between two steps, where no write is: only a kill can strike there."""
    if ":kill" in os.environ.get(VARIABLE, ""):
        point(name)


def _strike(kind: str) -> None:
    _passages.struck = True
    if kind == "kill":
        if sys.platform == "win32":
            os.kill(os.getpid(), signal.SIGTERM)  # ends a process at once there, which has no SIGKILL
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(_ERRORS[kind], os.strerror(_ERRORS[kind]))


def reset() -> None:
    """Start counting anew (a test that sets several faults in one process)."""
    _passages.seen.clear()
    _passages.struck = False


def struck() -> bool:
    """Whether a fault struck since the counting began (and may have been survived)."""
    return _passages.struck
