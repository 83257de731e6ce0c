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
        "afterwards. A nightly job may do so without a person; the program",
        "Reference: 2031-7.",
        "the recorder's card",
    ):
        assert words in full, words


DAY = date(2036, 12, 31)
LATER = "30 days after it was taken in"
NO_DAY = "The study's settings set no day for that: [say when]."
KEPT = "The program refuses to destroy the sound of a recording before"
DUE = "It is due to be destroyed 7 days after its transcript is verified."
LAST = "It is to be destroyed by 2036-12-31, and is shown as overdue afterwards."
AFTER = "7 days after its transcript is verified"
SENTENCES = (NO_DAY, KEPT, DUE, LAST)


@pytest.mark.parametrize(
    ("first", "after", "last", "said", "people", "sound"),
    [
        (
            *(None, None, None, [NO_DAY], "The recording is kept encrypted until [when]."),
            "until somebody of the team destroys it; no rule sets a day",
        ),
        (
            *(30, None, None, [f"{KEPT} {LATER}."]),
            *(f"The recording is kept encrypted at least until {LATER}.", f"not before {LATER}"),
        ),
        (
            *(None, 7, None, [DUE]),
            *(f"for how long? It is to be destroyed {AFTER}. The", f"due {AFTER}"),
        ),
        (
            *(None, None, DAY, [LAST]),
            *("for how long? It is to be destroyed by 2036-12-31. The", "gone by 2036-12-31"),
        ),
        (
            *(30, 7, DAY, [f"{KEPT} {LATER}.", DUE, LAST]),
            f"at least until {LATER}. It is to be destroyed {AFTER} and by 2036-12-31. The",
            f"not before {LATER}; due {AFTER}; gone by 2036-12-31",
        ),
    ],
)
def test_each_rule_of_the_sound_is_told_and_no_other(
    first: int | None, after: int | None, last: date | None, said: list[str], people: str, sound: str
) -> None:
    """To the board, to the participants and in the plan; "no day" only where none is set."""
    text = told(destroy_after_days=after, retention=Retention(sound_not_before=first, sound_not_after=last))
    assert [each for each in SENTENCES if each in text] == [each.removesuffix(f" {LATER}.") for each in said]
    assert all(each in text for each in said)
    assert people in text
    assert f"| a key of the recording's own | {sound} |" in text
    assert f"| a second key of the recording's own | {sound} |" in text, "raw words go with the sound"
    assert "the sound, its voiceprints and the raw words can be destroyed" in text


def test_until_when_everything_else_is_kept_is_told_by_its_own_rule() -> None:
    """Raw words, transcripts, roster and label map: the day of each in study.toml, and where there is none to be filled in."""
    counted = told(retention=Retention(transcripts_until=40))
    assert "The transcript is kept until 40 days after the recording was taken in, and is due" in counted
    assert "in place of names is kept [where] until 40 days after the recording was taken in." in counted
    rules = Retention(words_until=10, transcripts_until=DAY, roster_until=20, labels_until=date(2037, 1, 2))
    text = told(destroy_raw_transcript=False, retention=rules)
    for words in (
        "The raw words are kept until 10 days after the recording was taken in, and are due to be destroyed then.",
        "The transcript is kept until 2036-12-31, and is due to be destroyed then.",
        "| a second key of the recording's own | kept until 10 days after the recording was taken in, then due |",
        "| a third key of the recording's own | kept until 2036-12-31, then due |",
        "| roster | vault/ | a key of its own | kept until 20 days after the last recording was taken in, then due: `close",
        "| label map | vault/ | a key of its own | kept until 2037-01-02, then due: `close --roster` |",
        "in place of names is kept [where] until 2036-12-31.",
        "behind each code is kept encrypted until 20 days after the last recording was taken in.",
    ):
        assert words in text, words
    without = told(destroy_raw_transcript=False)
    assert without.count("[until when]") == 4, "and the voices, which `close` ends"
    assert "| a second key of the recording's own | kept (destroy_raw_transcript = false) |" in without
    assert "are kept until" not in without
    assert "The transcript is kept until" not in without


def test_what_is_told_of_consent_is_what_the_program_does() -> None:
    text = told()
    for words in (
        "keeps no voiceprint of who",
        "marks in exports what may not be quoted",
        "leaves out of a package",
    ):
        assert words in text, words


@pytest.mark.parametrize("days", [None, 0, 7])
def test_nothing_is_left_unfilled(days: int | None) -> None:
    text = write_protocol(StudySettings(name="x", destroy_after_days=days))
    assert not re.search(r"\{[{%#]|None|\n\n\n\n", text)
    assert re.search(r"[^\n]\n\Z", text)
    by_hand = "A person does so; the program destroys nothing that nobody verified"
    assert by_hand in " ".join(text.split())


def test_a_word_file_holds_the_same(tmp_path: Path) -> None:
    """Every heading, paragraph and cell, and the same bytes each time; nothing is written over."""
    write_settings(tmp_path, StudySettings(name="Example"))
    to = tmp_path / "protocol.docx"
    arguments = ["protocol", "--study", str(tmp_path), "--format", "docx", "--to", str(to)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    text = write_protocol(StudySettings(name="Example"))
    assert to.read_bytes() == to_docx(text)
    document = docx.Document(io.BytesIO(to.read_bytes()))
    styles = {p.text: p.style.name for p in document.paragraphs if p.style}
    assert styles["Example: paragraphs for the protocol"] == "Title"
    assert styles["For the consent form"] == "Heading 1"
    assert [text.partition(" ")[0] for text, style in styles.items() if style == "List Bullet"] == ["I"] * 5
    assert not [text for text in styles if "\n" in text or text.startswith(("*", "#", "|"))]
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["what", "where", "protected by", "until when"]
    assert [row[0] for row in rows[1:]] == [
        line.strip("|").split("|")[0].strip() for line in text.splitlines() if line.startswith("| ")
    ][1:]
    assert all(all(row) for row in rows)
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
