"""Small files that once went wrong (tests/data/cases), through the front door; other files of their kinds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import TranscriptFormatError

CASES = Path(__file__).resolve().parent.parent / "data" / "cases"
Redact = Callable[..., tuple[str, str]]


RUTH = ("Ruth", "Haldane", "Whitcombe")
GROUP = (*RUTH, "Gregor", "Wellford", "Perpetua")
WRITTEN = [
    ("docx-part-at-root.docx", GROUP, ["Good morning", "He did, from", "was there."]),
    ("docx-backslash-names.docx", GROUP, ["Good morning", "He did, from", "was there."]),
    ("docx-legacy-form-field.docx", GROUP, ["Good morning", "Participant"]),
    ("docx-tracked-cells.docx", GROUP, ["Good morning", "x y"]),
    ("docx-style-per-speaker.docx", GROUP, ["Good morning", "He did."]),
    ("docx-math.docx", GROUP, ["Good morning"]),
    ("docx-vml-textbox.docx", GROUP, ["See box.", "Field note:", "cried when"]),
    ("vtt-blank-line-in-cue.vtt", ("Whitcombe", "Haldane", "Wellford", "Priya"), ["on Tuesday", "She rang me from [", "about her knee.", "Right."]),
    ("vtt-teams-unattributed.vtt", ("Ruth", "Wellford"), ["is joining late, she rang me from", "I am here now."]),
    ("vtt-comma-times.vtt", ("Ruth", "Wellford"), ["00:00:03.120", "is joining late", "I am here now."]),
    ("vtt-name-over-cues.vtt", ("Ambrose", "Thistlewood", "Rosemount", "Terrace", "August", "0143"), ["the consultant was Mr [Person 1]\n", "P01: who came to see her at ", "if you want to ring."]),
    ("txt-word-transcribe.txt", (*RUTH, "Tom"), ["00:00:03 [Person 1]\nThank you, good morning.", "\nMorning [Person 1].", "[Person 1]\nShall we begin."]),
    ("txt-name-on-own-line.txt", (*RUTH, "Tom"), ["[Person 1]\nGood morning everybody.", "[Person 2]\nMorning [Person 1]. I am well.", "[Person 1]\nGood."]),
    ("txt-cart-chevrons.txt", ("RUTH", "HALDANE", "TOM", "Ruth"), [">> [Person 1]: Thank you", ">> [Person 2]: Morning [Person 1].\n", ">> [Person 1]: Shall we begin."]),
    ("txt-nfd-accents.txt", ("Zoe", "Mu", "Jose", "Pen", "aranda", "Sia", "Briain", "Ma\u0304dia", "roa", "Rene"), ["there?", "wife"]),
    ("txt-soft-hyphen-zero-width.txt", ("Haldane", "Oyelaran", "gor", "obhan", "Driscoll", "Megs"), ["was there", "agree?"]),
    ("txt-one-bad-byte.txt", ("Zo", "ller", "Jos", "aranda", "ë", "Ren"), ["I spoke with [Person 2] — he’s fine.", "there? \N{REPLACEMENT CHARACTER}"]),
    ("txt-f4-timestamps.txt", ("Ruth", "Perpetua", "[Phone]"), ["#00:00:04-1#", "#00:00:09-3#", "#00:00:12-7#"]),
    ("txt-nvivo-timespan.txt", ("Ruth", "Haldane", "Whitcombe", "Tom", "[Phone]"), ["Timespan\tContent\tSpeaker\n0:00.0 - 0:04.1\tThank you, good morning.\t[Person 1]\n", "Yes, [Person 2].\t[Person 1]"]),
]  # fmt: skip


@pytest.mark.parametrize(("case", "gone", "kept"), WRITTEN, ids=[case for case, _, _ in WRITTEN])
def test_a_case_gives_its_right_value(
    redact: Redact, case: str, gone: tuple[str, ...], kept: list[str]
) -> None:
    """What identifies is nowhere in the output, what was said is."""
    text, _ = redact(CASES / case)
    assert [word for word in gone if word in text] == []
    assert [words for words in kept if words not in text] == []


def test_a_name_over_two_cues_is_one_label_and_a_date_one_date(redact: Redact) -> None:
    """[Person 1] stands once; the month over the cue's end is gone with its day."""
    text, _ = redact(CASES / "vtt-name-over-cues.vtt")
    assert text.count("[Person") == text.count("[Date]") == text.count("[Address]") == 1


def test_a_bad_byte_is_told(redact: Redact) -> None:
    """The one place that cannot be read is counted, the rest is UTF-8 as it was."""
    _, said = redact(CASES / "txt-one-bad-byte.txt")
    assert "1 byte is no valid UTF-8" in said


def test_text_in_another_file_inside_is_refused_by_name() -> None:
    """An embedded file's words would be lost, so it is said what is in the way."""
    from pipeline import readers

    with pytest.raises(TranscriptFormatError, match="altChunk"):
        readers.read(CASES / "docx-altchunk.docx")
