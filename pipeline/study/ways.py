"""Changing the ways into a study: each change stands in the audit chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.study.vault import keys
from pipeline.study.vault.keys import KeyBook, KeySource, ScryptCost, WrapKind

if TYPE_CHECKING:
    from pipeline.study.study import Study


def add_way(study: Study, source: KeySource, kind: WrapKind, cost: ScryptCost | None = None) -> None:
    """Add a way to open the study."""
    _change(study, keys.add_wrap(study.book, study.key, source, kind, cost or ScryptCost()), "key added")


def replace_ways(
    study: Study, names: set[str], source: KeySource, kind: WrapKind, cost: ScryptCost | None = None
) -> None:
    """Replace some ways by a new one (change of passphrase)."""
    book = keys.add_wrap(study.book, study.key, source, kind, cost or ScryptCost())
    _change(study, keys.drop_wraps(book, names) if names else book, "key changed")


def remove_way(study: Study, name: str) -> None:
    """Remove a way to open the study; never the last one."""
    _change(study, keys.drop_wraps(study.book, {name}), "key removed")


def _change(study: Study, book: KeyBook, event: str) -> None:
    with study.ledger.transaction():
        study.audit.append(event, detail={"ways": [f"{wrap.kind} {wrap.name}" for wrap in book.wraps]})
        keys.write_book(study.folder, book)
    study.book = book
