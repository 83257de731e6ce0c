"""Hints come from a roster or a list and are kept short enough for the recogniser."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import FileMissingError, SettingsError
from pipeline.transcribe.hints import as_prompt, read_hints


def test_a_roster_gives_names_and_nicknames(tmp_path: Path) -> None:
    """Codes and roles are no words to listen for."""
    file = tmp_path / "roster.csv"
    file.write_text(
        "code,name,nicknames,role\nP01,Testa Sample,Tes;Tessie,student\nP02,Mock Person,,student\n"
    )
    assert read_hints(file) == ("Testa Sample", "Tes", "Tessie", "Mock Person")


def test_a_list_gives_its_lines(tmp_path: Path) -> None:
    """Blank lines, comments and repetitions are passed over."""
    file = tmp_path / "words.txt"
    file.write_text("# sites\nExample Ward\n\nBalint group\nExample Ward\n", encoding="utf-8-sig")
    assert read_hints(file) == ("Example Ward", "Balint group")


def test_a_missing_or_binary_file_is_said(tmp_path: Path) -> None:
    """Each has its own error, naming the file alone."""
    with pytest.raises(FileMissingError):
        read_hints(tmp_path / "no.txt")
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_hints(tmp_path / "a.bin")


def test_no_hints_make_no_prompt() -> None:
    """An empty roster leaves the recogniser alone."""
    assert as_prompt(()) == ""
    assert as_prompt(["", "  "]) == ""


def test_hints_become_sentences_without_the_shortest() -> None:
    """Each once, in order, a sentence each; two letters fit too many sounds."""
    assert as_prompt(["Testa Sample", "Te", "Mock Ward.", "Testa Sample"]) == "Testa Sample. Mock Ward."


def test_a_long_list_is_cut() -> None:
    """Whisper reads only so much before a window."""
    assert as_prompt([f"Name{i}" for i in range(500)]).count(".") == 60
