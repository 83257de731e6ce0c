"""Marks of qualitative researchers."""

from __future__ import annotations

from pipeline.records import Utterance, Word
from pipeline.speakers.marking import mark_overlap, mark_pauses, mark_unheard

WORDS = (
    Word(0, 0.4, "so", 0.9),
    Word(0.4, 0.8, "bzz", 0.1),
    Word(0.8, 1.2, "krr", 0.2),
    Word(4.2, 4.6, "then", 0.9),
)
SAID = Utterance("S1", 0, 4.6, "so bzz krr then", WORDS)


def test_words_hardly_heard_become_one_mark() -> None:
    """Neighbouring words under the bar are one "[inaudible]" with their times."""
    (marked,) = mark_unheard([SAID], below=0.5)
    assert marked.text == "so [inaudible] then"
    assert (marked.words[1].start, marked.words[1].end) == (0.4, 1.2)


def test_pauses_under_the_bar_are_left() -> None:
    """Only a pause of the length asked for is written down."""
    assert mark_pauses([SAID], 2.0)[0].text == "so bzz krr (3.0 s) then"
    assert mark_pauses([SAID], 3.5) == (SAID,)


def test_overlapped_text_stands_in_brackets() -> None:
    """Overlap is written around the text, and only where there was some."""
    assert mark_overlap("oh no", True) == "[overlap: oh no ]"
    assert mark_overlap("oh no", False) == "oh no"
