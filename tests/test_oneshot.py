"""The one-shot command's own work: names of results, and what is checked before the engines begin."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import OutputError
from pipeline.files import NAME_MOST_BYTES
from pipeline.oneshot import OneShot, named_apart


def names(*paths: str) -> list[str]:
    return [name for _, name in named_apart(map(Path, paths))]


def test_two_of_one_name_are_told_apart() -> None:
    """Also where only the folder, the ending or the capitals differ, and where NAME-2 is there already."""
    assert names("a/x.wav", "b/x.wav", "c/X.mp3", "x-2.wav") == ["x", "x-2", "X-3", "x-2-2"]


@given(st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=260), max_size=6))
def test_every_name_is_a_file_name_of_its_own(stems: list[str]) -> None:
    """Control characters and what no encoding holds never reach a file name, and endings still fit."""
    found = names(*(f"folder/{stem}.wav" for stem in stems))
    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert name.isprintable()
        assert len(name.encode()) <= NAME_MOST_BYTES + 10


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour of transcription would be lost."""
    work = OneShot(stages=None, out=tmp_path / "out")  # type: ignore[arg-type]
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError):
        next(iter(work.process([tmp_path / "a.wav"], lambda _: lambda _: None)))
    (tmp_path / "file").touch()
    work = OneShot(stages=None, out=tmp_path / "file")  # type: ignore[arg-type]
    with pytest.raises(OutputError):
        next(iter(work.process([tmp_path / "a.wav"], lambda _: lambda _: None)))
