"""Lines as in an editor: typed anew around their replacements, cut in two, made one; nothing lost, nothing in the open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ApprovalError, DecisionError
from pipeline.records import Attribution, LabelMap, Redaction, Roster, Span, Utterance
from pipeline.verify.decisions import (
    Accept,
    ConfirmVoice,
    Decision,
    Found,
    Join,
    Look,
    Move,
    Place,
    Read,
    Redo,
    Reject,
    ReplaceAll,
    Retype,
    Split,
    Undo,
)
from pipeline.verify.final import redacted_text, review_digest
from pipeline.verify.history import apply
from pipeline.verify.lines import join_lines, split_line
from pipeline.verify.looking import AROUND, MOST_LINES, Finders
from pipeline.verify.retyping import retype_line
from pipeline.verify.session import ReviewSession
from pipeline.verify.sightings import look_again
from pipeline.verify.store import Material, RecordingInfo
from tests.verify.memory import MemoryStore
from tests.verify.sample import timed_words
from tests.verify.test_retyping import (
    CHIPS,
    TYPED,
    check_line,
    check_promises,
    line,
    mark,
    store_with,
    try_to,
)


class Telling(Finders):
    """A finder that takes these words for names wherever they stand."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names

    def get(self, language: str, policy: str, sensitivity: str) -> Telling:
        return self

    def find(self, utterances: Sequence[Utterance], roster: Roster | None, labels: LabelMap) -> list[Span]:
        return [
            Span(
                n,
                u.text.index(name),
                u.text.index(name) + len(name),
                "PERSON",
                "direct",
                0.9,
                "x",
                name,
                "remove",
            )
            for n, u in enumerate(utterances)
            for name in self.names
            if name in u.text
        ]


def texts_of(review: ReviewSession, name: str) -> list[str]:
    """What the page sends of a line that was not touched."""
    shown = review.state.lines[name]
    edges = [
        0,
        *(edge for m in shown.marks if m.hides for edge in (m.start_char, m.end_char)),
        len(shown.text),
    ]
    return [shown.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def times_of(of: object) -> dict[str, tuple[float, float]]:
    return {of.text[t.start_char : t.end_char]: (t.start, t.end) for t in of.tokens}  # type: ignore[attr-defined]


def test_words_typed_around_replacements_keep_their_times() -> None:
    """New words share the time between their neighbours; words under a replacement are those they were."""
    after = retype_line(CHIPS, ["", " in ", ". Surely I really am."])
    assert after is not None
    assert redacted_text(after) == "[P01] in [Place 3]. Surely I really am."
    assert after.text == "Nerida in Leeds. Surely I really am."
    times = times_of(after)
    assert times["Leeds."] == (1.0, 1.9)
    assert times["Surely"] == (2.0, 2.9)
    assert times["I"][1] <= times["really"][0] <= times["really"][1] <= times["am."][0]
    check_line(after)


@pytest.mark.parametrize("texts", [["one text"], ["a", "b"], ["a", "b", "c", "d"]])
def test_a_line_without_its_replacements_is_refused(texts: list[str]) -> None:
    with pytest.raises(DecisionError, match="replacement"):
        retype_line(CHIPS, texts)


def test_what_cannot_be_printed_is_not_kept() -> None:
    """A paste may bring line ends, marks of direction, characters without width."""
    after = retype_line(line("so it is"), ["so\u200b\n\u202eit\tis  not\x07"])
    assert after is not None
    assert after.text == "so it is not"


def test_a_line_of_which_nothing_is_left_is_gone_and_comes_back() -> None:
    store, _ = store_with()
    review = ReviewSession(store, "r1")
    assert try_to(review, Retype("u3", ("  ",)))
    assert "u3" not in review.state.lines
    assert "u3" not in review.state.order
    assert try_to(review, Undo())
    assert review.state.order[-1] == "u3"


def test_a_cut_gives_each_part_its_words_marks_and_times() -> None:
    whole = line("Nerida, Leeds. Sure I am.", *CHIPS.marks)
    first, second = split_line(whole, whole.text.index("Sure"), "u0.e1")
    assert (first.id, second.id) == ("u0", "u0.e1")
    assert [redacted_text(part) for part in (first, second)] == ["[P01], [Place 3].", "Sure I am."]
    assert (first.start, first.end, second.start, second.end) == (0.0, 1.9, 2.0, 5.0)
    check_line(first)
    check_line(second)


@pytest.mark.parametrize("at", [0, 3, 25, 99, -1])
def test_a_cut_through_a_replacement_or_beside_all_words_is_refused(at: int) -> None:
    with pytest.raises(DecisionError):
        split_line(CHIPS, at, "x")


def test_a_word_that_is_cut_gives_its_time_to_both_parts() -> None:
    first, second = split_line(line("somewhat"), 4, "x")
    assert (first.text, second.text) == ("some", "what")
    assert first.tokens[0].end == second.tokens[0].start == pytest.approx(0.45)


def test_joined_lines_are_said_by_who_said_the_first_in_order_of_time() -> None:
    """Also where they were said at once."""
    second = line("yes I see", mark("c", 0, 3, "[Person 9]"))
    joined = join_lines(CHIPS, second)
    assert redacted_text(joined) == "[P01], [Place 3]. Sure I am. [Person 9] I see"
    check_line(joined)


def test_a_name_that_a_cut_or_a_join_makes_is_hidden_and_asked_about() -> None:
    """ "Neri" cut out of "Nerida" that was kept; "vale" that comes to stand behind the name hidden before it."""
    store, _ = store_with()
    review = ReviewSession(store, "r1")
    review.decide(Retype("u3", ("Mm, yes, unNeri again.",)), "Sam", "me")
    review.decide(Split("u3", review.state.lines["u3"].text.index("Neri")), "Sam", "me")
    assert redacted_text(review.state.lines["u3.e2"]).startswith("[P01]")
    review.decide(
        Retype(
            "u2",
            (
                "Quorn? I will ",
                " that. Dear Nerida",
            ),
        ),
        "Sam",
        "me",
    )
    review.decide(Retype("u3", ("vale, go on",)), "Sam", "me")
    assert "vale" in redacted_text(review.state.lines["u3"])
    review.decide(Join("u3"), "Sam", "me")
    assert "vale" not in redacted_text(review.state.lines["u2"])


def test_the_first_line_has_none_to_be_joined_to() -> None:
    store, _ = store_with()
    assert not try_to(ReviewSession(store, "r1"), Join("u0"))


def test_the_recognizers_look_through_what_was_typed() -> None:
    """A name that no list of the study has: hidden as a question, with one label wherever it stands, and only where it
    was typed. What they found is in the log, and undo cannot take it back alone."""
    store, material = store_with()
    review = ReviewSession(store, "r1", finders=Telling("Quentin", "Tess", "Mm"))
    assert not review.look()
    review.decide(Retype("u3", ("Mm, yes, Quentin again.",)), "Sam", "me")
    review.decide(Retype("u2", ("Quorn? I will ", " that. Quentin, go on.")), "Sam", "me")
    assert review.state.unlooked == {"u2", "u3"}
    assert review.look()
    review.decide(Look(("u0",), (Found(Place("u0", 0, 3), "PERSON", "[P99]", "no"),)), "Sam", "me")
    shown = [redacted_text(review.state.lines[name]) for name in ("u0", "u2", "u3")]
    assert shown[0].startswith("Thanks")
    assert shown[1] == "Quorn? I will [Person 2] that. [Person 3], go on."
    assert shown[2] == "Mm, yes, [Person 3] again."
    assert review.state.unlooked == frozenset()
    again = apply(
        material.attribution, material.redaction, material.roster, material.duration, store.events("r1")
    )
    assert review_digest(again) == review_digest(review.state)
    review.decide(Undo(), "Sam", "me")
    assert review.state.unlooked == {"u3"}, (
        "the look came after both, so the first is looked through once more"
    )


def test_a_line_that_was_typed_on_meanwhile_is_looked_through_again() -> None:
    store, _ = store_with()
    review = ReviewSession(store, "r1", finders=Telling("Quentin"))
    review.decide(Retype("u3", ("Mm, yes, Quentin again.",)), "Sam", "me")
    review.look()
    review.decide(Retype("u3", ("Mm, yes, Quentin again and again.",)), "Sam", "me")
    review.decide(Look(), "Sam", "me")
    assert review.state.unlooked == {"u3"}


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("typed", ["Nerida", "nerida ", "um Nerida", "Nerida Nerida"])
def test_a_name_typed_beside_its_own_replacement_is_hidden_too(gap: int, typed: str) -> None:
    """Before or behind it, where the line then says the same words twice."""
    store, material = store_with()
    review = ReviewSession(store, "r1")
    for _ in range(2):
        texts = texts_of(review, "u1")
        texts[gap] = f"{typed} {texts[gap]}"
        assert try_to(review, Retype("u1", tuple(texts)))
        check_promises(review, store, material)
    assert "erida" not in redacted_text(review.state.lines["u1"])


class Counting(Telling):
    """A finder that keeps how many lines it was shown."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.shown: list[int] = []

    def find(self, utterances: Sequence[Utterance], roster: Roster | None, labels: LabelMap) -> list[Span]:
        self.shown.append(len(utterances))
        return super().find(utterances, roster, labels)


def test_lines_near_each_other_are_looked_through_together() -> None:
    """Each line is shown about once, however many of its neighbours were typed in; what is found is each line's own."""
    said = tuple(
        Utterance("P01", 2.0 * n, 2.0 * n + 2, text, timed_words(text, 2.0 * n, 2.0 * n + 2))
        for n, text in enumerate(f"so it was arm {n}" for n in range(200))
    )
    material = Material(Attribution(said), Redaction(said, (), LabelMap()), Roster(()), 400.0)
    store = MemoryStore()
    store.put(RecordingInfo("r1", "week one", "redacted", 400.0), material)
    store.take_lease("r1", "me", "Sam")
    finder = Counting("Quentin")
    review = ReviewSession(store, "r1", finders=finder)
    every_third = tuple(Place(f"u{n}", 10, 13) for n in range(0, 180, 3))
    review.decide(ReplaceAll((*every_third, Place("u199", 10, 13)), "Quentin"), "Sam", "me")
    assert review.look()
    assert sum(finder.shown) < 230
    assert max(finder.shown) <= MOST_LINES + 2 * AROUND
    review.decide(Look(), "Sam", "me")
    assert not review.state.unlooked
    marked = [line.id for line in review.state.in_order() if line.marks]
    assert marked == [place.line for place in every_third] + ["u199"]


def test_nothing_is_verified_before_the_recognizers_looked() -> None:
    """What they find then is a question, and a question holds verifying up."""
    store, _ = store_with()
    review = ReviewSession(store, "r1", finders=Telling("Quentin"))
    review.decide(Retype("u3", ("Mm, yes, Quentin again.",)), "Sam", "me")
    open_marks = tuple(m.id for each in review.state.in_order() for m in each.marks if m.open)
    review.decide(Accept(open_marks), "Sam", "me")
    review.decide(ConfirmVoice("S1"), "Sam", "me")
    digest = review_digest(review.state)
    with pytest.raises(ApprovalError, match="1 question"):
        review.approve("Sam", digest, accepted=True, holder="me", over=len(look_again(review.state)))
    assert store.approval("r1") is None


OPS = st.one_of(
    st.tuples(
        st.just("retype"),
        st.integers(0, 5),
        st.integers(0, 9),
        st.lists(st.sampled_from([*TYPED, ""]), max_size=3),
    ),
    st.tuples(st.just("split"), st.integers(0, 5), st.integers(0, 60)),
    st.tuples(st.just("join"), st.integers(0, 5)),
    st.tuples(st.just("move"), st.integers(0, 5), st.integers(0, 40)),
    st.sampled_from([Undo(), Redo(), Look(), Reject(("s4",)), Read(("u0", "u2"))]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(OPS, max_size=10))
def test_random_editing_keeps_every_promise(steps: list[tuple[object, ...] | Decision]) -> None:
    """Typing, cutting, joining, giving away, undoing: words are lost only where they were typed away, and no chip is
    broken."""
    store, material = store_with()
    review = ReviewSession(store, "r1", finders=Telling("um", "Nerida"))
    for step in steps:
        before = review.state
        hidden = sorted(each.words_of(m) for each in before.in_order() for m in each.marks if m.hides)
        decision = step if not isinstance(step, tuple) else made_of(review, *step)
        review.look()
        if decision is None or not try_to(review, decision):
            assert review.state is before or decision is None
            continue
        if isinstance(decision, Split | Join | Move):
            assert said(review) == "".join("".join(before.lines[name].text.split()) for name in before.order)
        if isinstance(decision, Split | Join | Move | Retype):
            now = [each.words_of(m) for each in review.state.in_order() for m in each.marks if m.hides]
            for words in now:
                if words in hidden:
                    hidden.remove(words)
            assert hidden == [] or decision.kind in ("split", "join"), (
                "a split or join may ask anew about more words"
            )
    check_promises(review, store, material)
    assert all(a != b for a, b in pairwise(sorted(review.state.order)))


def said(review: ReviewSession) -> str:
    return "".join("".join(each.text.split()) for each in review.state.in_order())


def made_of(
    review: ReviewSession, kind: str, number: int, at: int = 0, typed: Sequence[str] = ()
) -> Decision | None:
    """A decision on the line of a number, as the page would send it."""
    if not review.state.order:
        return None
    name = review.state.order[number % len(review.state.order)]
    if kind == "retype":
        texts = texts_of(review, name)
        texts[at % len(texts)] = " ".join(typed)
        return Retype(name, tuple(texts))
    if kind == "split":
        return Split(name, at)
    if kind == "join":
        return Join(name)
    return Move(name, "P09", Place(name, at, at + 8))
