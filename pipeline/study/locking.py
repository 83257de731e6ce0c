"""A study's locks: one run, one import, one destruction at a time, whichever process wants it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import LockedError, LocksRefusedError
from pipeline.study.creating import LOCKS
from pipeline.study.vault.files import make_folder, storage_errors

NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP})


@contextmanager
def hold(folder: Path, name: str, *, study: str, wait_s: float) -> Iterator[None]:
    """Hold the lock `name` of the study in `folder`; raises LockedError when another process has it.

    The system frees it when the process ends, however it ends.
    """
    from filelock import FileLock, Timeout

    path = folder / LOCKS / f"{name}.lock"
    with storage_errors(folder / LOCKS):
        make_folder(folder / LOCKS)
        _check_locks(path)
        held = FileLock(path, timeout=wait_s, mode=0o600)
        try:
            held.acquire()
        except Timeout:
            raise LockedError(what=f"{study} ({name})") from None
        except OSError as error:
            if error.errno in NO_LOCKS:
                raise LocksRefusedError(file=path, why=os.strerror(error.errno or 0).lower()) from None
            raise
    try:
        yield
    finally:
        held.release()


def _check_locks(path: Path) -> None:
    """Raise LocksRefusedError where the disk keeps no locks.

    The library would go over to files that are only there, and wait for one that a killed command left behind. Tried
    on a file of its own, shared: it keeps nobody waiting.
    """
    if sys.platform == "win32":  # it always has locks
        return
    import fcntl

    probe = os.open(path.with_name("probe"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in NO_LOCKS:
            raise LocksRefusedError(file=path, why=os.strerror(error.errno or 0).lower()) from None
        raise
    finally:
        os.close(probe)
