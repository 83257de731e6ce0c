"""What is told of an error nobody foresaw: its kind and its place in our code, never its message.

A message may hold words of a transcript. Whoever works through several files asks here what to say of one
that failed, and goes on with the next.
"""

from __future__ import annotations

import errno
from traceback import walk_tb

from pipeline.errors import (
    DiskFullError,
    FileRefusedError,
    InternalError,
    OutOfMemoryError,
    SessionDeidError,
)

PLACES = 4
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


def error_of(error: Exception, *, file: object, stage: str) -> SessionDeidError:
    """The error a person is told of: one of ours as it is, one of the system by its name, any other as an
    InternalError with the stage ("transcribing") and the place."""
    if isinstance(error, SessionDeidError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemoryError(file=file)
    if isinstance(error, OSError) and error.strerror:
        kind = DiskFullError if error.errno in _FULL else FileRefusedError
        return kind(file=file, why=error.strerror)
    return InternalError(file=file, kind=type(error).__name__, place=place_of(error), stage=stage)


def place_of(error: BaseException) -> str:
    """Where it struck: the modules and lines of ours it came through, the innermost first."""
    frames = ((f.f_globals.get("__name__", ""), line) for f, line in walk_tb(error.__traceback__))
    ours = [f"{module}:{line}" for module, line in frames if module.split(".")[0] == "pipeline"]
    return " < ".join(reversed(ours[-PLACES:])) or "an unknown place"
