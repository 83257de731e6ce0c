"""A study's locks: one run, one import, one destruction at a time, whichever process wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import LockedError
from pipeline.study.creating import LOCKS
from pipeline.study.vault.files import make_folder, storage_errors


@contextmanager
def hold(folder: Path, name: str, *, study: str, wait_s: float) -> Iterator[None]:
    """Hold the lock `name` of the study in `folder`; raises LockedError when another process has it.

    The system frees it when the process ends, however it ends.
    """
    from filelock import FileLock, Timeout

    with storage_errors(folder / LOCKS):
        make_folder(folder / LOCKS)
        held = FileLock(folder / LOCKS / f"{name}.lock", timeout=wait_s, mode=0o600)
        try:
            held.acquire()
        except Timeout:
            raise LockedError(what=f"{study} ({name})") from None
    try:
        yield
    finally:
        held.release()
