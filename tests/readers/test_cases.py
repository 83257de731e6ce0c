"""Small files that once went wrong (tests/data/cases), through the front door; other files of their kinds."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.deidentify import redact as deidentifiers
from pipeline.errors import TranscriptFormatError

CASES = Path(__file__).resolve().parent.parent / "data" / "cases"
Redact = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def _models_once() -> Iterator[None]:
    """The models of a command are loaded once for all commands of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deidentifiers, "load", cache(deidentifiers.load))
        yield


@pytest.fixture
def redact(_models_once: None, tmp_path: Path) -> Redact:
    """`session-deid redact`: the output's text (all parts of a package) and what was said."""

    def run(source: Path | str, content: str | bytes = "") -> tuple[str, str]:
        if isinstance(source, str):
            path = tmp_path / source
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            source = path
        out = tmp_path / f"out{source.suffix}"
        result = CliRunner().invoke(main, ["redact", str(source), "--out", str(out)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return text_of(out), result.stderr

    return run


def text_of(path: Path) -> str:
    """A file as somebody looking for leaks would read it: all parts of a package, names of parts too."""
    if path.suffix not in (".docx", ".odt"):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


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
