"""The queue: what comes first, each question once with its places, and why in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Attribution, Span, Utterance
from pipeline.verify.decisions import Accept, Decision, Event, Reject
from pipeline.verify.grounds import TEXTS
from pipeline.verify.progress import measure_progress
from pipeline.verify.queue import Question, count_open, open_questions
from pipeline.verify.state import ReviewedTranscript, begin_review
from pipeline.verify.steps import take_step
from pipeline.web.texts import catalogue
from tests.redacting import redact_finds
from tests.verify.conftest import ROSTER
from tests.verify.sample import timed_words

# Invented; "may" is an ordinary word as well as a name, "Zelkirk" is in no list.
SAID = [
    "Hi, I'm Zelkirk and I may go.",
    "Thanks Zelkirk. We may see Rose there.",
    "Doctor Zelkirk, ask Rose, or Helen.",
]
WORDS = {"Zelkirk": "PERSON", "may": "PERSON", "Rose": "PERSON", "Helen": "PERSON"}


def asked(*, hidden: frozenset[str] = frozenset(), faint: float = 1.0) -> ReviewedTranscript:
    """Every one of WORDS is a question wherever it stands; those in `hidden` have a replacement already."""
    utterances = tuple(
        Utterance("P01", 10.0 * n, 10.0 * n + 9, text, timed_words(text, 10.0 * n, 10.0 * n + 9))
        for n, text in enumerate(SAID)
    )
    utterances = tuple(
        replace(u, words=tuple(replace(w, probability=faint) for w in u.words)) for u in utterances
    )
    finds = []
    for n, text in enumerate(SAID):
        for word, kind in WORDS.items():
            at = text.find(word)
            if at >= 0:
                finds.append(
                    Span(n, at, at + len(word), kind, "direct", 0.6, "PersonRecognizer", word, uncertain=True)
                )
    redaction = redact_finds(utterances, tuple(finds), roster=ROSTER)
    spans = tuple(
        replace(s, uncertain=True)
        if s.text in hidden
        else replace(s, uncertain=True, action="flag", replacement="")
        for s in redaction.spans
    )
    attribution = Attribution(utterances, (("S1", "P01"),), (("S1", "said a name"),), ("S1",))
    return begin_review(attribution, replace(redaction, spans=spans), ROSTER, 30.0)


def by_words(state: ReviewedTranscript) -> dict[str, Question]:
    """The questions by the words they are about."""
    found = {}
    for question in open_questions(state):
        if at := state.find_mark(question.id):
            found[at[0].words_of(at[1])] = question
    return found


def test_words_in_the_open_come_before_confirmations_and_those_before_voices() -> None:
    """Whatever their risk."""
    orders = [q.order for q in open_questions(asked(hidden=frozenset({"Zelkirk", "Helen"})))]
    assert orders == ["open", "open", "hidden", "hidden", "voice"]


def test_the_same_is_asked_once_with_its_places() -> None:
    """Three mentions, one question; the count is of questions, and goes down by one."""
    state = asked()
    questions = by_words(state)
    assert {words: 1 + len(q.like_it) for words, q in questions.items()} == {
        "Zelkirk": 3, "may": 2, "Rose": 2, "Helen": 1,
    }  # fmt: skip
    before = measure_progress(state)
    assert (before.questions, before.open) == (5, 5)
    zelkirk = questions["Zelkirk"]
    part = step(state, Accept((zelkirk.id,)))
    assert measure_progress(part).decided == 0  # two places of it are still open
    whole = step(state, Accept((zelkirk.id, *zelkirk.like_it)))
    assert (measure_progress(whole).decided, measure_progress(whole).open) == (1, 4)


def step(state: ReviewedTranscript, decision: Decision) -> ReviewedTranscript:
    return take_step(state, Event(1, "", "Sam", decision))


def test_an_ordinary_word_is_not_decided_everywhere_at_once() -> None:
    """ "May" in one place says nothing of "may" in another."""
    questions = by_words(asked())
    assert {words: q.together for words, q in questions.items()} == {
        "Zelkirk": True, "may": False, "Rose": False, "Helen": True,
    }  # fmt: skip


def test_evidence_is_in_plain_words() -> None:
    """What stands before it, which lists know it, how it was heard; no recognizer's name, no score."""
    said = {words: ", ".join(g.in_words for g in q.grounds) for words, q in by_words(asked()).items()}
    assert said["Zelkirk"] == "after “I'm”, in no word list"
    assert said["Rose"].endswith("a name that is mostly an ordinary word")
    assert "in the lists of names" in said["Helen"]
    for question in open_questions(asked(faint=0.1)):
        assert "Recognizer" not in question.why
        assert "score" not in question.why
        if question.about == "mark":
            assert "heard faintly (10 % sure)" in question.grounds[-1].in_words


def test_words_that_are_hidden_are_never_quoted() -> None:
    """The cue of a ground may not be a name that was taken out."""
    state = asked(hidden=frozenset({"Zelkirk"}))
    shown = " ".join(g.in_words for q in open_questions(state) for g in q.grounds)
    assert "Zelkirk" not in shown


def test_the_page_has_the_same_texts() -> None:
    """In its catalogue, in English word for word."""
    texts = catalogue("en")
    assert {key: texts[f"ground.{key}"] for key in TEXTS} == dict(TEXTS)


IDS = [m.id for line in asked().in_order() for m in line.marks]


@given(st.lists(st.tuples(st.sampled_from(IDS), st.booleans()), max_size=12))
def test_every_open_place_is_in_one_question_and_the_count_is_true(decided: list[tuple[str, bool]]) -> None:
    """Whatever was decided in whatever order."""
    state = asked()
    for mark, accept in decided:
        state = step(state, Accept((mark,)) if accept else Reject((mark,)))
    questions = open_questions(state)
    places = Counter(name for q in questions if q.about == "mark" for name in (q.id, *q.like_it))
    still = {m.id for line in state.lines.values() for m in line.marks if m.open}
    assert places == Counter(still)
    progress = measure_progress(state)
    assert progress.open == len(questions) == count_open(state)
    assert 0 <= progress.decided <= progress.questions <= 5
    assert bool(progress.open) is bool(still or any(v.open for v in state.voices))


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_ground_has_its_words_in_each_language(language: str) -> None:
    """With the same facts."""
    assert all(f"ground.{key}" in catalogue(language) for key in TEXTS)
