"""Words typed anew: nothing lost, no replacement broken, and no known name in the open unasked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.verify.decisions import (
    Correct,
    Decision,
    Found,
    Place,
    Redo,
    Undo,
)
from pipeline.verify.final import final_redaction, line_pieces, redacted_text, review_digest
from pipeline.verify.history import apply
from pipeline.verify.log import pack_event, unpack_events
from pipeline.verify.retyping import correct_line
from pipeline.verify.session import ReviewSession
from pipeline.verify.sightings import look_again
from pipeline.verify.state import Line, Mark, Token
from pipeline.verify.store import Material, RecordingInfo
from tests.verify.conftest import small_material
from tests.verify.memory import MemoryStore

TYPED = [
    "um",
    "Nerida",
    "nerida vale,",
    "arm",
    "so",
    "Tess",
    "I",
    "will",
    "oh seven seven nine four two",
    "— é",
    ".",
]
NAMES = ("nerida", "vale", "neri", "ines", "opal")
SURE_NAMES = {
    "nerida",
    "neri",
    "ines",
}  # in lower case, and behind half a word, "vale" and "opal" are ordinary words


def mark(name: str, start: int, end: int, label: str) -> Mark:
    hides = bool(label)
    return Mark(
        name, start, end, "PERSON", "direct", 0.9, "x", "remove" if hides else "flag", label, not hides
    )


def line(text: str, *marks: Mark) -> Line:
    """A line whose words are heard one a second."""
    at, tokens = 0, []
    for n, word in enumerate(text.split()):
        at = text.index(word, at)
        tokens.append(Token(at, at + len(word), float(n), n + 0.9, 0.2))
        at += len(word)
    return Line("u0", "P01", 0.0, float(len(tokens)), text, tuple(tokens), marks)


CHIPS = line("Nerida, Leeds. Sure I am.", mark("a", 0, 6, "[P01]"), mark("b", 8, 13, "[Place 3]"))


def test_words_typed_around_replacements_leave_them_whole() -> None:
    """The line that was wrecked: retyped over two replacements."""
    after = correct_line(CHIPS, Place("u0", 0, len(CHIPS.text)), "[P01], [Place 3]. Surely I am here.")
    assert redacted_text(after) == "[P01], [Place 3]. Surely I am here."
    assert after.text == "Nerida, Leeds. Surely I am here."
    times = {after.text[t.start_char : t.end_char]: (t.start, t.end) for t in after.tokens}
    assert times["Nerida,"] == (0.0, 0.9)
    assert times["Surely"] == (2.0, 2.9)
    assert times["I"] == (3.0, 3.9)


def test_a_word_right_beside_a_replacement_is_a_word_of_its_own() -> None:
    after = correct_line(CHIPS, Place("u0", 0, len(CHIPS.text)), "[P01][Place 3]Sure I am.")
    assert redacted_text(after) == "[P01][Place 3] Sure I am."


@pytest.mark.parametrize(
    "typed",
    ["Sure. Hi, I'm Nerida.", "[P01]. Sure I am.", "[Place 3], [P01]. Sure", "[P01] [P01] [Place 3]", "[P01"],
)
def test_a_replacement_typed_over_is_refused(typed: str) -> None:
    """Left out, doubled, in another order: none of it may bring the words under it to light."""
    with pytest.raises(DecisionError, match="replacement"):
        correct_line(CHIPS, Place("u0", 0, len(CHIPS.text)), typed)


def test_words_typed_under_a_replacement_stay_under_it() -> None:
    """Also those added at its end."""
    after = correct_line(CHIPS, Place("u0", 0, 6), "Nerida Vale")
    assert redacted_text(after) == redacted_text(CHIPS)
    assert after.text.startswith("Nerida Vale, Leeds")


def test_what_was_decided_of_words_is_not_decided_of_others() -> None:
    """A question goes on about what stands there now; a word that was kept and is typed anew is a new word."""
    asked = line("so mark it", mark("a", 3, 7, ""))
    after = correct_line(asked, Place("u0", 3, 7), "Markus said")
    assert [(after.words_of(m), m.open) for m in after.marks] == [("Markus said", True)]
    kept = replace(asked, marks=(replace(asked.marks[0], verdict="rejected"),))
    assert correct_line(kept, Place("u0", 3, 7), "Markus").marks == ()


@pytest.fixture
def opened() -> tuple[MemoryStore, Material]:
    return store_with()


SMALL = cache(small_material)


def store_with() -> tuple[MemoryStore, Material]:
    material = SMALL()
    store = MemoryStore()
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0), material)
    store.take_lease("r1", "me", "Sam")
    return store, material


def test_a_roster_name_that_is_typed_is_hidden_and_asked_about(opened: tuple[MemoryStore, Material]) -> None:
    """Whatever the page says was found: the review looks itself."""
    store, _ = opened
    review = ReviewSession(store, "r1")
    at = review.state.lines["u2"].text.index("Nerrida")
    place = Place("u2", at, at + 7)
    review.decide(Correct(place, "dear Nerida", (Found(place, "PERSON", "[P99]", "no"),)), "Sam", "me")
    assert redacted_text(review.state.lines["u2"]) == "Quorn? I will [Person 2] that. dear [P01], go on."
    (made,) = [m for m in review.state.lines["u2"].marks if m.found_by == "what was typed"]
    assert made.open
    assert made.reason == "a name of the roster, typed in the review"


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, int, int, list[str], bool]:
    """A line, two of its characters as shares, what is typed, and whether the replacements are kept."""
    line = draw(st.sampled_from(["u0", "u1", "u2", "u3"]))
    low, high = sorted((draw(st.integers(0, 100)), draw(st.integers(0, 100))))
    return line, low, high, draw(st.lists(st.sampled_from(TYPED), max_size=4)), draw(st.booleans())


@settings(max_examples=60)
@given(st.lists(st.one_of(edits(), st.sampled_from([Undo(), Redo()])), max_size=6))
def test_random_edits_keep_every_promise(
    steps: list[tuple[str, int, int, list[str], bool] | Undo | Redo],
) -> None:
    """What is typed is there and nothing else changed; times in order; no replacement broken; no roster name in the open
    that no question asks about; the log gives the same bytes."""
    store, material = store_with()
    review = ReviewSession(store, "r1")
    for step in steps:
        if isinstance(step, Undo | Redo):
            try_to(review, step)
        else:
            edit(review, *step)
    check_promises(review, store, material)


def check_promises(review: ReviewSession, store: MemoryStore, material: Material) -> None:
    """Each line whole and in order; no name of the roster in the open that no question asks about; the log gives the
    same bytes."""
    for each in review.state.in_order():
        check_line(each)
    known = {(s.line, s.start_char) for s in look_again(review.state) if s.why == "roster"}
    assert known == set()
    shown = " ".join(redacted_text(each) for each in review.state.in_order()).lower()
    words = {w.strip(".,?—") for w in shown.replace("[", " [").split()}
    assert not words & SURE_NAMES
    log = b"".join(pack_event(event) for event in store.events("r1"))
    again = apply(
        material.attribution, material.redaction, material.roster, material.duration, unpack_events(log)
    )
    assert final_redaction(again) == final_redaction(review.state)
    assert review_digest(again) == review_digest(review.state)


def try_to(review: ReviewSession, decision: Decision) -> bool:
    try:
        review.decide(decision, "Sam", "me")
    except DecisionError:
        return False
    return True


def edit(review: ReviewSession, name: str, low: int, high: int, typed: list[str], keep: bool) -> None:
    """One edit; the words outside of it, and those under replacements, are the same after it."""
    before = review.state.lines[name]
    start, end = low * len(before.text) // 100, high * len(before.text) // 100
    chips = [m.replacement for m in before.marks if m.hides and start <= m.start_char and m.end_char <= end]
    text = " ".join([*typed[:1], *(chips if keep else ()), *typed[1:]])
    hidden = [before.words_of(m) for m in before.marks if m.hides]
    inside = any(m.hides and m.start_char <= start and end <= m.end_char for m in before.marks)
    if not try_to(review, Correct(Place(name, start, end), text)):
        return
    after = review.state.lines[name]
    assert after.text[:start] == before.text[:start]
    assert after.text[len(after.text) - (len(before.text) - end) :] == before.text[end:]
    old = [after.words_of(m) for m in after.marks if m.hides]
    assert inside or [w for w in hidden if w in old] == hidden
    for word in " ".join(typed).split():
        assert word in after.text


def check_line(each: Line) -> None:
    """Words cover the line in order of characters and time; marks never overlap, and none is empty."""
    assert all(a.end_char <= b.start_char and a.start <= b.start for a, b in pairwise(each.tokens))
    assert all(t.start <= t.end and each.text[t.start_char : t.end_char].strip() for t in each.tokens)
    said = "".join(each.text[t.start_char : t.end_char] for t in each.tokens)
    assert "".join(said.split()) == "".join(each.text.split())
    assert all(a.end_char <= b.start_char for a, b in pairwise(each.marks))
    assert all(each.words_of(m).strip() for m in each.marks)
    assert [p.mark.id for p in line_pieces(each) if p.mark] == [m.id for m in each.marks]
