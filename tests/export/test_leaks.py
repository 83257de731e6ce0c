"""No recognised word, and nothing the caller did not say may be shown, gets out: every byte of every format."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SessionDeidError
from pipeline.export import (
    Attachment,
    ExportDocument,
    ExportOptions,
    Participant,
    formats,
    package,
    reading,
    write,
)
from pipeline.export.conventions import prepare
from pipeline.records import Utterance, Word
from tests.export.leaks import count, everything_below, everything_in

NAMES = ["Zebulon", "Quillfeather", "Xanthippe", "Wāhiakapātū"]
CONVENTIONS = [
    ExportOptions(draft=True),
    ExportOptions(
        draft=True,
        wording="clean",
        times=5,
        pauses=True,
        short_pause=0.1,
        inaudible_below=0.95,
        replacements="pseudonyms",
    ),
    ExportOptions(
        draft=True, wording="clean", times=False, inaudible_below=1.0, coded_turns=False, line_numbers=False
    ),
]


def planted(names: list[str], *, verified_by: str = "") -> ExportDocument:
    """A session in which raw words name people and the text does not; words run on past the text."""
    raw = ["my", "friend", names[0], names[1], "said", "um", names[2], "w-", "was", "here", names[3]]
    words = tuple(Word(10 + i * 1.3, 10.5 + i * 1.3, w, 0.3 + 0.06 * i) for i, w in enumerate(raw))
    text = "my friend [Person 1] said um [P03] w- was here"
    bare = tuple(Word(40 + i, 41 + i, name, 0.99) for i, name in enumerate(names))
    return ExportDocument(
        recording="session-1",
        duration=60.0,
        utterances=(
            Utterance("P01", 10.0, 25.0, text, words),
            Utterance("P02", 40.0, 44.0, "[Person 1] [Person 2] [P03] [Place 1]", bare),
            Utterance("P02", 45.0, 46.0, "", bare),
        ),
        participants=(Participant("P01", "student"), Participant("P02")),
        study="Study A",
        verified_by=verified_by,
    )


def test_the_search_itself_finds_planted_words() -> None:
    """The searcher sees through zips, entities and escapes, else the tests below would prove nothing."""
    spoken = replace(planted(NAMES), utterances=(Utterance("P01", 0.0, 1.0, "here is Wāhiakapātū & co"),))
    for kind in set(formats()) - {"rttm"}:
        data = write(spoken, kind, options=ExportOptions(draft=True))
        assert count(everything_in(data), ["Wāhiakapātū"]) > 0, kind


@pytest.mark.parametrize(("kind", "options"), list(itertools.product(formats(), CONVENTIONS)))
def test_no_recognised_word_gets_out(kind: str, options: ExportOptions) -> None:
    """Under every convention, raw words lend their times and nothing else."""
    assert count(everything_in(write(planted(NAMES), kind, options=options)), NAMES) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text("qxzjkvw", min_size=6, max_size=9), min_size=4, max_size=4), st.sampled_from(CONVENTIONS)
)
def test_no_recognised_word_gets_out_whatever_it_is(names: list[str], options: ExportOptions) -> None:
    """The same for any word, in all text formats."""
    for kind in set(formats()) - {"docx"}:
        assert count(everything_in(write(planted(names), kind, options=options)), names) == 0


@pytest.mark.parametrize("options", CONVENTIONS)
def test_no_recognised_word_gets_into_a_package(options: ExportOptions, tmp_path: Path) -> None:
    """Nor into any file of a study package, its names, its zip."""
    every = [*formats()]
    package.write([planted(NAMES)], tmp_path / "bag", options=options, formats=every)
    package.write([planted(NAMES)], tmp_path / "bag.zip", options=options, formats=every)
    assert count(everything_below(tmp_path), NAMES) == 0


def test_nothing_identified_or_said_is_in_a_repr() -> None:
    """What lands in a log or a failed assertion shows no text, not even de-identified."""
    document = replace(planted(NAMES), reports=(Attachment("r.json", b"friend"),))
    shown = repr(document) + repr(prepare(document, CONVENTIONS[1], marks="all"))
    assert count(shown.encode(), [*NAMES, "friend", "Person 1"]) == 0


@pytest.mark.parametrize(
    "content",
    [
        '{"recording": "x", "duration": "Zebulon", "utterances": []}',
        '{"recording": "x", "duration": 1, "utterances": [{"participant": "Zebulon Q", "start": 0, "end": 1, "text": ""}]}',
        '{"recording": "x", "duration": 1, "utterances": [{"participant": "P01", "start": 2, "end": 1, "text": "Zebulon"}]}',
        "Zebulon",
        '{"Zebulon": 1}',
    ],
)
def test_errors_about_a_file_do_not_quote_it(content: str) -> None:
    """A transcript that cannot be read is described by field, never by content."""
    with pytest.raises(SessionDeidError) as wrong:
        reading.parse(content.encode(), file="x.json")
    assert count(str(wrong.value).encode(), NAMES) == 0
    assert wrong.value.exit_code == 33
