"""What a decision suggests to redact besides, and what the queue says of words heard faintly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records import Utterance, Word
from pipeline.verify.decisions import Accept, AddToRoster, Reject
from pipeline.verify.offers import offer_after
from pipeline.verify.queue import mark_risk, open_questions
from pipeline.verify.state import ReviewedTranscript, begin_review
from tests.verify.conftest import small_material, step


def test_the_same_words_elsewhere_are_offered(state: ReviewedTranscript) -> None:
    """`mark` is asked about in one line; a line that says it unmarked is offered with it."""
    again = replace(state.lines["u3"], text="Mark my words, Tess.", marks=())
    state = replace(state, lines={**state.lines, "u3": again})
    after = step(state, Accept(("s4",)))
    offer = offer_after(Accept(("s4",)), after)
    assert offer is not None
    assert (offer.place.line, offer.label, offer.why) == ("u2", "[Person 2]", "elsewhere")
    assert offer_after(Reject(("s4",)), step(state, Reject(("s4",)))) is None


@pytest.mark.parametrize("said", ["Zorb O'Quix", "zorb O’Quix", "Zorb  O'Quix", "ZORB\u00a0O’QUIX"])
def test_the_same_words_in_other_types_are_offered_too(state: ReviewedTranscript, said: str) -> None:
    """Either apostrophe, any space, any case."""
    line, mark = state.find_mark("s4") or pytest.fail("it is there")
    named = f"{line.text[: mark.start_char]}Zorb O'Quix{line.text[mark.end_char :]}"
    here = replace(line, text=named, marks=(replace(mark, end_char=mark.start_char + len("Zorb O'Quix")),))
    again = replace(state.lines["u3"], text=f"So {said}, then.", marks=())
    lines = {**state.lines, line.id: here, "u3": again}
    assert offer_after(Accept(("s4",)), replace(state, lines=lines)) is not None


def test_places_that_are_asked_about_are_not_offered(state: ReviewedTranscript) -> None:
    """Where a mark stands a person decides, or has decided; parts of words are other words."""
    assert offer_after(Accept(("s4",)), step(state, Accept(("s4",)))) is None
    decision = AddToRoster("s3", group="other")
    longer = replace(state.lines["u3"], text="Two falconers came.", marks=())
    state = replace(state, lines={**state.lines, "u3": longer})
    assert offer_after(decision, step(state, decision)) is None


def heard_with(probability: float) -> ReviewedTranscript:
    """The small recording, all of it heard with one probability."""
    material = small_material()
    faint = tuple(
        Utterance(
            u.participant, u.start, u.end, u.text, tuple(replace(w, probability=probability) for w in u.words)
        )
        for u in material.attribution.utterances
    )
    attribution = replace(material.attribution, utterances=faint)
    return begin_review(attribution, material.redaction, material.roster, material.duration)


def test_words_heard_faintly_are_said_to_be_in_the_queue() -> None:
    """What speaks for it says so, and the risk is not less than that of words heard well."""
    faint = {q.id: q for q in open_questions(heard_with(0.1))}
    clear = {q.id: q for q in open_questions(heard_with(0.9))}
    assert ("faint", "10") in [(g.key, g.facts.get("percent")) for g in faint["s4"].grounds]
    assert all(g.key != "faint" for g in clear["s4"].grounds)
    assert all(faint[name].risk >= clear[name].risk for name in clear)
    assert faint["s3"].risk > clear["s3"].risk


def test_risk_grows_with_what_is_not_known() -> None:
    """Whether hidden or open, less certain hearing never lowers the risk."""
    state = heard_with(1.0)
    for line in state.in_order():
        for mark in line.marks:
            risks = [mark_risk(mark, heard / 10) for heard in range(11)]
            assert risks == sorted(risks, reverse=True)


def test_a_word_without_probability_is_sure() -> None:
    """Transcripts of other tools carry none: nothing is called faint."""
    assert not any(
        t.faint for line in heard_with(Word(0, 1, "a").probability).in_order() for t in line.tokens
    )
