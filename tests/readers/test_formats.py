"""Every format that is read: words in are words out, in the same format, open to programs that are not ours."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import readers
from pipeline.errors import InputError, TranscriptFormatError
from pipeline.readers import Replacements
from tests.readers.conftest import Redact
from tests.readers.made import FORMATS, TALK, TIMED, Turn

NOTHING = Replacements({})
NAMES = ("Ruth", "Haldane", "Tom", "Whitcombe", "Gregor", "Wellford")


def words_of(utterances: object) -> list[str]:
    return re.findall(r"\w+", " ".join(u.text for u in utterances))  # type: ignore[attr-defined]


SAID = [word for _, _, _, said in TALK for word in re.findall(r"\w+", said)]


@pytest.mark.parametrize("kind", FORMATS)
def test_all_words_speakers_and_times_are_read(kind: str) -> None:
    """Who said what, and when where the format says it."""
    name, make = FORMATS[kind]
    source = readers.read_bytes(make(TALK), Path(name))
    assert words_of(source.utterances) == SAID
    assert {u.participant for u in source.utterances} == {"Ruth Haldane", "Tom Whitcombe"}
    if kind in TIMED:
        assert [u.start for u in source.utterances] == pytest.approx([1.0, 4.0, 8.5], abs=0.01)
        assert [u.end for u in source.utterances] == pytest.approx([4.0, 8.5, 10.0], abs=0.3)


@pytest.mark.parametrize("kind", FORMATS)
def test_it_comes_back_as_it_was(kind: str) -> None:
    """Without anything to replace the same words, speakers and times are read from what was written."""
    name, make = FORMATS[kind]
    source = readers.read_bytes(make(TALK), Path(name))
    again = readers.read_bytes(source.render({}, NOTHING), Path(name))
    assert again.utterances == source.utterances


@pytest.mark.parametrize("kind", FORMATS)
def test_nobody_is_named_in_it(kind: str, redact: Redact) -> None:
    """Through the front door: no name anywhere in the file, in words, margins, properties or word lists; the
    rest is there."""
    name, make = FORMATS[kind]
    text, _ = redact(name, make(TALK))
    assert [n for n in NAMES if n in text] == []
    assert "morning" in text
    assert "He did" in text or kind == "JSON of AWS Transcribe"


# --- independent readers ----------------------------------------------------------------------------


def opened_by_pysubs2(data: bytes) -> list[str]:
    import pysubs2

    return [e.plaintext for e in pysubs2.SSAFile.from_string(data.decode())]


def opened_by_webvtt(data: bytes) -> list[str]:
    import webvtt

    return [cue.text for cue in webvtt.from_string(data.decode()).captions]


def opened_by_odfpy(data: bytes) -> list[str]:
    from odf import teletype
    from odf.opendocument import load
    from odf.text import P

    return [teletype.extractText(p) for p in load(io.BytesIO(data)).getElementsByType(P)]


def opened_by_striprtf(data: bytes) -> list[str]:
    from striprtf.striprtf import rtf_to_text

    return [line for line in rtf_to_text(data.decode()).split("\n") if line.strip()]


def opened_by_docx(data: bytes) -> list[str]:
    import docx

    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]


OTHERS: dict[str, Callable[[bytes], list[str]]] = {
    "SubRip": opened_by_pysubs2,
    "WebVTT": opened_by_webvtt,
    "OpenDocument": opened_by_odfpy,
    "RTF": opened_by_striprtf,
    "Word": opened_by_docx,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_programs_open_it(kind: str) -> None:
    """What was written is read by a library that had no part in it: the same lines with the labels in place."""
    name, make = FORMATS[kind]
    source = readers.read_bytes(make(TALK), Path(name))
    at = source.utterances[1].text.index("Gregor")
    puts = Replacements({1: [(at, at + 6, "[Person 3]")]})
    data = source.render({"Ruth Haldane": "P01", "Tom Whitcombe": "P02"}, puts)
    assert OTHERS[kind](data) == [
        "P01: Good morning Tom.", "P02: Morning, did [Person 3] ring from Wellford?", "P01: He did.",
    ]  # fmt: skip


def test_formatting_stays() -> None:
    """Bold speakers stay bold in OpenDocument and RTF; noScribe's anchors keep their times and lose the speaker."""
    for kind, mark in [
        ("OpenDocument", b""),
        ("RTF", b"\\b P01: \\b0 "),
        ("HTML of noScribe", b'name="ts_1000_4000"'),
    ]:
        name, make = FORMATS[kind]
        data = readers.read_bytes(make(TALK), Path(name)).render({"Ruth Haldane": "P01"}, NOTHING)
        assert mark in data
        if kind == "OpenDocument":
            from odf.opendocument import load
            from odf.text import Span

            bold = load(io.BytesIO(data)).getElementsByType(Span)
            assert [str(span) for span in bold] == ["P01: ", "Tom Whitcombe: ", "P01: "]


# --- hard text, and damage ---------------------------------------------------------------------------

HARD = st.text(
    alphabet=st.characters(
        exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff\ufffd"
    ),
    min_size=1,
    max_size=60,
)


def plain(text: str) -> str:
    """A text as it may stand in one line of any format: no margin, no tag, no time of its own."""
    return f"so {' '.join(re.sub(r'[<>&{}#:|;,>»¤]|-->|^[*]', ' ', text).split())} there"


@pytest.mark.parametrize("kind", FORMATS)
@given(hard=HARD)
@example(hard="!")
@settings(max_examples=40)
def test_hard_text_comes_through(kind: str, hard: str) -> None:
    """Any letters, marks, emoji and directions: as they were when nothing is replaced, and a replacement stands
    where its words stood."""
    name, make = FORMATS[kind]
    said = plain(hard)
    talk: tuple[Turn, ...] = (
        ("Ruth Haldane", 1.0, 4.0, said),
        ("Tom Whitcombe", 4.0, 6.0, "I see."),
        ("Ruth Haldane", 6.0, 7.0, "Yes."),
    )
    try:
        source = readers.read_bytes(make(talk), Path(name))
    except TranscriptFormatError:
        assert (
            kind == "RTF"
        )  # striprtf reads some of it otherwise; then the file is refused, not read in part
        return
    data = source.render({}, NOTHING)
    again = readers.read_bytes(data, Path(name))
    assert again.utterances == source.utterances
    first = source.utterances[0].text
    assert first.lstrip().startswith("so")  # punctuation may stand at a word, as some tools write it
    source = readers.read_bytes(make(talk), Path(name))
    end = len(first.rstrip())
    changed = source.render({}, Replacements({0: [(end - 5, end, "[X]")]}))
    assert readers.read_bytes(changed, Path(name)).utterances[0].text.rstrip().endswith("[X]")


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_mutations_are_read_whole_or_refused(kind: str) -> None:
    """10,000 damaged files of each format: a refusal of ours, or words that come back the same when written out."""
    name, make = FORMATS[kind]
    whole, chance = make(TALK), random.Random(kind)
    for _ in range(10_000 if kind not in ("Word",) else 1_000):
        data = mutate(whole, chance)
        try:
            source = readers.read_bytes(data, Path(name))
            out = source.render({}, NOTHING)
        except (TranscriptFormatError, InputError):
            continue
        again = readers.read_bytes(out, Path(name))
        assert words_of(again.utterances) == words_of(source.utterances), data


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One to three bytes changed, dropped or doubled, or a piece cut out."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(out))
        way = chance.randrange(4)
        if way == 0:
            out[at] = chance.randrange(256)
        elif way == 1:
            del out[at : at + chance.randint(1, 8)]
        elif way == 2:
            out[at:at] = out[at : at + chance.randint(1, 8)]
        else:
            out[at : at + 1] = chance.choice(
                [b"\n", b"\n\n", b"-->", b'"', b"<", b"{", b"}", b"\\", b":", b"\t", b"\xc3"]
            )
        if not out:
            return data[:1]
    return bytes(out)


# --- each format's own ways --------------------------------------------------------------------------


def test_a_json_of_text_alone_is_refused() -> None:
    """Words that stand where no row has them would be lost: that is said with their number."""
    rows = {
        "segments": [{"text": "hello", "start": 0, "end": 1}],
        "text": "hello " + " ".join(f"word{n}" for n in range(50)),
    }
    with pytest.raises(TranscriptFormatError, match="50 words of it"):
        readers.read_bytes(json.dumps(rows).encode(), Path("a.json"))


def test_a_cue_of_words_before_any_time_is_refused_by_line() -> None:
    """Text that belongs to no cue is named by its line."""
    with pytest.raises(TranscriptFormatError, match="line 3"):
        readers.read_bytes(b"WEBVTT\n\nlost words\n\n00:01.000 --> 00:02.000\nHello.\n", Path("a.vtt"))
    with pytest.raises(TranscriptFormatError, match="line 3 is no line of a cue's times"):
        readers.read_bytes(b"WEBVTT\n\n1:2:3 --> later\nHello.\n", Path("a.vtt"))


def test_notes_and_styles_are_told() -> None:
    """What was left out of a file of captions is counted."""
    text = b"WEBVTT\n\nNOTE by Ruth\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\nHello.\n"
    source = readers.read_bytes(text, Path("a.vtt"))
    assert source.notes == ("3 lines of notes and styles were left out",)
    assert b"Ruth" not in source.render({}, NOTHING)
