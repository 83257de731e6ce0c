"""A last look: what may identify somebody and still stands in the open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Attribution, Label, LabelMap, Person, Redaction, Roster, Utterance
from pipeline.verify.decisions import Accept, Place, Redact, Reject
from pipeline.verify.sightings import look_again, look_at
from pipeline.verify.state import ReviewedTranscript, begin_review
from tests.verify.conftest import step
from tests.verify.sample import sample_material, timed_words

ROSTER = Roster(
    (Person("P01", "Nerida Vale", ("Neri",), "student"), Person("P02", "May Quist", (), "student"))
)
LABELS = LabelMap((Label("place", "larch ward", "Place 1"), Label("name", "dr orlo brandt", "Person 3")))


def begin(*texts: str, faint: str = "") -> ReviewedTranscript:
    """Lines nobody found anything in; the words named are heard faintly."""
    said = []
    for n, text in enumerate(texts):
        words = timed_words(text, 5.0 * n, 5.0 * n + 4)
        heard = tuple(
            replace(w, probability=0.1) if w.text.strip(".,?") in faint.split() else w for w in words
        )
        said.append(Utterance("P01", 5.0 * n, 5.0 * n + 4, text, heard))
    return begin_review(Attribution(tuple(said)), Redaction(tuple(said), (), LABELS), ROSTER, 60.0)


def seen(state: ReviewedTranscript) -> list[tuple[str, str]]:
    """The words seen, and why."""
    return [(state.lines[s.line].text[s.start_char : s.end_char], s.why) for s in look_again(state)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi, I'm Nerida.", [("Nerida", "roster")]),
        ("that was nerida vale's idea", [("nerida vale", "roster")]),
        ("VALE said so", [("VALE", "roster")]),
        ("Ask Neri, or Quist.", [("Neri", "roster"), ("Quist", "roster")]),
        ("May, can you go on? You may. It may be so.", [("May", "roster")]),
        ("on Larch Ward last week", [("Larch Ward", "label")]),
        ("the larch in the garden", []),
        ("Doctor Brandt was there", [("Brandt", "label")]),
        ("Dr Somebody", []),
        ("nothing to see here", []),
    ],
)
def test_names_and_words_with_a_label_are_seen(text: str, found: list[tuple[str, str]]) -> None:
    """The whole name or a part of it, in any case; ordinary words in lower case are just words."""
    assert seen(begin(text)) == found


def test_digits_in_pieces_are_seen_across_words_and_lines() -> None:
    """A number read out with somebody's "yes" between."""
    state = begin("It is oh seven seven", "Yes.", "nine double oh four two.")
    assert seen(state) == [("oh seven seven", "number"), ("nine double oh four two", "number")]


@pytest.mark.parametrize(
    "text", ["one two three four five six seven", "from 2019 to 2021 and 2022", "five of them, two years"]
)
def test_counting_years_and_small_numbers_are_no_number(text: str) -> None:
    assert seen(begin(text)) == []


def test_faint_words_where_a_name_is_due_are_seen() -> None:
    """What stands behind "my name is" and was more guessed than heard; a faint ordinary word is not."""
    assert seen(begin("my name is Zorvik. I went home.", faint="Zorvik home")) == [("Zorvik", "faint")]
    assert seen(begin("my name is Zorvik.")) == []


def test_what_a_person_decided_is_not_seen_again(state: ReviewedTranscript) -> None:
    """Redacted, or kept word for word."""
    before = len(look_again(state))
    place = Place("u3", state.lines["u3"].text.index("Tess"), state.lines["u3"].text.index("Tess") + 4)
    after = step(state, Redact((place,), "PERSON"))
    assert len(look_again(after)) == before - 1
    kept = step(after, Reject((next(m.id for m in after.lines["u3"].marks),)), 2)
    assert len(look_again(kept)) == before - 1


def test_a_flag_put_right_to_a_name_is_seen(state: ReviewedTranscript) -> None:
    """Only what is hidden or decided is left out: an accepted mark hides its words."""
    assert look_again(step(state, Accept(("s4",)))) == look_again(state)


SAID_WORDS = [
    "so",
    "Nerida",
    "vale's",
    "dr",
    "Brandt",
    "May",
    "larch",
    "Ward",
    "Zorvik",
    "my name is",
    "—",
    "_x",
]
DIGITS = ["one", "seven", "oh", "42", "123", "double", "123456", "o'clock", "four,"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SAID_WORDS + DIGITS * 2), min_size=1, max_size=14), st.data())
def test_a_look_at_some_characters_sees_all_that_is_to_be_seen_of_them(
    words: list[str], data: st.DataObject
) -> None:
    """However little of a line is looked at: what touches it is what the last look over the whole line sees there."""
    state = begin(" ".join(words), faint="Zorvik Brandt so")
    low = data.draw(st.integers(0, len(state.lines["u0"].text) - 1))
    high = data.draw(st.integers(low + 1, len(state.lines["u0"].text)))
    whole = [s for s in look_again(state) if s.start_char < high and low < s.end_char]
    assert list(look_at(state, {"u0": [(low, high)]})) == whole


def test_a_perfect_pipeline_leaves_nothing_to_see() -> None:
    """Over the sample recordings with every identifier found, the last look lists nothing: no cry of wolf."""
    for name in ("session-s1", "session-s2", "session-s3"):
        material = sample_material(name)
        state = begin_review(material.attribution, material.redaction, material.roster, material.duration)
        assert look_again(state) == (), name
