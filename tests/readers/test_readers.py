"""Other tools' transcripts: read, and written back de-identified in the form they came in."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import readers
from pipeline.deidentify.speakers_named import name_speakers
from pipeline.errors import EmptyFileError, EncryptedFileError, FileMissingError, TranscriptFormatError
from pipeline.readers import Replacements
from pipeline.readers.margins import find_margins, is_anonymous
from pipeline.records import Person, Roster

NOTHING = Replacements({})


def write(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def replace_word(source: readers.Source, word: str, new: str) -> Replacements:
    """Replace every mention of a word in the utterances."""
    found: dict[int, list[tuple[int, int, str]]] = {}
    for index, utterance in enumerate(source.utterances):
        at = utterance.text.find(word)
        while at >= 0:
            found.setdefault(index, []).append((at, at + len(word), new))
            at = utterance.text.find(word, at + 1)
    return Replacements(found)


# --- any format -----------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Missing, empty and unknown files are errors of their own."""
    with pytest.raises(FileMissingError, match=r"none\.txt"):
        readers.read(tmp_path / "none.txt")
    with pytest.raises(EmptyFileError):
        readers.read(write(tmp_path, "a.txt", b""))
    with pytest.raises(TranscriptFormatError, match=r"ending is \.pdf"):
        readers.read(write(tmp_path, "a.pdf", b"x"))


@pytest.mark.parametrize("name", ["a.json", "a.vtt", "a.docx"])
@pytest.mark.parametrize("content", ["Brogan was here", "\x00\x01", "PK\x03\x04 Brogan", "[1, 2]", "{}"])
def test_garbage_is_refused_without_quoting_it(tmp_path: Path, name: str, content: str) -> None:
    """What is not of its format is refused, and the message repeats nothing of it."""
    with pytest.raises(TranscriptFormatError) as refused:
        readers.read(write(tmp_path, name, content))
    assert "Brogan" not in str(refused.value)


# --- JSON -----------------------------------------------------------------------------------------


def test_json_keeps_known_keys_alone(tmp_path: Path) -> None:
    """Speaker or participant, times and text come back as they came; nothing else does."""
    rows = [{"participant": "Ann", "start": 1, "text": "Hi", "email": "x"}, {"text": "Bye"}]
    source = readers.read(write(tmp_path, "a.json", json.dumps({"title": "Ann", "utterances": rows})))
    out = json.loads(source.render({"Ann": "P01"}, replace_word(source, "Hi", "[X]")))
    assert out == {"utterances": [{"participant": "P01", "start": 1.0, "text": "[X]"}, {"text": "Bye"}]}


@pytest.mark.parametrize(
    "row", ['{"text": 3}', '"Brogan"', '{"text": "a", "start": "Brogan"}', '{"text": "a", "end": NaN}']
)
def test_json_rows_that_are_wrong_are_named_by_number(tmp_path: Path, row: str) -> None:
    """The message says which utterance is wrong and does not quote it."""
    with pytest.raises(TranscriptFormatError, match="utterance 2") as refused:
        readers.read(write(tmp_path, "a.json", f'{{"utterances": [{{"text": "a"}}, {row}]}}'))
    assert "Brogan" not in str(refused.value)


# --- margins and plain text -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "P01", "F01", "S1", "SPEAKER_00", "Speaker 2", "Doctor", "interviewer 1", "I", "[Person 2]", "Child's mother".replace("'s", "")])  # fmt: skip
def test_codes_and_roles_name_nobody(name: str) -> None:
    """Codes, numbered speakers and roles may stay in the margin."""
    assert is_anonymous(name)


@pytest.mark.parametrize("name", ["Tama", "Dr Oxley", "T. Oxley", "JB", "tama oxley", "Nurse Brogan"])
def test_names_and_initials_do(name: str) -> None:
    """A name, also behind a role, or initials, may not."""
    assert not is_anonymous(name)


@pytest.mark.parametrize(
    ("line", "name", "said", "seconds"),
    [
        ("P01  [00:01:23]  so there", "P01", "so there", 83),
        ("Tama Oxley: so there", "Tama Oxley", "so there", None),
        ("[00:01:23] Tama: so there", "Tama", "so there", 83),
        ("00:12 Tama: so there", "Tama", "so there", 12),
        ("Tama (01:02): so there", "Tama", "so there", 62),
        ("Tama Oxley  00:12", "Tama Oxley", "", 12),
        ("  Tama:", "Tama", "", None),
    ],
)
def test_margins_of_many_tools(line: str, name: str, said: str, seconds: float | None) -> None:
    """The ways tools write speaker and time are read."""
    (margin,) = find_margins([line])
    assert margin is not None
    assert (margin.name, line[margin.text_at :], margin.seconds) == (name, said, seconds)
    assert line[margin.start : margin.end] == name


def test_a_colon_does_not_make_a_speaker() -> None:
    """One heading among paragraphs stays text; so does a clock time."""
    lines = ["She was fine.", "Plan: see her again.", "We met at 10:30 as usual.", "And that was all."]
    assert find_margins(lines) == [None] * 4


def test_headings_among_speakers_stay_text() -> None:
    """In a transcript with margins, an ordinary word before a colon is no speaker."""
    lines = ["Date: today", "Tama: hello", "Brogan: hi", "Tama: bye"]
    assert [m.name if m else None for m in find_margins(lines)] == [None, "Tama", "Brogan", "Tama"]


def test_text_keeps_its_layout(tmp_path: Path) -> None:
    """Blank lines, times, indents and line ends stay; names in margin and words go."""
    text = "Group 3\n\nTama  [00:00:05]  Hello Brogan\n   Oxley, hi.\n\nP02  [00:00:09]  Yes.\nTama  [00:00:11]  Brogan?\n"
    source = readers.read(write(tmp_path, "a.txt", text))
    assert [(u.participant, u.start, u.text) for u in source.utterances] == [
        ("", 0.0, "Group 3"), ("Tama", 5.0, "Hello Brogan    Oxley, hi."), ("P02", 9.0, "Yes."), ("Tama", 11.0, "Brogan?"),
    ]  # fmt: skip
    out = source.render({"Tama": "P01"}, replace_word(source, "Brogan", "[Person 1]")).decode()
    assert out == text.replace("Tama", "P01").replace("Brogan", "[Person 1]")


def test_a_name_over_a_lines_end_is_seen_whole(tmp_path: Path) -> None:
    """Wrapped lines of a paragraph are one utterance."""
    source = readers.read(write(tmp_path, "a.txt", "I saw Brogan\nOxley there.\n"))
    out = source.render({}, replace_word(source, "Brogan Oxley", "[Person 1]"))
    assert out == b"I saw [Person 1]\nthere.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_of_other_encodings(tmp_path: Path, encoding: str) -> None:
    """What Windows tools write is read; the output is UTF-8."""
    source = readers.read(write(tmp_path, "a.txt", "Zoë said: no\r\nway".encode(encoding)))
    assert source.render({}, NOTHING).decode() == "Zoë said: no\nway"


@given(st.lists(st.text(alphabet=st.sampled_from("aZ :.[]01\té\n"), max_size=30), max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_text_comes_back_as_it_was(lines: list[str]) -> None:
    """Whatever the layout, nothing is lost or added when there is nothing to replace."""
    from pipeline.readers import txt

    text = "\n".join(lines)
    assert txt.read(text, Path("a.txt")).write({}, NOTHING).decode() == text


def test_speakers_are_named_consistently() -> None:
    """Roster names become codes, in any form; others are numbered; roles stay."""
    roster = Roster((Person("P01", "Ximena Quillfeather"),))
    named = name_speakers(["Ximena Q", "Brogan", "Interviewer", "Mr Brogan", "Oxley"], roster)
    assert named.shown["Ximena Q"] == "P01"
    assert named.shown["Brogan"] == named.shown["Mr Brogan"] == "[Person 1]"
    assert named.shown["Oxley"] == "[Person 2]"
    assert "Interviewer" not in named.shown
    assert [p.code for p in named.roster.people][:2] == ["P01", "Person 1"]


# --- WebVTT ---------------------------------------------------------------------------------------

VTT = """WEBVTT - Brogan's session

NOTE made by Brogan

STYLE
::cue(v[voice="Brogan"]) { color: red }

1
00:00:01.000 --> 00:00:04.000 align:start
<v.loud Brogan Oxley>I am <i>Brogan
Oxley</i> &amp; co.</v>

brogan-2
00:00:04.000 --> 00:00:05.500
<v Interviewer>Thanks. <00:00:05.000>Brogan.
"""


def test_vtt_keeps_times_tags_and_settings(tmp_path: Path) -> None:
    """Cue times, settings, numbers, voice and format tags stay; notes, styles and named ids go."""
    source = readers.read(write(tmp_path, "a.vtt", VTT))
    assert [(u.participant, u.start, u.end, u.text) for u in source.utterances] == [
        ("Brogan Oxley", 1.0, 4.0, "I am Brogan Oxley & co."), ("Interviewer", 4.0, 5.5, "Thanks. Brogan."),
    ]  # fmt: skip
    puts = Replacements({0: [(5, 17, "[Person 1]")], 1: [(8, 14, "[Person 1]")]})
    out = source.render({"Brogan Oxley": "[Person 1]"}, puts).decode()
    assert out == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000 align:start\n<v [Person 1]>I am <i>[Person 1]\n</i>&amp; co.</v>\n\n"
        "00:00:04.000 --> 00:00:05.500\n<v Interviewer>Thanks. <00:00:05.000>[Person 1].\n"
    )


def test_vtt_with_names_before_a_colon(tmp_path: Path) -> None:
    """Tools without voice tags write the speaker into the cue."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nTama Oxley: Hi.\n\n00:02.000 --> 00:03.000\nTama Oxley: Bye.\n"
    source = readers.read(write(tmp_path, "a.vtt", text))
    assert [u.text for u in source.utterances] == ["Hi.", "Bye."]
    out = source.render({"Tama Oxley": "P01"}, NOTHING).decode()
    assert "P01: Hi." in out
    assert "Tama" not in out


# --- Word -----------------------------------------------------------------------------------------


def make_docx(build: Any) -> bytes:
    import docx

    document = docx.Document()
    build(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def everything_in(data: bytes) -> str:
    """All parts of a .docx as one text, as somebody looking for leaks would read them."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return "\n".join(n + archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


def redacted(tmp_path: Path, data: bytes) -> tuple[readers.Source, bytes]:
    source = readers.read(write(tmp_path, "a.docx", data))
    speakers = {u.participant: "P01" for u in source.utterances if u.participant.startswith("Brogan")}
    return source, source.render(speakers, replace_word(source, "Brogan", "[P01]"))


def test_docx_keeps_formatting_run_by_run(tmp_path: Path) -> None:
    """Bold margins, italics, styles, tables, headers and footers stay; only the words change."""
    import docx

    def build(d: Any) -> None:
        d.sections[0].header.paragraphs[0].text = "Session with Brogan"
        d.sections[0].footer.paragraphs[0].text = "Brogan, page 1"
        p = d.add_paragraph(style="List Bullet")
        p.add_run("Brogan: ").bold = True
        p.add_run("I am Bro")
        p.add_run("gan").italic = True
        p.add_run(" indeed.\tYes")
        d.add_paragraph("Brogan: Right.")
        table = d.add_table(1, 2)
        table.cell(0, 0).text = "Brogan"
        table.cell(0, 1).text = "And Brogan said it in the table, too."

    source, out = redacted(tmp_path, make_docx(build))
    document = docx.Document(BytesIO(out))
    first = document.paragraphs[0]
    assert [(r.text, r.bold, r.italic) for r in first.runs] == [
        ("P01: ", True, None), ("I am [P01]", None, None), ("", None, True), (" indeed.\tYes", None, None),
    ]  # fmt: skip
    assert first.style.name == "List Bullet"
    assert [c.text for c in document.tables[0].rows[0].cells] == [
        "P01",
        "And [P01] said it in the table, too.",
    ]
    assert document.sections[0].header.paragraphs[0].text == "Session with [P01]"
    assert "Brogan" not in everything_in(out)
    assert [u.text for u in source.utterances][:2] == ["I am Brogan indeed.\tYes", "Right."]


def test_docx_carries_no_metadata(tmp_path: Path) -> None:
    """Author, comments, tracked changes, links, pictures' texts and variables are left behind."""
    from docx.oxml import parse_xml

    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def build(d: Any) -> None:
        d.core_properties.author = d.core_properties.title = "Brogan"
        p = d.add_paragraph("Kept words. ")
        d.add_comment(p.runs, text="Ask Brogan", author="Brogan", initials="BO")
        p._p.append(
            parse_xml(f'<w:del {ns} w:author="Brogan"><w:r><w:delText>was Brogan</w:delText></w:r></w:del>')
        )
        p._p.append(parse_xml(f'<w:ins {ns} w:author="Brogan"><w:r><w:t>New words.</w:t></w:r></w:ins>'))
        p._p.append(parse_xml(f'<w:bookmarkStart {ns} w:id="0" w:name="Brogan"/>'))
        p._p.append(parse_xml(f"<w:r {ns}><w:instrText>HYPERLINK mailto:Brogan</w:instrText></w:r>"))
        link = d.part.relate_to("mailto:Brogan", "http://x/relationships/hyperlink", is_external=True)
        p._p.append(
            parse_xml(
                f'<w:hyperlink {ns} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
                f'r:id="{link}" w:tooltip="Brogan"><w:r><w:t> a link</w:t></w:r></w:hyperlink>'
            )
        )

    _, out = redacted(tmp_path, make_docx(build))
    import docx

    assert docx.Document(BytesIO(out)).paragraphs[0].text == "Kept words. New words. a link"
    assert "Brogan" not in everything_in(out)
    assert "comments.xml" not in everything_in(out)


def test_an_encrypted_docx_is_said_to_be(tmp_path: Path) -> None:
    """A password-protected file is an OLE container: its own error."""
    with pytest.raises(EncryptedFileError):
        readers.read(write(tmp_path, "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100))
