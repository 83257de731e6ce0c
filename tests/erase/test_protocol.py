"""The paragraphs for a board say what the study's settings say, and nothing the documentation does not."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.erase.protocol import to_docx, write_protocol
from pipeline.errors import OutputExistsError, StudyMissingError
from pipeline.study.retention import Retention
from pipeline.study.settings import StudySettings, write_settings
from tests.conftest import ROOT

PARTS = ["the ethics application", "the information sheet", "the consent form", "the data management plan"]


def told(**settings: object) -> str:
    """The paragraphs in one line."""
    return " ".join(write_protocol(StudySettings(name="A & B", **settings)).split())  # type: ignore[arg-type]


def test_each_claim_is_one_the_documentation_makes() -> None:
    """The template names the sentence beside each claim; one that is no longer there fails."""
    template = (ROOT / "pipeline/erase/templates/protocol.md").read_text()
    named = re.findall(r"\{#-? (\S+\.md): (.*?) #\}", template)
    assert len(named) >= 6
    for page, sentence in named:
        text = " ".join((ROOT / "docs" / page).read_text().split())
        assert sentence in text, (page, sentence)


def test_the_settings_are_what_is_told() -> None:
    plain = told()
    assert "A & B" in plain
    assert "set no day for that" in plain
    assert "A person must therefore review" in plain
    assert "none are declared" in plain
    full = told(
        reviewers=2,
        destroy_after_days=7,
        destroy_raw_transcript=False,
        unattended_destroy=True,
        ethics_approval="2031-7",
        other_copies=("the recorder's card",),
        retention=Retention(sound_not_before=30, sound_not_after=date(2036, 12, 31)),
    )
    for words in (
        "Two people must therefore review",
        "before 30 days after it was taken in",
        "due to be destroyed 7 days after its transcript is verified",
        "destroyed by 2036-12-31",
        "the raw words stay, sealed",
        "A nightly job may do so",
        "Reference: 2031-7.",
        "the recorder's card",
    ):
        assert words in full, words


@pytest.mark.parametrize("days", [None, 0, 7])
def test_nothing_is_left_unfilled(days: int | None) -> None:
    text = write_protocol(StudySettings(name="x", destroy_after_days=days))
    assert not re.search(r"\{[{%#]|None|\n\n\n\n", text)


def test_a_word_file_holds_the_same(tmp_path: Path) -> None:
    """Every heading, paragraph and cell, and the same bytes each time; nothing is written over."""
    write_settings(tmp_path, StudySettings(name="Example"))
    to = tmp_path / "protocol.docx"
    arguments = ["protocol", "--study", str(tmp_path), "--format", "docx", "--to", str(to)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    text = write_protocol(StudySettings(name="Example"))
    assert to.read_bytes() == to_docx(text)
    document = docx.Document(io.BytesIO(to.read_bytes()))
    held = " ".join(p.text for p in document.paragraphs)
    held += " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for word in re.sub(r"[#*|]|---", " ", text).split():
        assert word in held, word
    assert isinstance(CliRunner().invoke(main, arguments).exception, OutputExistsError)
    assert CliRunner().invoke(main, arguments[:-2]).exit_code == 2


def test_no_key_is_needed_and_a_study_is(tmp_path: Path) -> None:
    write_settings(tmp_path, StudySettings(name="Example"))
    shown = CliRunner().invoke(main, ["protocol", "--study", str(tmp_path)]).output
    assert [line[7:] for line in shown.splitlines() if line.startswith("## For ")] == PARTS
    done = CliRunner().invoke(main, ["protocol", "--study", str(tmp_path / "none")])
    assert isinstance(done.exception, StudyMissingError)
