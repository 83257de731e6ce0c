"""Recognisers' pieces become words: glued, in order, within speech; what is missing is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Word
from pipeline.transcribe.base import INAUDIBLE
from pipeline.transcribe.heard import Heard, better, compression
from pipeline.transcribe.vad import Region
from pipeline.transcribe.words import (
    clip_to_speech,
    glue,
    in_order,
    mark_inaudible,
    merge_again,
    stretched,
    uncovered,
)


def _words(*texts: str, start: float = 0.0, each: float = 0.3) -> list[Word]:
    return [Word(start + i * each, start + (i + 1) * each, text, 0.9) for i, text in enumerate(texts)]


def test_hyphenated_words_and_signs_are_one_word() -> None:
    """Pieces without a leading space belong to the word before; the time spans all of them."""
    pieces = [
        (" day", 1.0, 1.2, 0.9),
        ("-to", 1.2, 1.4, 0.6),
        ("-day", 1.4, 1.7, 0.9),
        (" 5", 2, 2.2, 1.0),
        ("%", 2.2, 2.4, 1.0),
    ]
    words = glue(pieces, "en")
    assert [(w.text, w.start, w.end) for w in words] == [("day-to-day", 1.0, 1.7), ("5%", 2, 2.4)]
    assert 0.6 < words[0].probability < 0.9


def test_languages_without_spaces_keep_their_words_apart() -> None:
    """Chinese pieces have no leading space and still are words; their punctuation is not."""
    words = glue([("你", 0, 1, 1.0), ("好", 1, 2, 1.0), ("。", 2, 2, 1.0)], "zh")
    assert [w.text for w in words] == ["你", "好。"]


def test_empty_pieces_and_wild_numbers_do_no_harm() -> None:
    """Recognisers return empty text, times before the start and probabilities beyond 1."""
    words = glue([(" ", 0, 1, 0.5), (" so", -0.1, -0.2, 1.0000001)], "en")
    assert [(w.text, w.start, w.end, w.probability) for w in words] == [("so", 0.0, 0.0, 1.0)]


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), max_size=30), st.floats(1, 40))
def test_words_end_within_the_recording(times: list[tuple[float, float]], duration: float) -> None:
    """However wrong the aligner was, words are ordered and inside."""
    words = in_order([Word(min(t), max(t), "a") for t in times], duration)
    assert [w.start for w in words] == sorted(w.start for w in words)
    assert all(0 <= w.start <= w.end <= duration for w in words)


def test_a_word_spread_over_a_pause_keeps_its_larger_part() -> None:
    """Time decides who spoke, so a word must not reach into the next person's turn."""
    regions = [Region(0.0, 2.0), Region(5.0, 8.0)]
    clipped = clip_to_speech([Word(1.9, 5.6, "yes"), Word(3.0, 4.0, "no")], regions)
    assert (clipped[0].start, clipped[0].end) == (5.0, 5.6)
    assert (clipped[1].start, clipped[1].end) == (3.0, 4.0)


def test_speech_without_words_is_found_and_marked() -> None:
    """A second and more of uncovered speech becomes one [inaudible] of probability 0."""
    regions = [Region(0.0, 3.0), Region(10.0, 14.0), Region(20.0, 20.6)]
    words = [*_words("so", "then", "she"), Word(10.0, 10.4, "well")]
    missed = uncovered(regions, words)
    assert [(round(m.start, 3), m.end) for m in missed] == [(1.4, 3.0), (10.9, 14.0)]
    marked = mark_inaudible(words, missed, 30.0)
    assert [(w.text, w.probability) for w in marked if w.text == INAUDIBLE] == [(INAUDIBLE, 0.0)] * 2
    assert uncovered(regions, marked) == []


@given(
    st.lists(st.tuples(st.floats(0, 90), st.floats(0.1, 20)), max_size=12),
    st.lists(st.floats(0, 100), max_size=40),
)
def test_after_marking_no_second_of_speech_is_uncovered(
    spans: list[tuple[float, float]], at: list[float]
) -> None:
    """The promise that nothing is dropped, for any speech and any words."""
    regions = sorted((Region(start, start + length) for start, length in spans), key=lambda r: r.start)
    words = in_order([Word(start, start + 0.3, "a") for start in at], 200.0)
    assert uncovered(regions, mark_inaudible(words, uncovered(regions, words), 200.0)) == []


@pytest.mark.parametrize(
    ("text", "seconds", "too_long"),
    [
        ("And", 2.7, True),
        ("lies", 2.1, True),
        ("Parkinson's", 1.7, False),
        ("021554093.", 2.6, False),
        ("so", 0.3, False),
    ],
)
def test_a_word_too_long_to_be_one_is_suspected(text: str, seconds: float, too_long: bool) -> None:
    """Digits and spelled capitals may take long; a short word may not."""
    assert stretched(Word(0.0, seconds, text)) is too_long


def test_a_second_look_replaces_a_stretched_word_only_by_more() -> None:
    """More words win; the same single word changes nothing; echoes of the neighbours are dropped."""
    span = Region(0.6, 3.6)
    words = [*_words("a", "secret"), Word(0.6, 3.6, "And"), *_words("lies", "too", start=3.6)]
    found = _words("secret", "and", "she's", "the", "only", "one", "lies", start=0.7, each=0.4)
    assert [w.text for w in merge_again(words, found, span)] == [
        *("a", "secret", "and", "she's", "the", "only", "one", "lies", "too"),
    ]
    assert merge_again(words, [Word(0.7, 1.0, "And")], span) == words
    assert merge_again(words, [], span) == words


def test_loops_and_guesses_are_recognised() -> None:
    """A repeated phrase is a loop; low probability with high no-speech is a guess at silence."""
    loop = Heard((1,) * 90, "thank you so much " * 22, -0.2, 0.1, 20.0)
    guess = Heard((1, 2), "you", -1.4, 0.9, 20.0)
    good = Heard((1, 2, 3), "she said no", -0.3, 0.1, 2.0)
    assert compression(loop.text) > 2.4
    assert (loop.loops, guess.silent, good.doubtful) == (True, True, False)
    assert better(loop, guess) is guess
    assert better(good, guess) is good


def test_too_many_tokens_for_the_time_are_a_loop() -> None:
    """A loop of ever different words is noticed by its speed."""
    assert Heard(tuple(range(200)), "different words", -0.2, 0.1, 10.0).loops
