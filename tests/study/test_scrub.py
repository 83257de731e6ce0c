"""Deleted keys leave nothing behind: not in the ledger, and not in the journal that held its old pages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.study.study import Study
from pipeline.study.vault.states import Part
from tests.study.conftest import make_sound, take


def wrapped_key(study: Study) -> bytes:
    (row,) = study.ledger.query("SELECT wrapped FROM keys WHERE owner = 'R0001' AND part = 'audio'")
    return bytes(row[0])


def journal_of(study: Study) -> Path:
    return study.ledger.path.with_name(study.ledger.path.name + "-journal")


@pytest.fixture
def dropped(study: Study, tmp_path: Path) -> bytes:
    """A recording whose keys were deleted and the ledger not yet scrubbed; the wrapped key that went."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    wrapped = wrapped_key(study)
    with study.ledger.transaction():
        for part in Part:
            study.rows.drop_key("R0001", part.value)
    return wrapped


def test_the_journal_holds_the_key_until_it_is_scrubbed(study: Study, dropped: bytes) -> None:
    """What scrubbing is for: the page as it was before the deletion still lies there."""
    assert dropped in journal_of(study).read_bytes()
    study.ledger.scrub()
    assert dropped not in journal_of(study).read_bytes()
    assert dropped not in study.ledger.path.read_bytes()


def test_the_journal_is_overwritten_and_not_only_cut(
    study: Study, dropped: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cutting a file frees its blocks as they are: at that moment every byte of it is zero, and was synced."""
    seen: list[bytes] = []
    synced: list[int] = []
    cut, sync = os.ftruncate, os.fsync

    def look(handle: int, length: int) -> None:
        seen.append(journal_of(study).read_bytes())
        assert synced[-1:] == [handle]
        cut(handle, length)

    def note(handle: int) -> None:
        synced.append(handle)
        sync(handle)

    monkeypatch.setattr(os, "ftruncate", look)
    monkeypatch.setattr(os, "fsync", note)
    study.ledger.scrub()
    (content,) = seen
    assert len(content) > len(dropped)
    assert not any(content)
    assert journal_of(study).read_bytes() == b""
