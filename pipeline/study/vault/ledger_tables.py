"""The ledger's tables, as numbered steps: a ledger of any earlier version is brought up to date by those it lacks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable


def _create_tables(connection: sqlite3.Connection) -> None:
    """1: recordings, their artifacts and keys, the audit chain."""
    for statement in (
        """CREATE TABLE recordings (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name BLOB NOT NULL, state TEXT NOT NULL,
            failed_stage TEXT, reason TEXT, digest TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
            duration REAL, received_at TEXT NOT NULL, changed_at TEXT NOT NULL, audit_seq INTEGER NOT NULL,
            code BLOB NOT NULL
        ) STRICT""",
        """CREATE TABLE artifacts (
            owner TEXT NOT NULL, kind TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL,
            size INTEGER NOT NULL, version INTEGER NOT NULL, made_at TEXT NOT NULL,
            audit_seq INTEGER NOT NULL, code BLOB NOT NULL, PRIMARY KEY (owner, kind)
        ) STRICT""",
        """CREATE TABLE keys (
            owner TEXT NOT NULL, part TEXT NOT NULL, id TEXT NOT NULL, wrapped BLOB NOT NULL,
            PRIMARY KEY (owner, part)
        ) STRICT""",
        """CREATE TABLE audit (
            seq INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, event TEXT NOT NULL,
            recording TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL,
            signature TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX recordings_by_state ON recordings (state)",
        "CREATE INDEX audit_by_recording ON audit (recording)",
    ):
        connection.execute(statement)


def _create_leases(connection: sqlite3.Connection) -> None:
    """2: who is deciding on which recording at this moment."""
    connection.execute(
        "CREATE TABLE leases (recording TEXT PRIMARY KEY, holder TEXT NOT NULL, reviewer TEXT NOT NULL, "
        "until REAL NOT NULL) STRICT"
    )


def _create_marks(connection: sqlite3.Connection) -> None:
    """3: how far housekeeping has come (nothing depends on it but the work saved)."""
    connection.execute("CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT")


def _create_traces(connection: sqlite3.Connection) -> None:
    """4: what to look for once a recording is destroyed, sealed, until it is."""
    connection.execute("CREATE TABLE traces (recording TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT")


def _create_analysis_keys(connection: sqlite3.Connection) -> None:
    """5: keys once more, for who may open transcripts and no name; an earlier study's are sealed when it is opened."""
    connection.execute(
        "CREATE TABLE analysis_keys (owner TEXT NOT NULL, part TEXT NOT NULL, id TEXT NOT NULL, "
        "sealed BLOB NOT NULL, code BLOB NOT NULL, PRIMARY KEY (owner, part)) STRICT"
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _create_tables,
    _create_leases,
    _create_marks,
    _create_traces,
    _create_analysis_keys,
)
