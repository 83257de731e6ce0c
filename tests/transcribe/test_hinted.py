"""Names that only the hints explain: kept where the sound bears them, never written over other speech, and told."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Word
from pipeline.transcribe.hinted import Evidence, bare, hinted_words, settle

HINTED = hinted_words(["Zorblatt Quix", "Mei-Lin"])


def words(text: str, sure: float = 0.9, improbable: str = "") -> list[Word]:
    """A word each 0.4 s; those of `improbable` have a probability of 0.01."""
    weak = {bare(each) for each in improbable.split()}
    return [
        Word(n * 0.4, n * 0.4 + 0.3, each, 0.01 if bare(each) in weak else sure)
        for n, each in enumerate(text.split())
    ]


def text_of(settled: Sequence[Word]) -> str:
    return " ".join(w.text for w in settled)


def says(nats: float) -> Evidence:
    return lambda _named, _other: nats


def settled(with_hints: str, without: str, *, sure: float = 0.6, nats: float = 0.0) -> list[Word]:
    heard = words(with_hints, improbable="Zorblatt Quix Mei")
    return settle(heard, words(without, sure), HINTED, says(nats))


def test_a_name_is_never_written_over_other_speech() -> None:
    """A telephone number stays, whatever the hints made of it, and so do ordinary words."""
    number = "she reads it out, oh two seven, triple four please"
    assert text_of(settled("she reads it out, Zorblatt Quix please", number)) == number
    assert (
        text_of(settled("there was Mei and nurse", "there was an agency nurse"))
        == "there was an agency nurse"
    )


def test_a_name_that_sounds_like_what_is_heard_without_hints_stays_and_is_told() -> None:
    """The name stands, and beside it what else was heard; a word that is surely something else stays."""
    (name,) = [w for w in settled("thanks Mei for that", "thanks may for that") if w.text == "Mei"]
    assert name.without_hint == "may"
    assert (
        text_of(settled("thanks Mei for that", "thanks more for that", sure=0.95)) == "thanks more for that"
    )


@settings(max_examples=300)
@given(st.floats(0.0, 0.0999), st.sampled_from(("may", "the", "may day")), st.floats(0.05, 0.75))
def test_every_improbable_name_that_stays_is_a_question(name: float, heard: str, sure: float) -> None:
    """Whatever stands in its place without hints, and however sure; a name heard both ways is none."""
    said = [Word(0.0, 0.3, "thanks", 0.9), Word(0.4, 0.7, "Mei", name), Word(0.8, 1.1, "again", 0.9)]
    result = settle(said, words(f"thanks {heard} again", sure), HINTED, says(5.0))
    assert all(w.without_hint is not None for w in result if w.text == "Mei")
    both = settle(said, words("thanks Mei again", sure), HINTED, says(5.0))
    assert [w.without_hint for w in both] == [None] * 3


def test_where_nothing_is_heard_without_hints_the_sound_decides() -> None:
    """A name in speech that the other hypothesis passed over stays as a question; one put between words goes."""
    said, other = "that is all. Zorblatt Quix. I'm new here", "that is all. I'm new here"
    kept = settled(said, other, nats=5.0)
    assert text_of(kept) == said
    assert {w.without_hint for w in kept if bare(w.text) in HINTED} == {""}
    assert text_of(settled(said, other, nats=-5.0)) == other


def test_probable_names_are_left_alone() -> None:
    """Without an improbable name nothing is asked, and what was heard with hints stands."""
    heard = words("thanks Mei for that")
    assert settle(heard, words("thanks may for that"), HINTED, says(-9.0)) == heard


def test_a_window_cut_short_by_its_hints_has_the_words_heard_without_them() -> None:
    """The longer text stands, with the name in its place."""
    short, long = (
        words("thanks Mei."),
        words("thanks may, so I went to see the old house with the others", 0.6),
    )
    assert text_of(settle(short, long, HINTED, says(0.0))) == (
        "thanks Mei. so I went to see the old house with the others"
    )


def test_a_word_said_over_and_over_is_not_doubled() -> None:
    """A name written over one of several equal words gives way to that word alone."""
    said = "oh oh oh oh"
    assert text_of(settled("oh Mei oh oh", said, sure=0.95, nats=-1.0)) == said


PLAIN = st.lists(st.sampled_from("oh seven the nurse but harbour friday".split()), min_size=1, max_size=12)
NAMES = st.lists(st.sampled_from(["Mei", "Zorblatt", "Quix"]), min_size=1, max_size=3)


@settings(max_examples=1000)
@given(PLAIN, NAMES, st.data())
def test_no_word_gives_way_to_a_name_unlike_it(
    said: list[str], names: list[str], data: st.DataObject
) -> None:
    """Improbable names put over any stretch of other words: the words are all there, the names are not."""
    first = data.draw(st.integers(0, len(said) - 1))
    last = data.draw(st.integers(first + 1, len(said)))
    heard = words(" ".join([*said[:first], *names, *said[last:]]), improbable="Zorblatt Quix Mei")
    result = settle(heard, words(" ".join(said), 0.95), HINTED, says(-1.0))
    assert sorted(w.text for w in result) == sorted(said)


HYPOTHESIS = st.lists(
    st.sampled_from("oh seven the nurse but harbour friday Mei Zorblatt".split()), max_size=10
)


def surely(texts: Sequence[str], sure: float, name: float) -> list[Word]:
    return [Word(n * 0.4, n * 0.4 + 0.3, t, name if bare(t) in HINTED else sure) for n, t in enumerate(texts)]


@settings(max_examples=1000)
@given(HYPOTHESIS, PLAIN)
def test_improbable_names_cost_no_word(with_hints: list[str], without: list[str]) -> None:
    """Whatever else hints changed: what the sound bears better without them is all there, in its order."""
    result = settle(surely(with_hints, 0.5, 0.01), surely(without, 0.95, 0.01), HINTED, says(-1.0))
    left = iter(bare(w.text) for w in result)
    assert all(word in left for word in without)


@settings(max_examples=1000)
@given(HYPOTHESIS, PLAIN, st.floats(0.0, 1.0))
def test_probable_names_take_no_more_than_a_word_each(
    with_hints: list[str], without: list[str], name: float
) -> None:
    """A name may stand for a word heard without hints; it never makes the text shorter."""
    result = settle(surely(with_hints, 0.5, name), surely(without, 0.95, name), HINTED, says(-1.0))
    assert len(result) >= len(without)
    assert {w.text for w in result} <= {*with_hints, *without}


@given(PLAIN, PLAIN, st.sampled_from((0.25, 0.5, 0.75)), st.sampled_from((0.25, 0.5, 0.75)))
def test_where_no_name_is_written_the_sound_decides(
    with_hints: list[str], without: list[str], first: float, second: float
) -> None:
    """Of two texts without a name, what the sound says more for is all there."""
    result = settle(surely(with_hints, first, 0.0), surely(without, second, 0.0), HINTED, says(0.0))
    left = iter(w.text for w in result)
    assert all(word in left for word in (with_hints if first >= second else without))
