"""Words and turns to utterances."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Diarization, Turn, Word
from pipeline.speakers.attribution import attribute
from tests.speakers.conversation import transcription, words_of


def diarized(*turns: Turn) -> Diarization:
    return Diarization(60.0, turns)


def spoken(utterances: object) -> list[tuple[str, str]]:
    return [(u.participant, u.text) for u in utterances]  # type: ignore[attr-defined]


def test_each_word_goes_to_the_turn_it_lies_in() -> None:
    """Two turns, two utterances, in order."""
    words = words_of("Good morning all.", 0.0) + words_of("Hello there.", 2.0)
    result = attribute(transcription(words), diarized(Turn(0, 1, "S1"), Turn(2, 3, "S2")))
    assert spoken(result) == [("S1", "Good morning all."), ("S2", "Hello there.")]


def test_a_word_on_a_border_goes_where_its_middle_is() -> None:
    """After the end of a sentence a word mostly in the next turn is the next speaker's."""
    words = (Word(0, 0.9, "Yes."), Word(0.9, 1.4, "But"), Word(1.4, 2, "why"))
    result = attribute(transcription(words), diarized(Turn(0, 1.0, "S1"), Turn(1.0, 2, "S2")))
    assert spoken(result) == [("S1", "Yes."), ("S2", "But why")]


def test_the_sentence_keeps_its_last_word() -> None:
    """A word late by a breath still ends the sentence it belongs to."""
    words = (Word(0, 0.5, "we"), Word(0.5, 0.9, "walked"), Word(0.9, 1.3, "home."), Word(1.4, 1.8, "Lovely."))
    result = attribute(transcription(words), diarized(Turn(0, 1.05, "S1"), Turn(1.05, 2, "S2")))
    assert spoken(result) == [("S1", "we walked home."), ("S2", "Lovely.")]


def test_a_listeners_noise_takes_no_turn() -> None:
    """The speaker goes on in one utterance; the noise is the listener's and is marked as overlapped."""
    words = (*words_of("I went there.", 0.0), Word(1.0, 1.3, "Mm."), *words_of("Then I left again.", 1.4))
    result = attribute(transcription(words), diarized(Turn(0, 2.6, "S1"), Turn(0.95, 1.35, "S2")))
    assert spoken(result) == [("S1", "I went there. Then I left again."), ("S2", "Mm.")]
    assert [u.overlap for u in result] == [False, True]


def test_what_another_says_meanwhile_and_is_not_written_marks_the_line() -> None:
    """Half a second under a long line, which nobody could tell from the words; a tenth is taking turns. (What is
    written stands in a line of its own: the test before.)"""
    words = words_of("one two three four five six seven eight nine ten.", 0.0)
    long = Turn(0, words[-1].end, "S1")

    def marks(*others: Turn) -> list[tuple[str, bool]]:
        return [(u.participant, u.overlap) for u in attribute(transcription(words), diarized(long, *others))]

    assert marks() == [("S1", False)]
    assert marks(Turn(1.0, 1.5, "S2")) == [("S1", True)]
    assert marks(Turn(1.0, 1.1, "S2")) == [("S1", False)]
    elsewhere = words[-1].end + 5
    assert marks(Turn(elsewhere, elsewhere + 0.5, "S2")) == [("S1", False)]


def test_a_noise_in_the_middle_of_a_sentence_stays_with_its_speaker() -> None:
    """A word such as "right" inside a sentence is not given away to somebody who murmurs meanwhile."""
    words = words_of("turn right at the church", 0.0)
    result = attribute(transcription(words), diarized(Turn(0, 1.6, "S1"), Turn(0.3, 0.6, "S2")))
    assert spoken(result) == [("S1", "turn right at the church")]


def test_words_outside_any_turn_go_to_the_nearest() -> None:
    """Before, between and after the turns no word is lost."""
    words = (Word(0, 0.2, "Early."), Word(4.1, 4.3, "Late."))
    result = attribute(transcription(words), diarized(Turn(0.5, 1, "S1"), Turn(3, 3.9, "S2")))
    assert spoken(result)[0] == ("S1", "Early.")
    assert spoken(result)[-1] == ("S2", "Late.")


def test_without_turns_everything_is_one_speaker() -> None:
    """A diarization that found nobody loses no words."""
    assert spoken(attribute(transcription(words_of("Hello?", 1.0)), diarized())) == [("S1", "Hello?")]


def test_silence_gives_nothing() -> None:
    """No words and no turns, no utterances."""
    assert attribute(transcription(()), diarized()) == ()


def test_a_turn_without_words_is_marked_inaudible() -> None:
    """Nothing of a turn is lost: a voice of which no word was heard is in the transcript, unless not wanted."""
    words, turns = words_of("Hello all.", 0.0), diarized(Turn(0, 0.6, "S1"), Turn(5, 7, "S2"))
    assert spoken(attribute(transcription(words), turns)) == [("S1", "Hello all."), ("S2", "[inaudible]")]
    assert len(attribute(transcription(words), turns, inaudible=None)) == 1


def test_an_utterance_covers_its_turn() -> None:
    """Times come from the turn where the words begin late or end early."""
    words = (Word(1.2, 1.5, "Right."),)
    (only,) = attribute(transcription(words), diarized(Turn(1.0, 1.9, "S1")))
    assert (only.start, only.end) == (1.0, 1.9)


def test_a_long_pause_starts_a_paragraph() -> None:
    """One speaker's words four seconds apart, after a full stop, are two utterances."""
    words = words_of("That was it.", 0.0) + words_of("Anyway, good night.", 5.0)
    assert len(attribute(transcription(words), diarized(Turn(0, 6, "S1")))) == 2


def test_a_monologue_breaks_at_the_end_of_a_sentence() -> None:
    """Five minutes by one voice become paragraphs of about a minute, none of which ends inside a sentence."""
    words = words_of("one two three four five. " * 200, 0.0)
    result = attribute(transcription(words), diarized(Turn(0, 300, "S1")))
    assert len(result) == 5
    assert all(u.text.endswith("five.") for u in result)


def test_pauses_are_marked_on_request() -> None:
    """A pause in an utterance becomes a word of its own, and the text stays the words joined."""
    words = (Word(0, 0.5, "I"), Word(3.0, 3.4, "don't know."))
    (only,) = attribute(transcription(words), diarized(Turn(0, 4, "S1")), pause_mark=2.0)
    assert only.text == "I (2.5 s) don't know."
    assert only.text == " ".join(w.text for w in only.words)


times = st.floats(0, 50, allow_nan=False).map(lambda t: round(t, 2))
spans = st.tuples(times, st.floats(0.05, 8, allow_nan=False).map(lambda d: round(d, 2)))
vocabulary = st.sampled_from(["yes.", "mm", "we", "Went", "home?", "yeah,", "I", "I'm", "sure"])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(spans, vocabulary), max_size=30),
    st.lists(st.tuples(spans, st.sampled_from(["S1", "S2", "S3", "S4"])), max_size=15),
)
def test_no_word_is_lost_or_said_twice(
    said: list[tuple[tuple[float, float], str]], spoken_turns: list[tuple[tuple[float, float], str]]
) -> None:
    """Whatever the words and turns: every word is in exactly one utterance, and all of a turn is accounted for."""
    words = tuple(Word(start, start + length, text) for (start, length), text in said)
    turns = tuple(Turn(start, start + length, s) for (start, length), s in sorted(spoken_turns))
    result = attribute(transcription(words), diarized(*turns))
    kept = Counter(w for u in result for w in u.words if w.text != "[inaudible]")
    assert kept == Counter(words)
    assert all(u.text == " ".join(w.text for w in u.words) and u.start <= u.end for u in result)
    assert [u.start for u in result] == sorted(u.start for u in result)
    for turn in turns:
        mine = [u for u in result if u.participant == turn.speaker]
        assert turn.end - turn.start < 1.0 or any(u.start < turn.end and turn.start < u.end for u in mine)
