"""Documents with text that is hard on formats."""

from __future__ import annotations

from hypothesis import strategies as st

from pipeline.export import ExportDocument, ExportOptions, Participant
from pipeline.records import Utterance, Word

HARD = [
    "Kia ora, ko Tāne Māhuta te rākau nui o Wāhi-kore",
    "👩‍👩‍👧 mixed 🏳️‍🌈 emoji 🧑🏽‍⚕️",
    "שלום עולם, אני כאן",
    "abc \u202eright to left override\u202c مرحبا",
    "two\nlines\r\n\r\nand more\u2028more\x85more\x0bmore",
    "\x00\x01control\x08\x1b[31m\x7f\x9f characters\ufeff",
    "lone \ud800 half and \ufffe \uffff",
    "00:00:01.000 --> 00:00:02.000",
    "1 00:00:01,000 --> 00:00:02,000 x",
    "<v P09>not a voice</v> <b>bold</b> <c.red>&lt;&amp;nbsp;</c>",
    "[Person 2] said [sic] [[nested]] ] [ unbalanced",
    "*stars* _lines_ `code` [link](x) [ref][y] [z]: w ~~no~~ \\* # + - ! | <a@b.c>",
    'she said "yes" and ""no"" \'maybe\'',
    "=SUM(A1:A9)",
    "'=already guarded",
    "''cause",
    "- dash",
    "@at +plus",
    "P01: another speaker: really",
    "#00:00:01-0# stamp",
    "NOTE",
    "WEBVTT",
    "]]> <![CDATA[ <?xml ?> <!-- -->",
    "tab\there",
    "",
    "   ",
    "…",
    "a  b   c",
    "nbsp\u00a0inside",
    "word " * 4000,
]

texts = st.one_of(
    st.sampled_from(HARD),
    st.text(max_size=60),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40),
    st.lists(st.sampled_from(HARD[:-1]), min_size=2, max_size=3).map(" ".join),
)
codes = st.sampled_from(["P01", "P02", "P03", "F01", "S1"])
times = st.integers(min_value=0, max_value=7_200_000).map(lambda ms: ms / 1000)


@st.composite
def utterances(draw: st.DrawFn) -> Utterance:
    """An utterance at any place of two hours, of any length, overlapping others or lasting no time."""
    start = draw(times)
    length = draw(st.one_of(st.just(0.0), st.integers(1, 600_000).map(lambda ms: ms / 1000)))
    return Utterance(draw(codes), start, round(start + length, 3), draw(texts), overlap=draw(st.booleans()))


@st.composite
def documents(draw: st.DrawFn, verified: bool | None = None) -> ExportDocument:
    """A recording with up to six hard utterances, verified or not."""
    spoken = draw(st.lists(utterances(), max_size=6))
    is_verified = draw(st.booleans()) if verified is None else verified
    return ExportDocument(
        recording=draw(st.one_of(st.just("session-1"), texts)),
        duration=7800.0,
        utterances=tuple(spoken),
        participants=(Participant("F01", draw(st.one_of(st.just("facilitator"), texts))), Participant("P01")),
        study=draw(st.one_of(st.just("Study A"), texts)),
        date=draw(st.sampled_from(["", "2026", "week 3"])),
        verified_by="R1" if is_verified else "",
        verified_at="2026-03-04T10:00:00Z" if is_verified else "",
        models=(("transcriber", "a model"),),
    )


PLAIN = ExportOptions(draft=True, overlap=False)


def example(*, verified: bool = True) -> ExportDocument:
    """A short session of invented people."""
    words = tuple(Word(12.0 + i, 12.5 + i, w, 0.9) for i, w in enumerate(["and", "then", "Zebulon", "left"]))
    return ExportDocument(
        recording="session-1",
        duration=61.5,
        utterances=(
            Utterance("F01", 0.5, 4.0, "Shall we, um, shall we begin?"),
            Utterance("P01", 12.0, 15.6, "and then [Person 2] left", words),
            Utterance("P02", 15.0, 15.4, "Mm.", overlap=True),
            Utterance("P02", 40.0, 41.0, ""),
        ),
        participants=(
            Participant("F01", "facilitator"),
            Participant("P01", "student"),
            Participant("P02", "student"),
        ),
        study="Study A",
        verified_by="R1" if verified else "",
        verified_at="2026-03-04T10:00:00Z" if verified else "",
    )


@st.composite
def worded(draw: st.DrawFn) -> ExportDocument:
    """A recording whose utterances have recognised words, some of them other than the text's."""
    spoken = []
    for one in draw(st.lists(utterances(), min_size=1, max_size=4)):
        heard = [w for w in draw(st.one_of(st.just(one.text), texts)).split()[:80] if w]
        gaps = draw(st.lists(st.integers(0, 9_000), min_size=len(heard), max_size=len(heard)))
        ends = [one.start + sum(gaps[: n + 1]) / 1000 for n in range(len(heard))]
        sure = draw(st.floats(0, 1))
        words = tuple(Word(max(one.start, e - 0.2), e, w, sure) for w, e in zip(heard, ends, strict=True))
        spoken.append(Utterance(one.participant, one.start, one.end, one.text, words, one.overlap))
    return ExportDocument("session-1", 7800.0, tuple(spoken), study="Study A")


all_options = st.builds(
    ExportOptions,
    draft=st.just(True),
    wording=st.sampled_from(["verbatim", "clean"]),
    times=st.one_of(st.booleans(), st.integers(1, 600)),
    pauses=st.booleans(),
    overlap=st.booleans(),
    inaudible_below=st.floats(0, 1),
    replacements=st.sampled_from(["labels", "pseudonyms"]),
    line_numbers=st.booleans(),
)
