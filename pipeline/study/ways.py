"""Changing the ways into a study: read, changed, written and noted in the audit chain inside one transaction.

So two key commands at once lose neither's way, and a prompt that was left open brings no removed way back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.errors import KeyBookError, KeyChangeError, SessionDeidError
from pipeline.study.vault import keys
from pipeline.study.vault.keys import KeyBook, KeySource, ScryptCost, Wrap, WrapKind

if TYPE_CHECKING:
    from pipeline.study.study import Study


def add_way(study: Study, source: KeySource, kind: WrapKind, cost: ScryptCost | None = None) -> Wrap:
    """Add a way to open the study; returns it."""
    wrap = keys.make_wrap(study.id, study.key, source, kind, cost or ScryptCost())
    _change(study, lambda book: keys.with_wrap(book, wrap), "key added")
    return wrap


def replace_passphrases(study: Study, passphrase: keys.Passphrase, cost: ScryptCost | None = None) -> Wrap:
    """One passphrase in the place of all there are at this moment; returns the way it is."""
    wrap = keys.make_wrap(study.id, study.key, passphrase, "passphrase", cost or ScryptCost())

    def replace(book: KeyBook) -> KeyBook:
        old = {each.name for each in book.wraps if each.kind == "passphrase"}
        return keys.drop_wraps(keys.with_wrap(book, wrap), old)

    _change(study, replace, "key changed")
    return wrap


def remove_way(study: Study, name: str) -> None:
    """Remove a way to open the study; never the last one. Raises KeyChangeError when there is none of this name."""

    def remove(book: KeyBook) -> KeyBook:
        if name not in {wrap.name for wrap in book.wraps}:
            raise KeyChangeError(what=name, why="is no way into this study; session-deid key list shows them")
        return keys.drop_wraps(book, {name})

    _change(study, remove, "key removed")


def _change(study: Study, change: Callable[[KeyBook], KeyBook], event: str) -> None:
    written: list[tuple[KeyBook, KeyBook]] = []
    try:
        with study.ledger.transaction():
            keys.clear_unfinished(study.folder)
            before = _read(study)
            after = change(before)
            study.audit.append(event, detail={"ways": [f"{wrap.kind} {wrap.name}" for wrap in after.wraps]})
            written.append((before, after))
            keys.write_book(study.folder, after)
    except BaseException:
        for before, after in written:
            _take_back(study, before, after)
        raise
    study.book = after
    keys.forget_secrets(before, after)


def _read(study: Study) -> KeyBook:
    """The book as it is now; raises KeyBookError when it is not this study's."""
    book = keys.read_book(study.folder)
    if (book.study, book.audit_key) != (study.book.study, study.book.audit_key):
        raise KeyBookError(file=study.folder / keys.FILE_NAME, why="it is another study's")
    return book


def _take_back(study: Study, before: KeyBook, after: KeyBook) -> None:
    """What the chain could not note did not happen: the command ends with an error, so the old ways must hold."""
    with suppress(SessionDeidError), study.ledger.transaction():
        if keys.read_book(study.folder) == after:
            keys.write_book(study.folder, before)
