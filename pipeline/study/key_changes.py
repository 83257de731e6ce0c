"""Changing the ways into a study: read, changed, written and noted in the audit chain inside one transaction.

So two key commands at once lose neither's way, and a prompt that was left open brings no removed way back.
Whoever holds one ring alone changes the ways to that ring alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.errors import (
    KeyBookError,
    KeyChangeError,
    KeyUnavailableError,
    SessionDeidError,
    WrongKeyError,
)
from pipeline.study.settings import key_file_of
from pipeline.study.vault import key_book, keys
from pipeline.study.vault.keys import KeyBook, KeySource, ScryptCost, Wrap, WrapKind
from pipeline.study.vault.study_key import WHAT_OPENS, Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study


def add_way(
    study: Study,
    source: KeySource,
    kind: WrapKind,
    cost: ScryptCost | None = None,
    *,
    ring: Ring | None = None,
) -> Wrap:
    """Add a way to a ring of the study (else to what the study was opened with); returns it.

    Raises RingNeededError for a ring the study was not opened with, KeyChangeError for a key that opens another ring
    already: it would open both.
    """
    wanted = ring or study.key.ring
    study.key.require(wanted)
    _refuse_second_ring(study.book, source, wanted)
    wrap = keys.make_wrap(study.id, study.key, source, kind, cost or ScryptCost(), wanted)

    def add(book: KeyBook) -> KeyBook:
        if book != study.book:  # another command changed it meanwhile
            _refuse_second_ring(book, source, wanted)
        return keys.with_wrap(book, wrap)

    _change(study, add, "key added")
    return wrap


def _refuse_second_ring(book: KeyBook, source: KeySource, wanted: Ring) -> None:
    others = tuple(wrap for wrap in book.wraps if wrap.ring is not wanted)
    try:
        way, _ = keys.find_way(book.model_copy(update={"wraps": others}), source)
    except (WrongKeyError, KeyUnavailableError):  # it opens none of them
        return
    why = f"opens this study already (way {way.name}, ring {way.ring.value}), so it would open more than {wanted.value}"
    raise KeyChangeError(what=keys.describe(source), why=why)


def replace_passphrases(study: Study, passphrase: keys.Passphrase, cost: ScryptCost | None = None) -> Wrap:
    """One passphrase in the place of all that open what the study was opened with; returns the way it is.

    Passphrases that open another ring stay. Raises KeyChangeError for one of those.
    """
    ring = study.key.ring
    _refuse_second_ring(study.book, passphrase, ring)
    wrap = keys.make_wrap(study.id, study.key, passphrase, "passphrase", cost or ScryptCost(), ring)

    def replace(book: KeyBook) -> KeyBook:
        old = {each.name for each in book.wraps if each.kind == "passphrase" and each.ring is ring}
        return keys.drop_wraps(keys.with_wrap(book, wrap), old)

    _change(study, replace, "key changed")
    return wrap


def remove_way(study: Study, name: str) -> None:
    """Remove a way to open the study; never the last one to either ring.

    Raises KeyChangeError when there is none of this name, RingNeededError for one that opens more than the study was
    opened with.
    """

    def remove(book: KeyBook) -> KeyBook:
        found = next((wrap for wrap in book.wraps if wrap.name == name), None)
        if found is None:
            raise KeyChangeError(what=name, why="is no way into this study; session-deid key list shows them")
        study.key.require(found.ring)
        return keys.drop_wraps(book, {name})

    _change(study, remove, "key removed")


def _change(study: Study, change: Callable[[KeyBook], KeyBook], event: str) -> None:
    written: list[tuple[KeyBook, KeyBook]] = []
    try:
        with study.ledger.transaction():
            key_book.clear_unfinished(study.folder)
            before = _read(study)
            after = change(before)
            study.audit.append(event, detail={"ways": [way_told(wrap) for wrap in after.wraps]})
            written.append((before, after))
            key_book.write_book(study.folder, after)
    except BaseException:
        for before, after in written:
            _take_back(study, before, after)
        raise
    study.book = after
    keys.forget_secrets(before, after)


def opened_by(wrap: Wrap) -> list[str]:
    """What a way opens, for people."""
    return [what for ring in WHAT_OPENS if ring in wrap.ring.opens for what in WHAT_OPENS[ring]]


def way_told(wrap: Wrap) -> str:
    """A way as an audit entry tells of it."""
    ring = "" if wrap.ring is Ring.BOTH else f" ({wrap.ring.value})"
    return f"{wrap.kind} {wrap.name}{ring}"


def way_of_runs(study: Study) -> str:
    """The name of the way that a run by cron takes, by the key file in study.toml; empty when there is none here."""
    file = key_file_of(study.folder, study.settings)
    with suppress(WrongKeyError, KeyUnavailableError):
        return keys.find_way(study.book, keys.KeyFile(file))[0].name if file is not None else ""
    return ""


def _read(study: Study) -> KeyBook:
    """The book as it is now; raises KeyBookError when it is not this study's."""
    book = key_book.read_book(study.folder)
    if (book.study, book.audit_key) != (study.book.study, study.book.audit_key):
        raise KeyBookError(file=study.folder / key_book.FILE_NAME, why="it is another study's")
    return book


def _take_back(study: Study, before: KeyBook, after: KeyBook) -> None:
    """What the chain could not note did not happen: the command ends with an error, so the old ways must hold."""
    with suppress(SessionDeidError), study.ledger.transaction():
        if key_book.read_book(study.folder) == after:
            key_book.write_book(study.folder, before)
