"""What the disk and SQLite say becomes an error of ours: which file, what happened, and a class with its exit code."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from pipeline.errors import (
    DiskFaultError,
    DiskFullError,
    LedgerError,
    LockedError,
    NotPermittedError,
    ReadOnlyError,
    StudyError,
)
from pipeline.study.vault.files import storage_errors


def of_sqlite(code: int, name: str) -> sqlite3.Error:
    """As the library raises it; an extended code holds the plain one in its low byte (sqlite.org/rescode.html)."""
    error = sqlite3.OperationalError("its own words")
    error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


@pytest.mark.parametrize(
    ("raised", "ours", "told"),
    [
        (OSError(errno.ENOSPC, "x"), DiskFullError, os.strerror(errno.ENOSPC)),
        (OSError(errno.EDQUOT, "x"), DiskFullError, os.strerror(errno.EDQUOT)),
        (OSError(errno.EROFS, "x"), ReadOnlyError, ""),
        (OSError(errno.EACCES, "x"), NotPermittedError, os.strerror(errno.EACCES).lower()),
        (OSError(errno.EIO, "x"), DiskFaultError, os.strerror(errno.EIO)),
        (OSError(errno.ESTALE, "x"), DiskFaultError, os.strerror(errno.ESTALE)),
        (of_sqlite(sqlite3.SQLITE_FULL, "SQLITE_FULL"), DiskFullError, "no space left"),
        (of_sqlite(sqlite3.SQLITE_READONLY, "SQLITE_READONLY"), ReadOnlyError, ""),
        (of_sqlite(sqlite3.SQLITE_BUSY, "SQLITE_BUSY"), LockedError, ""),
        (of_sqlite(sqlite3.SQLITE_IOERR, "SQLITE_IOERR"), DiskFaultError, "SQLITE_IOERR"),
        (of_sqlite(sqlite3.SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"), DiskFaultError, "SQLITE_IOERR_FSYNC"),
        (of_sqlite(sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT"), LedgerError, "SQLITE_CORRUPT"),
        (sqlite3.DatabaseError("without a code"), LedgerError, "DatabaseError"),
    ],
    ids=str,
)
def test_each_says_which_file_and_what(raised: Exception, ours: type[StudyError], told: str) -> None:
    with pytest.raises(ours) as caught, storage_errors(Path("a study/ledger.sqlite3")):
        raise raised
    assert type(caught.value) is ours
    assert "a study/ledger.sqlite3" in str(caught.value)
    assert told in str(caught.value)
    assert "its own words" not in str(caught.value)


def test_what_is_none_of_the_disk_s_stays_as_it_is() -> None:
    """A missing file is for its caller to tell."""
    with pytest.raises(FileNotFoundError), storage_errors("x"):
        raise FileNotFoundError(errno.ENOENT, "x")
