"""The passes between recognizers and policy, each by itself, with candidates that a recognizer could have made."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify import passes
from pipeline.deidentify.dialogue import build
from pipeline.deidentify.merge import NEAR_TIE, Candidate
from pipeline.deidentify.passes import Finding, as_spans, resolve_spans
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.things import without_things
from pipeline.records import Action, Evidence, Span, Utterance, Word


def view_of(*turns: str) -> View:
    """A talk as recognizers see it, two speakers in turn."""
    dialogue = build([Utterance(f"P{n % 2:02}", n, n + 1.0, text) for n, text in enumerate(turns)])
    return View(dialogue, Questions(dialogue))


def candidate(view: View, words: str, kind: str = "PERSON", score: float = 0.9, **more: Any) -> Candidate:
    """A find over the first place of these words."""
    start = view.dialogue.text.index(words)
    return Candidate(start, start + len(words), kind, score, more.pop("by", "PersonRecognizer"), **more)


def everything(_c: Candidate, _words: str) -> bool:
    return True


def found(
    view: View,
    *candidates: Candidate,
    acts: Callable[[Candidate, str], bool] = everything,
    left_out: Collection[str] = (),
) -> list[tuple[str, str, str]]:
    """(words, type, why it stays) of what the passes make of the candidates, in order of the talk."""
    done = Finding(acts, frozenset(left_out)).find(list(candidates), view)
    text = view.dialogue.text
    return [(text[c.start : c.end], c.type, c.allowed) for c in sorted(done, key=lambda c: (c.start, c.end))]


# --- the order ------------------------------------------------------------------------------------


def test_each_pass_has_a_name_and_those_without_a_result_are_needed() -> None:
    """Names are what benchmarks leave out; what makes the result cannot be."""
    assert list(Finding(everything).passes()) == list(passes.ORDER[2:11])
    assert len(set(passes.ORDER)) == len(passes.ORDER)
    assert set(passes.ORDER) > passes.NEEDED
    assert passes.NEEDED.isdisjoint({"allow", "extend", "propagate", "part people", "residual check"})


@pytest.mark.parametrize("name", [n for n in passes.ORDER[2:11] if n not in passes.NEEDED])
def test_a_pass_that_is_left_out_is_not_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the others are, each once, in order."""
    ran: list[str] = []
    own = Finding.passes

    def noted(self: Finding) -> dict[str, passes.Pass]:
        def note(name: str, run: passes.Pass) -> passes.Pass:
            def noting(found: passes.Found, view: View) -> passes.Found:
                ran.append(name)
                return run(found, view)

            return noting

        return {name: note(name, run) for name, run in own(self).items()}

    monkeypatch.setattr(Finding, "passes", noted)
    view = view_of("Then Zorblain left.")
    Finding(everything, {name}).find([candidate(view, "Zorblain")], view)
    assert ran == [n for n in passes.ORDER[2:11] if n != name]


def test_what_is_allowed_goes_along_untouched() -> None:
    """No later pass extends, joins or parts it."""
    view = view_of("It is Parkinson's disease, and Zorblain has it.")
    kept = candidate(view, "Parkinson", allowed="a disease")
    done = Finding(everything).find([kept, candidate(view, "Zorblain")], view)
    assert kept in done
    assert found(view, kept, candidate(view, "Zorblain")) == [
        ("Parkinson", "PERSON", "a disease"),
        ("Zorblain", "PERSON", ""),
    ]


# --- cut, allow, extend, propagate ----------------------------------------------------------------


def test_a_name_ends_with_its_turn() -> None:
    """A find over two turns is one in each, with all that spoke for it."""
    view = view_of("I met Brigitta Zorblain", "Anna Quexley did")
    whole = candidate(view, "Brigitta Zorblain\nAnna Quexley")
    pieces = passes.cut([whole], view)
    text = view.dialogue.text
    assert [text[c.start : c.end] for c in pieces] == ["Brigitta Zorblain", "Anna Quexley"]
    assert all(c.evidence[0] == whole.evidence[0] for c in pieces)


@pytest.mark.parametrize(
    ("said", "words", "kind", "score", "stays"),
    [
        ("It is Bell's palsy now.", "Bell", "PERSON", 0.8, True),
        ("She takes Levodopa now.", "Levodopa", "PERSON", 0.96, True),
        ("I saw Zorblain there.", "Zorblain", "PERSON", 0.8, False),
        ("She was born in May.", "May", "PERSON", 0.7, False),
        ("It was in October.", "October", "PERSON", 0.7, True),
        ("Forty milligrams of it.", "Forty", "AGE", 0.7, False),
        ("It was 29/30 today.", "29/30", "DATE", 0.9, True),
        ("Born on 29/10 in town.", "29/10", "DATE", 0.9, False),
        ("It's half past four.", "four", "DATE", 0.8, True),
        ("Take two tablets.", "two", "ID", 0.8, True),
    ],
)
def test_what_identifies_nobody_is_allowed(
    said: str, words: str, kind: str, score: float, stays: bool
) -> None:
    """With a reason for people; what may identify has none."""
    view = view_of(said)
    (judged,) = passes.allow([candidate(view, words, kind, score)], view)
    assert bool(judged.allowed) is stays
    assert words not in judged.allowed


def test_somebody_who_is_cited_is_allowed_with_its_own_reason() -> None:
    """Only what no other reason keeps is judged by what everybody knows."""
    view = view_of("Like Sigmund Freud said, and Bell's palsy, and Zorblain.")
    cited, disease, open_ = passes.allow(
        [candidate(view, w, score=0.8) for w in ("Sigmund Freud", "Bell", "Zorblain")], view
    )
    assert cited.allowed == passes.COMMON_KNOWLEDGE
    assert disease.allowed not in ("", passes.COMMON_KNOWLEDGE)
    assert open_.allowed == ""


def test_a_candidate_that_grew_says_so_and_another_does_not() -> None:
    """The evidence tells that more was taken than was found."""
    view = view_of("It was Zorblain Quexley. And Anna left.")
    grown, same = passes.extend([candidate(view, "Zorblain"), candidate(view, "Anna")], view)
    assert view.dialogue.text[grown.start : grown.end] == "Zorblain Quexley"
    assert [e.rule for e in grown.evidence] == ["PersonRecognizer", "whole names"]
    assert [e.rule for e in same.evidence] == ["PersonRecognizer"]


def test_one_find_protects_all_mentions_and_they_are_judged_like_it() -> None:
    """Further mentions grow to the whole name, and one that is a disease's stays."""
    view = view_of("I saw Zorblain.", "Zorblain Quexley? Well, Zorblain's palsy and Parkinson's disease.")
    got = found(view, candidate(view, "Zorblain"))
    assert [w for w, _, why in got if not why] == ["Zorblain", "Zorblain Quexley", "Zorblain"]
    assert [w for w, _, _ in found(view, candidate(view, "Zorblain"), left_out={"propagate"})] == ["Zorblain"]
    parkinson = view_of("I saw Doctor Parkinson.", "It is Parkinson's disease, Zorblain.")
    again = found(parkinson, candidate(parkinson, "Parkinson", score=0.99))
    assert ("Parkinson", "PERSON", "") in again
    assert any(words.startswith("Parkinson") and why for words, _, why in again)


# --- resolve and what acts ------------------------------------------------------------------------


def test_a_doubt_changes_nothing_that_is_acted_on() -> None:
    """What sticks out of the sure place stays a doubt of its own; asked of the words themselves."""
    view = view_of("So Brigitta Zorblain left.")
    sure = candidate(view, "Zorblain", "LOCATION", 0.7)
    doubt = candidate(view, "Brigitta Zorblain", "PERSON", 0.65)
    asked: list[str] = []

    def acts(c: Candidate, words: str) -> bool:
        asked.append(words)
        return c.type == "LOCATION"

    left_out = {"extend", "propagate"}
    assert found(view, sure, doubt, acts=acts, left_out=left_out) == [
        ("Brigitta ", "PERSON", ""),
        ("Zorblain", "LOCATION", ""),
    ]
    assert {"Zorblain", "Brigitta Zorblain"} <= set(asked)


def test_words_of_grammar_that_stick_out_are_no_find() -> None:
    """What is left of a weaker reading must tell something: that takes the text."""
    view = view_of("So with the Zorblain it went.")
    sure = candidate(view, "Zorblain", "PERSON", 0.9)
    weak = candidate(view, "with the Zorblain", "NRP", 0.6)
    left_out = {"extend", "propagate", "allow"}
    assert found(view, sure, weak, left_out=left_out) == [("Zorblain", "PERSON", "")]


def test_people_are_parted_only_where_something_is_done() -> None:
    """A doubt stays as it was found."""
    view = view_of("It was Odile, Suki.")
    both = candidate(view, "Odile, Suki")
    assert found(view, both, left_out={"propagate"}) == [("Odile", "PERSON", ""), ("Suki", "PERSON", "")]
    doubts = found(view, both, acts=lambda _c, _w: False, left_out={"propagate"})
    assert doubts == [("Odile, Suki", "PERSON", "")]


@pytest.mark.parametrize("kind", ["PERSON", "LOCATION", "ORG"])
def test_a_part_of_a_word_is_taken_and_costs_nothing_else(kind: str) -> None:
    """A pattern may find what begins inside a word: it goes, and the turn's other words stay."""
    view = view_of("So DrZorblain left with Anna.")
    inside, name = candidate(view, "Zorblain", kind), candidate(view, "Anna")
    got = found(view, inside, name, left_out={"propagate"})
    assert got == [("Zorblain", kind, ""), ("Anna", "PERSON", "")]


# --- as spans -------------------------------------------------------------------------------------


def test_a_candidate_becomes_a_span_with_all_it_holds() -> None:
    """Its place in its own turn, its evidence, and whether it is asked about."""
    view = view_of("Hello.", "So Zorblain left.")
    c = candidate(view, "Zorblain", score=0.70049, tier="quasi", reason="who was meant")
    (span,) = as_spans([c], view.dialogue)
    assert span == Span(
        1, 3, 11, "PERSON", "quasi", 0.7, "PersonRecognizer", "Zorblain",
        action="remove", uncertain=True, reason="who was meant",
        evidence=(Evidence("PersonRecognizer", 0.7, "who was meant"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "allowed", "action", "uncertain", "why"),
    [
        ("", "", "remove", False, ""),
        ("who was meant", "", "remove", True, "who was meant"),
        ("", "a disease", "keep", False, "a disease"),
        ("who was meant", "a disease", "keep", False, "a disease"),
    ],
)
def test_a_question_makes_uncertain_and_what_is_allowed_is_kept(
    reason: str, allowed: str, action: str, uncertain: bool, why: str
) -> None:
    """Nobody is asked about what stays on purpose."""
    view = view_of("So Zorblain left.")
    (span,) = as_spans([candidate(view, "Zorblain", reason=reason, allowed=allowed)], view.dialogue)
    assert (span.action, span.uncertain, span.reason) == (action, uncertain, why)


@pytest.mark.parametrize(
    ("words", "left"), [(" Zorblain, ", "Zorblain"), ('"Zorblain"', "Zorblain"), ("Z.", "Z"), ("--", None)]
)
def test_marks_at_the_ends_are_no_part_of_a_span(words: str, left: str | None) -> None:
    """A candidate of marks alone is none."""
    view = view_of(f"So {words} left.")
    spans = list(as_spans([candidate(view, words)], view.dialogue))
    assert [s.text for s in spans] == ([left] if left else [])
    assert all(view.dialogue.turns[0][s.start_char : s.end_char] == s.text for s in spans)


def test_a_date_over_two_turns_is_a_span_in_each() -> None:
    """With offsets of its own turn."""
    view = view_of("on the third of", "September.")
    spans = list(as_spans([candidate(view, "third of\nSeptember", "DATE")], view.dialogue))
    assert [(s.utterance, s.start_char, s.text) for s in spans] == [(0, 7, "third of"), (1, 0, "September")]


@pytest.mark.parametrize(
    ("without", "reason", "asked"),
    [
        ("sour plot", "", passes.ONLY_HINTED),
        ("", "", passes.ONLY_HINTED),
        (None, "", ""),
        ("x", "own", "own"),
    ],
)
def test_a_name_that_only_a_hint_explains_is_asked_about(
    without: str | None, reason: str, asked: str
) -> None:
    """Unless there is a question already."""
    words = (Word(0.0, 0.4, "So"), Word(0.5, 0.9, "Zorblain", 0.4, "", without))
    dialogue = build([Utterance("P01", 0.0, 1.0, "So Zorblain", words)])
    (span,) = as_spans([Candidate(3, 11, "PERSON", 0.9, "r", reason=reason)], dialogue)
    assert (span.reason, span.uncertain) == (asked, bool(asked))


# --- spans of what the policy decided -------------------------------------------------------------

TEXT = "Then Brigitta Zorblain of Quexley left."


def span(words: str, kind: str, score: float = 0.9, action: Action = "remove", **more: Any) -> Span:
    start = TEXT.index(words)
    return Span(0, start, start + len(words), kind, "direct", score, f"by {kind}", words, action, **more)


def settled(*spans: Span) -> list[Span]:
    return resolve_spans(spans, [Utterance("P01", 0.0, 1.0, TEXT)])


def test_what_is_replaced_settles_before_what_is_flagged() -> None:
    """However sure the flag is; what sticks out of the flagged place is a question of its own."""
    flagged = span("Brigitta Zorblain", "NRP", 0.99, "flag")
    replaced = span("Zorblain", "PERSON", 0.6)
    assert [(s.text.strip(), s.action) for s in settled(flagged, replaced)] == [
        ("Brigitta", "flag"),
        ("Zorblain", "remove"),
    ]
    (only,) = settled(span("Zorblain", "NRP", 0.99, "flag"), replaced)
    assert (only.type, only.action) == ("PERSON", "remove")


@pytest.mark.parametrize(
    ("action", "first"), [("generalise", True), ("remove", True), ("flag", False), ("keep", False)]
)
def test_generalising_replaces_as_removing_does(action: Action, first: bool) -> None:
    """And both are settled before a question over the same words."""
    got = settled(span("Zorblain", "AGE", 0.6, action), span("Zorblain", "NRP", 0.99, "flag"))
    assert (got[0].type == "AGE") is first


def test_a_place_is_as_sure_as_the_surest_of_its_kind() -> None:
    """One find without a question answers for the words; its tier, score and evidence go on."""
    doubt = span(
        "Zorblain", "PERSON", 0.9, uncertain=True, reason="who was meant", evidence=(Evidence("a", 0.9),)
    )
    plain = span("Zorblain", "PERSON", 0.8, reason="told", evidence=(Evidence("b", 0.8),))
    (both,) = settled(doubt, plain)
    assert (both.uncertain, both.reason, both.score) == (False, "told", 0.9)
    assert {e.rule for e in both.evidence} == {"a", "b"}
    (alone,) = settled(doubt)
    assert (alone.uncertain, alone.reason) == (True, "who was meant")


def test_another_kind_s_question_does_not_answer_for_a_place() -> None:
    """Nor one that only touches it."""
    doubt = span("Zorblain", "PERSON", 0.9, uncertain=True, reason="who was meant")
    other = span("Zorblain", "NRP", 0.7)
    (got,) = settled(doubt, other)
    assert (got.type, got.uncertain, got.reason) == ("PERSON", True, "who was meant")
    beside = Span(0, 4, 5, "PERSON", "direct", 0.9, "by PERSON", " ")
    first = Span(0, 5, 13, "PERSON", "direct", 0.9, "by PERSON", "Brigitta", uncertain=True, reason="who")
    assert [s.uncertain for s in settled(beside, first)] == [False, True]


def test_the_words_and_offsets_of_a_joined_place_are_its_own() -> None:
    """Two finds that overlap are one, from the first letter to the last."""
    (one,) = settled(span("Brigitta Zorblain", "PERSON", 0.8), span("Zorblain of Quexley", "PERSON", 0.7))
    assert (one.text, TEXT[one.start_char : one.end_char]) == ("Brigitta Zorblain of Quexley",) * 2
    assert one.found_by == "by PERSON"


def test_each_utterance_is_settled_by_itself_and_in_order() -> None:
    """A find of one line says nothing of the same place in another."""
    one = Span(1, 5, 13, "PERSON", "direct", 0.9, "a", "Brigitta")
    other = Span(0, 5, 13, "NRP", "quasi", 0.6, "b", "Brigitta", "flag")
    utterances = [Utterance("P01", n, n + 1.0, TEXT) for n in range(3)]
    assert [(s.utterance, s.type) for s in resolve_spans([one, other], utterances)] == [
        (0, "NRP"),
        (1, "PERSON"),
    ]


# --- what always holds ----------------------------------------------------------------------------

ACTION_OF: dict[str, Action] = {
    "PERSON": "remove", "LOCATION": "remove", "ORG": "flag", "DATE": "generalise", "NRP": "flag",
    "ADDRESS": "remove", "PHONE": "remove",
}  # fmt: skip
kinds = st.sampled_from(sorted(ACTION_OF))


def some_span(start: int, size: int, kind: str, score: float, unsure: bool) -> Span:
    """A find over some letters of TEXT, with the action that a policy gives its class."""
    words = TEXT[start : start + size]
    return Span(
        0, start, start + len(words), kind, "direct", score, f"by {kind}", words, ACTION_OF[kind],
        uncertain=unsure, reason="why" if unsure else "",
    )  # fmt: skip


spans = st.lists(
    st.builds(
        some_span,
        st.integers(0, len(TEXT) - 1),
        st.integers(1, 20),
        kinds,
        st.sampled_from([0.3, 0.6, 0.62, 0.9]),
        st.booleans(),
    ),
    max_size=6,
)


@given(spans)
@settings(max_examples=150, deadline=None)
def test_settled_spans_never_overlap_and_their_offsets_hold(given_: list[Span]) -> None:
    """In order; the words are those that stand there; what was to be replaced is covered by what is replaced."""
    got = settled(*given_)
    assert all(a.end_char <= b.start_char for a, b in itertools.pairwise(got))
    assert all(TEXT[s.start_char : s.end_char] == s.text for s in got)
    replaced = {at for s in got if s.action != "flag" for at in range(s.start_char, s.end_char)}
    wanted = {
        at
        for s in given_
        if s.action != "flag"
        for at in range(s.start_char, s.end_char)
        if TEXT[at].isupper()
    }
    assert wanted <= replaced


@given(spans, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_settling_again_or_in_another_order_gives_the_same_places(given_: list[Span], random: object) -> None:
    """Nothing depends on which recognizer spoke first."""
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    places = [(s.start_char, s.end_char, s.type, s.action) for s in settled(*given_)]
    assert [(s.start_char, s.end_char, s.type, s.action) for s in settled(*shuffled)] == places
    assert NEAR_TIE > 0


WORDS = ["Zorblain", "the", "Quexley", "met", "and", "Brigitta", "in", "Rimu", "Bell's palsy", "May"]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 15), kinds, st.sampled_from([0.4, 0.6, 0.9])), max_size=5
    ),
)
@settings(max_examples=80, deadline=None)
def test_the_passes_give_places_of_the_talk_that_do_not_overlap(
    turns: list[list[str]], raw: list[tuple[int, int, str, float]]
) -> None:
    """Whatever recognizers propose: the same again for the same talk, and each span cuts its own words out."""
    view = view_of(*(" ".join(t) for t in turns))
    size = len(view.dialogue.text)
    given_ = [Candidate(s % size, min(s % size + n, size), kind, p, "some") for s, n, kind, p in raw]
    finding = Finding(lambda c, _: c.score > 0.5)
    got = finding.find(given_, view)
    assert got == finding.find(given_, view)
    open_ = sorted((c for c in got if not c.allowed), key=lambda c: (c.start, c.end))
    assert all(a.end <= b.start for a, b in itertools.pairwise(open_))
    for one in as_spans(got, view.dialogue):
        assert view.dialogue.turns[one.utterance][one.start_char : one.end_char] == one.text


@pytest.mark.parametrize("words", ["five-seater", "seater", "slow-slow"])
def test_a_compound_of_ordinary_words_is_a_thing_also_where_half_of_it_was_found(words: str) -> None:
    """The classifier reads a part of "five-seater" as a firm's name."""
    view = view_of("He fell from the five-seater, for salt and slow-slow, and so did Petra in Graz.")
    start = view.dialogue.text.index(words)
    found = [Candidate(start, start + len(words), "ORG", 0.7, "TalkRecognizer")]
    assert without_things(found, view) == []


def test_a_name_with_a_hyphen_is_no_thing() -> None:
    view = view_of("It was Petra Zorley-Quex, and the Zorley-Quex trust, in the four-berther.")
    start = view.dialogue.text.index("Quex")
    found = [Candidate(start, start + 4, "PERSON", 0.7, "TalkRecognizer")]
    assert without_things(found, view) == found
