"""Where the presses go: what is counted, on a transcript with a known fault in each line."""

from __future__ import annotations

import pytest

from bench.presses import kind_of, spared_by_completing, spared_by_spelling
from bench.putting_right import Fix, plan, presses_of
from pipeline.records import Attribution, LabelMap, Redaction, Roster, Utterance
from pipeline.verify.state import ReviewedTranscript, begin_review
from tests.verify.sample import timed_words

HEARD = ("he takes certraline now", "the man was long", "she said wow", "no no I see it", "sertraline again")
TRUE = ("he takes sertraline now", "the night was long", "yeah she said wow", "I see it", "sertraline again")


@pytest.fixture
def heard() -> ReviewedTranscript:
    said = tuple(
        Utterance("P01", 3.0 * n, 3.0 * n + 3, text, timed_words(text, 3.0 * n, 3.0 * n + 3))
        for n, text in enumerate(HEARD)
    )
    return begin_review(Attribution(said), Redaction(said, (), LabelMap()), Roster(()), 15.0)


@pytest.fixture
def fixes(heard: ReviewedTranscript) -> list[Fix]:
    return plan(heard, " ".join(TRUE).split())


def test_each_correction_is_of_a_kind_and_costs_what_it_takes_by_hand(
    heard: ReviewedTranscript, fixes: list[Fix]
) -> None:
    """A click each; a letter taken away and one typed; a word; a missing word with its space; two words too many."""
    counted = [(kind_of(heard, fix), presses_of(heard, fix)) for fix in fixes]
    assert counted == [
        ("letters of a word", 3),
        ("a word or more typed anew", 7),
        ("words missing", 6),
        ("words too many", 3),
    ]


def test_offers_are_counted_at_their_best(heard: ReviewedTranscript, fixes: list[Fix]) -> None:
    """What is said in the recording, and what begins most often so: two letters and Enter. A spelling in no list has one near."""
    words, spared = spared_by_completing(heard, fixes)
    assert (words, spared) == (2, len("sertraline") - 3 + len("night") - 3)
    assert spared_by_spelling(heard, fixes) == (1, 1, 1)
