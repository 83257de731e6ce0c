"""Find and replace: what is found, what is put in, and what must hold whatever is replaced."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.records import Person, Roster, Span, Utterance
from pipeline.verify.decisions import (
    Correct,
    Place,
    Redo,
    Reject,
    ReplaceAll,
    Undo,
)
from pipeline.verify.final import final_redaction, redacted_text, review_digest
from pipeline.verify.history import apply
from pipeline.verify.log import audit_facts, pack_event, unpack_events
from pipeline.verify.replacing import Hit, Wanted, find_words
from pipeline.verify.session import ReviewSession
from pipeline.verify.sightings import look_again
from pipeline.verify.state import ReviewedTranscript
from pipeline.verify.store import Material, RecordingInfo
from tests.redacting import redact_finds
from tests.verify.conftest import SAID, small_material, step, text_of
from tests.verify.memory import MemoryStore
from tests.verify.sample import timed_words
from tests.verify.test_retyping import check_line

SPOKEN = [
    "Arm, I hurt my arm and, arm, Tess did too. Arms!",
    "Don’t arm me. So arm arm it is",
    "arm",
]


def spoken(*texts: str) -> Material:
    """Lines of one participant, with a name hidden where one of the small recording's people is named."""
    said = tuple(
        Utterance("P01", 3.0 * n, 3.0 * n + 3, text, timed_words(text, 3.0 * n, 3.0 * n + 3))
        for n, text in enumerate(texts)
    )
    finds = tuple(
        span_of(n, found.start(), found.end(), text)
        for n, text in enumerate(texts)
        for found in re.finditer(r"\b(Tess|Nerida)\b", text)
    )
    roster = Roster((Person("P01", "Nerida Vale", ("Neri",), "student"), Person("P02", "Umberto Arms")))
    small = small_material()
    attribution = type(small.attribution)(said, (("S1", "P01"),), (("S1", "said so"),), ())
    return Material(attribution, redact_finds(said, finds, roster=roster), roster, 3.0 * len(texts))


def span_of(n: int, start: int, end: int, text: str) -> Span:
    return Span(n, start, end, "PERSON", "direct", 0.95, "test", text[start:end])


def review_of(material: Material) -> tuple[MemoryStore, ReviewSession]:
    store = MemoryStore("A study")
    store.put(RecordingInfo("r1", "week one", "redacted", material.duration), material)
    store.take_lease("r1", "me", "Sam")
    return store, ReviewSession(store, "r1")


def places(hits: tuple[Hit, ...]) -> tuple[Place, ...]:
    return tuple(Place(h.line, h.start_char, h.end_char) for h in hits)


def words_of(state: ReviewedTranscript, hits: tuple[Hit, ...]) -> list[str]:
    return [state.lines[h.line].text[h.start_char : h.end_char] for h in hits]


def test_whole_words_in_any_case_unless_said_otherwise() -> None:
    _, review = review_of(spoken(*SPOKEN))
    found = [
        words_of(review.state, find_words(review.state, wanted))
        for wanted in (
            Wanted("arm"),
            Wanted("arm", case=True),
            Wanted("arm", whole=False),
            Wanted("don't  ARM"),
            Wanted("  "),
        )
    ]
    assert found == [
        ["Arm", "arm", "arm", "arm", "arm", "arm", "arm"],
        ["arm"] * 6,
        ["Arm", "arm", "arm", "Arm", "arm", "arm", "arm", "arm"],
        ["Don’t arm"],
        [],
    ]


def test_what_a_replacement_hides_is_not_found_and_its_label_is(state: ReviewedTranscript) -> None:
    """Nobody learns by searching what stands behind a label, nor replaces it unseen."""
    assert find_words(state, Wanted("Nerida")) == ()
    assert find_words(state, Wanted("saw Tess")) == ()
    assert [h.mark for h in find_words(state, Wanted("[person 1]", label=True))] == ["s2"]
    assert [h.mark for h in find_words(state, Wanted("Person", label=True, whole=False))] == ["s2", "s4"]


def test_all_places_ticked_are_one_step_and_one_undo() -> None:
    store, review = review_of(spoken(*SPOKEN))
    hits = find_words(review.state, Wanted("arm"))
    left = hits[1]  # "my arm" is one
    change = review.decide(
        ReplaceAll(places(tuple(h for h in hits if h != left)), "um", keep_case=True), "Sam", "me"
    )
    assert [redacted_text(line) for line in review.state.in_order()] == [
        "Um, I hurt my arm and, um, [Person 1] did too. Arms!",
        "Don’t um me. So um um it is",
        "um",
    ]
    assert audit_facts(change.event) == {"event": 1, "decision": "replace", "by": "Sam", "places": 6}
    review.decide(Undo(), "Sam", "me")
    assert [line.text for line in review.state.in_order()] == SPOKEN
    assert [e.decision.kind for e in store.events("r1")] == ["replace", "undo"]


def test_a_capital_is_kept_only_where_it_is_asked_for() -> None:
    _, review = review_of(spoken("Leads is far. It leads on."))
    hits = places(find_words(review.state, Wanted("leads")))
    review.decide(ReplaceAll(hits, "Leeds"), "Sam", "me")
    assert review.state.lines["u0"].text == "Leeds is far. It Leeds on."


def test_a_known_name_that_is_put_in_is_hidden_and_asked_about_in_every_place() -> None:
    """Also two of them in one line, and in several lines; the marks are each their own."""
    _, review = review_of(spoken("So the narrator and narrator said", "A narrator"))
    hits = places(find_words(review.state, Wanted("narrator")))
    review.decide(ReplaceAll(hits, "dear Nerida"), "Sam", "me")
    assert [redacted_text(line) for line in review.state.in_order()] == [
        "So the dear [P01] and dear [P01] said",
        "A dear [P01]",
    ]
    marks = [m for line in review.state.in_order() for m in line.marks]
    assert [m.id for m in marks] == ["m1.0", "m1.1", "m1.2"]
    assert all(m.open for m in marks)


def test_words_are_taken_out_where_nothing_is_put_in() -> None:
    """With the space before them; but no line is left without words."""
    _, review = review_of(spoken("um, so, um, we um went um.", "um"))
    line = tuple(h for h in find_words(review.state, Wanted("um")) if h.line == "u0")
    review.decide(ReplaceAll(places(line), ""), "Sam", "me")
    assert review.state.lines["u0"].text == "so, we went."
    check_line(review.state.lines["u0"])
    with pytest.raises(DecisionError, match="without words"):
        review.decide(ReplaceAll((Place("u1", 0, 2),), ""), "Sam", "me")


@pytest.mark.parametrize(
    "chosen",
    [
        (),
        (Place("u1", 0, 6),),
        (Place("u1", 4, 8),),
        (Place("u1", 7, 11), Place("u1", 9, 12)),
        (Place("u9", 0, 1),),
        (Place("u1", 7, 999),),
        (Place("u1", 9, 9),),
    ],
)
def test_what_cannot_be_replaced_is_refused_and_changes_nothing(
    review: ReviewSession, chosen: tuple[Place, ...]
) -> None:
    """No place, a replacement or a part of one, two that overlap, a line or characters that are not there."""
    before = review_digest(review.state)
    with pytest.raises(DecisionError):
        review.decide(ReplaceAll(chosen, "um"), "Sam", "me")
    assert review_digest(review.state) == before
    assert review.number == 0


def test_what_was_kept_and_is_replaced_is_a_new_word(state: ReviewedTranscript) -> None:
    """A decision on the old words says nothing of the new ones."""
    kept = step(state, Reject(("s4",)))
    (hit,) = find_words(kept, Wanted("mark"))
    after = step(kept, ReplaceAll(places((hit,)), "park"), 2)
    assert text_of(after, "u2") == SAID[2][3].replace("mark", "park")
    assert after.lines["u2"].marks == ()


# --- whatever is replaced ----------------------------------------------------------------------------

TEXTS = ["arm", "um", "Nerida", "nerida vale said", "Tess", "oh seven seven nine four two", "it’s", "—", ""]
LOOKED_FOR = ["arm", "i", "tess", "mark", "s", "Nerrida", "thanks", "person 1", "n", "go on"]
SURE_NAMES = {"nerida", "neri", "ines"}
SMALL = cache(small_material)


@st.composite
def replacements(draw: st.DrawFn) -> tuple[Wanted, list[bool], str, bool]:
    """What is looked for, which places are ticked (over again), what is put in, and whether capitals are kept."""
    wanted = Wanted(draw(st.sampled_from(LOOKED_FOR)), whole=draw(st.booleans()), case=draw(st.booleans()))
    ticks = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    return wanted, ticks, draw(st.sampled_from(TEXTS)), draw(st.booleans())


@settings(max_examples=80)
@given(st.lists(st.one_of(replacements(), st.sampled_from([Undo(), Redo()])), max_size=5))
def test_random_replacements_keep_every_promise(
    steps: list[tuple[Wanted, list[bool], str, bool] | Undo | Redo],
) -> None:
    """Nothing outside the ticked places changes; times in order; no replacement broken; no roster name in the open that
    no question asks about; the log gives the same bytes."""
    material = SMALL()
    store, review = review_of(material)
    for each in steps:
        if isinstance(each, Undo | Redo):
            try_to(review, each)
        else:
            replace_some(review, *each)
        for line in review.state.in_order():
            check_line(line)
    assert not [s for s in look_again(review.state) if s.why == "roster"]
    shown = " ".join(redacted_text(line) for line in review.state.in_order()).lower()
    assert not {w.strip(".,?—") for w in shown.replace("[", " [").split()} & SURE_NAMES
    log = b"".join(pack_event(event) for event in store.events("r1"))
    again = apply(
        material.attribution, material.redaction, material.roster, material.duration, unpack_events(log)
    )
    assert final_redaction(again) == final_redaction(review.state)


def try_to(review: ReviewSession, decision: ReplaceAll | Undo | Redo) -> bool:
    try:
        review.decide(decision, "Sam", "me")
    except DecisionError:
        return False
    return True


def replace_some(
    review: ReviewSession, wanted: Wanted, ticks: list[bool], text: str, keep_case: bool
) -> None:
    """What is outside of the places, and under replacements, is the same after it."""
    before = review.state
    hits = [h for n, h in enumerate(find_words(before, wanted)) if ticks[n % len(ticks)]]
    chosen = places(tuple(hits))
    hidden = {name: [line.words_of(m) for m in line.marks if m.hides] for name, line in before.lines.items()}
    if not try_to(review, ReplaceAll(chosen, text, keep_case)):
        return
    put = "".join(text.split()).casefold()
    for name, line in before.lines.items():
        after = review.state.lines[name]
        now = iter([after.words_of(m) for m in after.marks if m.hides])
        assert all(words in now for words in hidden[name])  # in this order, others between them
        here = sorted((p.start_char, p.end_char) for p in chosen if p.line == name)
        edges = [0, *(edge for place in here for edge in place), len(line.text)]
        kept = [line.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        if put:
            expected = put.join("".join(part.split()).casefold() for part in kept)
            assert "".join(after.text.split()).casefold() == expected
        else:
            letters = "".join(c for part in kept for c in part if c.isalnum())
            assert "".join(c for c in after.text if c.isalnum()) == letters


def test_typing_and_replacing_are_one_way(review: ReviewSession) -> None:
    """One place replaced is what retyping it gives."""
    _, typed = review_of(small_material())
    at = SAID[2][3].index("go on")
    typed.decide(Correct(Place("u2", at, at + 5), "Neri"), "Sam", "me")
    review.decide(ReplaceAll((Place("u2", at, at + 5),), "Neri"), "Sam", "me")
    assert review.state.lines == typed.state.lines
