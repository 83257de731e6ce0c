"""The ledger: one SQLite file and one transaction helper (its tables: ledger_tables.py).

Deleted content is overwritten (`secure_delete`), and the rollback journal is kept in place
(`journal_mode=PERSIST`), so that `scrub` can overwrite it too: a write-ahead log or a deleted journal
would leave old pages, and wrapped keys in them, in blocks nobody can reach any more. It also lets a
study be read on a read-only disk.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from urllib.parse import quote

from pipeline.errors import LedgerError, NotPermittedError, ReadOnlyError
from pipeline.study.vault import faults
from pipeline.study.vault.files import BLOCK_BYTES, storage_errors
from pipeline.study.vault.ledger_tables import MIGRATIONS

FILE_NAME = "ledger.sqlite3"
BUSY_TIMEOUT_S = 30


def database_uri(path: PurePath, mode: str) -> str:
    """SQLite's URI of an absolute path. A Windows share stays in the path: SQLite refuses a host, which
    `as_uri` would make of it (sqlite.org/uri.html)."""
    told = quote(path.as_posix(), safe="/:", errors="surrogateescape")
    return f"file://{told if told.startswith('/') else '/' + told}?mode={mode}"


class Ledger:
    """An open ledger. All reading and writing goes through `query` and `transaction`."""

    def __init__(self, path: Path, *, create: bool = False):
        self.path = path
        self.readonly = False
        self._guard = threading.RLock()
        self._depth = 0
        self._after: list[Callable[[], None]] = []
        with storage_errors(path):
            self._connection = self._connect(create)
            self._migrate(create)

    def _connect(self, create: bool) -> sqlite3.Connection:
        if not create and not self.path.is_file():
            raise LedgerError(file=self.path, why="it is missing")
        if create:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if not os.access(self.path, os.R_OK):
            raise NotPermittedError(file=self.path, why="it cannot be read")
        self.readonly = not (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK))
        mode = "ro" if self.readonly else "rw"
        connection = sqlite3.connect(
            database_uri(self.path.absolute(), mode),
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_S,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        for pragma in ("cell_size_check = ON", "temp_store = MEMORY", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        if not self.readonly:
            for pragma in (
                "secure_delete = ON",
                "journal_mode = PERSIST",
                "synchronous = FULL",
                "fullfsync = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
        return connection

    def _migrate(self, create: bool) -> None:
        """Bring the tables up to date, each step in a transaction of its own, numbered in user_version.

        A ledger that lost its content is never taken for a new one: the vault's files would be nobody's.
        """
        (done,) = self._connection.execute("PRAGMA user_version").fetchone()
        if not done and not create:
            raise LedgerError(file=self.path, why="it is empty")
        if done > len(MIGRATIONS):
            raise LedgerError(file=self.path, why="it was written by a newer session-deid; update this one")
        for number, step in enumerate(MIGRATIONS[done:], start=done + 1):
            with self.transaction():
                step(self._connection)
                self._connection.execute(f"PRAGMA user_version = {number}")

    def close(self) -> None:
        """Close the file; the ledger cannot be used afterwards."""
        self._connection.close()

    def query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a statement (fetched at once, so that no reader keeps a writer waiting)."""
        with storage_errors(self.path), self._guard:
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another is a savepoint. Writers wait for one another."""
        if self.readonly:
            raise ReadOnlyError(file=self.path)
        with self._guard, self._savepoint() if self._depth else self._whole():
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

    @contextmanager
    def _whole(self) -> Iterator[None]:
        with storage_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                faults.point("ledger.commit")
                self._connection.execute("COMMIT")
            except BaseException:
                self._after.clear()
                with suppress(sqlite3.Error):  # a failed COMMIT may have rolled back already
                    self._connection.execute("ROLLBACK")
                raise
            faults.moment("ledger.committed")
            waiting, self._after = self._after, []
            for action in waiting:
                action()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        name, waiting = f"level{self._depth}", len(self._after)
        self._connection.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self._connection.execute(f"ROLLBACK TO {name}")
            del self._after[waiting:]
            raise
        finally:
            self._connection.execute(f"RELEASE {name}")

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the running transaction is safely on the disk (dropped on rollback).

        The same action asked for twice is done once.
        """
        if action not in self._after:
            self._after.append(action)

    def data_version(self) -> int:
        """A number that changes whenever another process has changed the ledger."""
        return int(self.query("PRAGMA data_version")[0][0])

    def read_mark(self, name: str) -> int:
        """A mark of housekeeping, 0 when it was never written."""
        rows = self.query("SELECT value FROM marks WHERE name = ?", name)
        return int(rows[0][0]) if rows else 0

    def write_mark(self, name: str, value: int) -> None:
        """Note how far housekeeping has come."""
        with self.transaction():
            self.query("INSERT OR REPLACE INTO marks VALUES (?,?)", name, value)

    def check(self) -> None:
        """Raise LedgerError when SQLite finds the file damaged."""
        for row in self.query("PRAGMA quick_check(1)"):
            if row[0] != "ok":
                raise LedgerError(file=self.path, why="SQLite finds pages that do not fit together")

    def scrub(self) -> None:
        """Leave no deleted content behind: rebuild the file, then overwrite the journal in place.

        Call it after deleting keys, outside a transaction. Another process that reads at this moment
        makes it raise LockedError; calling again is enough.
        """
        with storage_errors(self.path):
            faults.point("scrub.begin")
            self._connection.execute("VACUUM")
            faults.point("scrub.vacuumed")
            self._connection.execute("BEGIN EXCLUSIVE")
            try:
                journal = self.path.with_name(self.path.name + "-journal")
                if journal.exists():
                    overwrite_cold_journal(journal)
            finally:
                self._connection.execute("ROLLBACK")
            faults.point("scrub.done")


def overwrite_cold_journal(journal: Path) -> None:
    """Put zeros over a journal no transaction needs, and empty it.

    Called under an exclusive lock before anything was changed, so the journal is not in use; one that
    begins with zero is never played back, so an interrupted call does no harm.
    """
    with journal.open("r+b", buffering=0) as file:
        left = os.fstat(file.fileno()).st_size
        while left:
            left -= file.write(bytes(min(left, BLOCK_BYTES))) or 0
        os.fsync(file.fileno())
        os.ftruncate(file.fileno(), 0)
