"""The joined view of a transcript: offsets lead back to the characters they came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.dialogue import Dialogue, build
from pipeline.deidentify.questions import Questions
from pipeline.language.numbers import counts_up, digits_of
from pipeline.records import Utterance

TURNS = st.lists(st.text(max_size=40), max_size=6)


def dialogue(*turns: str) -> Dialogue:
    """Two speakers in turn."""
    return build([Utterance(f"S{1 + i % 2}", float(i), i + 1.0, t) for i, t in enumerate(turns)])


@given(TURNS)
def test_every_token_stands_where_it_says(turns: list[str]) -> None:
    """For any text, a token's offsets within its turn give its own characters."""
    d = dialogue(*turns)
    for t in d.tokens:
        ((turn, start, end),) = d.pieces(t.start, t.end)
        assert (turn, d.turns[turn][start:end]) == (t.turn, t.text)


@given(TURNS)
def test_plain_text_leads_back_to_its_words(turns: list[str]) -> None:
    """Every word of the plain text maps to the token it was made from."""
    d = dialogue(*turns)
    at = 0
    for t in d.content:
        at = d.plain.index(t.fold, at)
        assert d.span(at, at + len(t.fold)) == (t.start, t.end)
        at += len(t.fold)


def test_fillers_and_stutters_are_left_out_but_covered() -> None:
    """ "sixty, um, two" reads "sixty two" and spans the filler."""
    d = dialogue("at, at sixty, um, two Larch Road")
    at = d.plain.index("sixty two")
    start, end = d.span(at, at + len("sixty two"))
    assert d.text[start:end] == "sixty, um, two"


def test_a_cue_is_near_only_for_a_while() -> None:
    """A question holds for a few turns and words."""
    d = dialogue("How old are you?", "Forty.", "Right.", "And so on.", "Yes.", "It was fifty.")
    q = Questions(d)
    assert q.near("age", d.plain.index("forty"))
    assert not q.near("age", d.plain.index("fifty"))


def test_numbers_say_their_digits() -> None:
    """Doubles, tens and letters are read as people mean them."""
    assert digits_of("oh two one double five four") == "021554"
    assert digits_of("sixty two") == "62"
    assert digits_of("z j b forty one") == "zjb41"


def test_counting_is_told_from_numbers() -> None:
    """Up and down, not a telephone number."""
    assert counts_up("one two three four")
    assert counts_up("ten nine eight")
    assert not counts_up("oh two one five five four")
