"""Labels: what they may say, one renamed, two made one, and words that are a name no more."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.records import Label, Person
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    ChangeClass,
    ChangeLabel,
    Decision,
    Redact,
    Redo,
    Reject,
    RenameLabel,
    SameAs,
    Undo,
)
from pipeline.verify.final import final_redaction
from pipeline.verify.history import apply
from pipeline.verify.labelling import as_asked
from pipeline.verify.labels import next_label
from pipeline.verify.queue import count_open
from pipeline.verify.session import ReviewSession
from pipeline.verify.sightings import look_again
from pipeline.verify.state import ReviewedTranscript, RosterAddition
from pipeline.verify.store import Material, RecordingInfo
from tests.verify.conftest import small_material, step, text_of
from tests.verify.memory import MemoryStore
from tests.verify.test_steps import place, reviewed_again


def decided(state: ReviewedTranscript, *decisions: Decision) -> ReviewedTranscript:
    """The state after decisions as a person asks for them."""
    for number, decision in enumerate(decisions, start=1):
        state = step(state, as_asked(decision, state), number)
    return state


# --- renaming ----------------------------------------------------------------------------------------


def test_a_label_is_renamed_wherever_it_stands_and_next_week(state: ReviewedTranscript) -> None:
    """A free text; no question is answered by it, and the number given up is nobody's."""
    after = decided(state, RenameLabel("[Person 1]", "[Registrar]"))
    assert text_of(after, "u1") == "[P01] here. I saw [Registrar] and she's a falconer."
    assert count_open(after) == count_open(state)
    again = {"Tess Quorn": "PERSON", "Ms Quorn": "PERSON", "Zorblatt": "PERSON"}
    assert reviewed_again(after, again) == {
        "Tess Quorn": "[Registrar]",
        "Ms Quorn": "[Registrar]",
        "Zorblatt": "[Person 3]",
    }


def test_a_mention_that_may_be_either_of_two_says_so_under_the_new_label(state: ReviewedTranscript) -> None:
    line = state.lines["u2"]
    either = replace(line, marks=(replace(line.marks[0], replacement="[Person 1 or 2]"),))
    after = decided(
        replace(state, lines={**state.lines, "u2": either}), RenameLabel("[Person 1]", "[The registrar]")
    )
    assert "will [The registrar or Person 2] that" in text_of(after, "u2")
    back = decided(after, RenameLabel("[The registrar]", "[Person 7]"))
    assert "will [Person 7 or 2] that" in text_of(back, "u2")


@pytest.mark.parametrize(
    ("label", "to", "why"),
    [
        ("[Person 1]", "[Person 2]", "means somebody or something else"),
        ("[Person 1]", "[person 2]", "means somebody or something else"),
        ("[Person 1]", "[P01]", "is a participant"),
        ("[Person 1]", "[P44]", "nobody has it"),
        ("[Person 1]", "[Nerida's friend]", "holds a name"),
        ("[Person 1]", "[the Quorn woman]", "holds a name"),
        ("[Person 1]", "[oh seven seven nine four two]", "holds a name"),
        ("[Person 1]", "Registrar", "square brackets"),
        ("[Person 1]", "[]", "square brackets"),
        ("[Person 1]", "[12]", "square brackets"),
        ("[Person 1]", "[Registrar or nurse]", "alone"),
        ("[Person 1]", "[Phone]", "alone"),
        ("[Person 1]", "[" + "a" * 41 + "]", "square brackets"),
        ("[P01]", "[Registrar]", "keeps their code"),
        ("[Person 9]", "[Registrar]", "no mention"),
    ],
)
def test_what_a_label_may_not_be_called_is_refused(
    state: ReviewedTranscript, label: str, to: str, why: str
) -> None:
    """Another's label, a code, a name the study knows, what means nobody alone."""
    with pytest.raises(DecisionError, match=why):
        decided(state, RenameLabel(label, to))


@pytest.mark.parametrize(
    "decision",
    [
        ChangeLabel(("s2",), "[Nerida]"),
        AddToRoster("s4", group="staff", label="[Tess Quorn]"),
        ChangeLabel(("s2",), "[P09]"),
    ],
)
def test_no_decision_puts_a_name_into_the_open_as_a_label(
    state: ReviewedTranscript, decision: Decision
) -> None:
    with pytest.raises(DecisionError):
        decided(state, decision)
    with pytest.raises(DecisionError):
        decided(state, Redact((place("u3", "again", state),), "PERSON", "[Neri's cat]"))


# --- two labels that are one -------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [SameAs("[Person 1]", "[P01]"), SameAs("[P01]", "[Person 1]")])
def test_same_as_goes_to_the_participants_code_whichever_way_it_is_said(
    state: ReviewedTranscript, asked: SameAs
) -> None:
    """And the roster knows the participant by these names: they were said of nobody else."""
    after = decided(state, asked)
    assert text_of(after, "u0").startswith("Thanks [P01]")
    assert text_of(after, "u1").startswith("[P01] here. I saw [P01] and")
    assert after.additions == (RosterAddition("Tess Quorn", "P01"),)
    assert reviewed_again(after, {"Tess Quorn": "PERSON", "Nerida": "PERSON"}) == {
        "Tess Quorn": "[P01]",
        "Nerida": "[P01]",
    }


def test_what_many_bear_is_nobodys_label(state: ReviewedTranscript) -> None:
    """A class's word, an age band, a label that may be either of two: neither renamed nor made one with another."""
    line = state.lines["u1"]
    phone, band = (
        replace(line.marks[1], replacement=text, action=action)
        for text, action in (("[Phone]", "remove"), ("[Age 20-29]", "generalise"))
    )
    shown = replace(line, marks=(phone, replace(band, id="x", start_char=38, end_char=46)))
    many = replace(state, lines={**state.lines, "u1": shown})
    for decision in (
        RenameLabel("[Phone]", "[Registrar]"),
        RenameLabel("[Age 20-29]", "[Registrar]"),
        SameAs("[Phone]", "[Person 2]"),
        SameAs("[Person 2]", "[Phone]"),
        SameAs("[Person 2]", "[Age 20-29]"),
        SameAs("[Person 2]", "[Person 1 or 3]"),
    ):
        with pytest.raises(DecisionError, match="alone"):
            decided(many, decision)


def test_two_participants_are_not_made_one_by_a_label(state: ReviewedTranscript) -> None:
    with pytest.raises(DecisionError, match="two participants"):
        decided(state, SameAs("[P01]", "[F01]"))


def test_a_log_of_an_earlier_version_gives_what_it_gave(state: ReviewedTranscript) -> None:
    """There, "same as" went where it was said, and taught the roster nothing."""
    after = step(state, SameAs("[P01]", "[Person 1]"))
    assert text_of(after, "u1").startswith("[Person 1] here. I saw [Person 1]")
    assert after.additions == ()


def test_same_as_answers_the_questions_of_its_mentions(state: ReviewedTranscript) -> None:
    after = decided(state, SameAs("[Person 2]", "[Person 1]"))
    assert count_open(after) == count_open(state) - 1
    assert "will [Person 1] that" in text_of(after, "u2")


# --- no name any more --------------------------------------------------------------------------------


def known(state: ReviewedTranscript) -> set[str]:
    return {label.words for label in state.labels.labels}


def test_a_word_that_is_no_name_anywhere_is_looked_for_no_more(state: ReviewedTranscript) -> None:
    """Its label stays taken; taking the decision back brings both back."""
    after = decided(state, Reject(("s4",)))
    assert known(after) == known(state) - {"mark"}
    assert reviewed_again(after, {"Zorblatt": "PERSON"}) == {"Zorblatt": "[Person 3]"}
    assert "mark" in known(decided(after, Accept(("s4",))))


def test_a_word_that_is_a_name_in_another_place_is_still_known(state: ReviewedTranscript) -> None:
    twice = decided(state, Redact((place("u3", "again", state),), "PERSON", "[Person 1]"))
    again = replace(twice.lines["u3"], text="Mm, yes, Tess mark.")
    mark = replace(again.marks[-1], start_char=14, end_char=18, replacement="[Person 2]")
    both = replace(twice, lines={**twice.lines, "u3": replace(again, marks=(mark,))})
    assert "mark" in known(decided(both, Reject(("s4",))))


def test_what_turns_out_to_be_of_another_class_is_not_known_as_the_first(state: ReviewedTranscript) -> None:
    after = decided(state, ChangeClass(("s2",), "LOCATION"))
    assert {(x.kind, x.words) for x in after.labels.labels if "quorn" in x.words} == {("place", "tess quorn")}


def test_a_name_that_is_rejected_does_not_go_to_the_roster(state: ReviewedTranscript) -> None:
    """Also when it had been added before."""
    after = decided(state, AddToRoster("s4", code="F01"), Reject(("s4",)))
    assert after.additions == ()


def test_the_log_of_such_decisions_gives_the_same_bytes(material: Material) -> None:
    """With the questions they answered, and undone and done again."""
    store = MemoryStore("A study")
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0), material)
    store.take_lease("r1", "me", "Sam")
    review = ReviewSession(store, "r1")
    for decision in (
        RenameLabel("[Person 1]", "[Registrar]"),
        SameAs("[P01]", "[Person 2]"),
        Undo(),
        Reject(("s4",)),
        SameAs("[P01]", "[Registrar]"),
        Undo(),
        Redo(),
    ):
        review.decide(decision, "Sam", "me")
    again = apply(
        material.attribution, material.redaction, material.roster, material.duration, store.events("r1")
    )
    assert final_redaction(again) == final_redaction(review.state)
    assert again.additions == review.state.additions
    assert text_of(again, "u1") == "[P01] here. I saw [P01] and she's a falconer."


def test_a_label_may_say_what_is_no_name(state: ReviewedTranscript) -> None:
    """A role whose words bear a label as an occupation identifies nobody by itself."""
    labels = replace(
        state.labels, labels=(*state.labels.labels, Label("occupation", "registrar", "Occupation 1"))
    )
    after = decided(
        replace(state, labels=labels, roster=(*state.roster, Person("P02", "Mark Other"))),
        RenameLabel("[Person 1]", "[Registrar]"),
    )
    assert "[Registrar]" in text_of(after, "u1")


# --- whatever is decided -----------------------------------------------------------------------------

LABELS = ["[Person 1]", "[Person 2]", "[P01]", "[F01]", "[Registrar]", "[Nerida]", "[Place 1]"]
MARKS = ["s0", "s1", "s2", "s3", "s4"]
DECISIONS = st.one_of(
    st.builds(RenameLabel, st.sampled_from(LABELS), st.sampled_from(LABELS)),
    st.builds(SameAs, st.sampled_from(LABELS), st.sampled_from(LABELS)),
    st.builds(ChangeLabel, st.tuples(st.sampled_from(MARKS)), st.sampled_from(LABELS)),
    st.builds(ChangeClass, st.tuples(st.sampled_from(MARKS)), st.sampled_from(["PERSON", "LOCATION"])),
    st.builds(Accept, st.tuples(st.sampled_from(MARKS))),
    st.builds(Reject, st.tuples(st.sampled_from(MARKS))),
    st.sampled_from([Undo(), Redo()]),
)
SMALL = cache(small_material)


@settings(max_examples=60)
@given(st.lists(DECISIONS, max_size=8))
@example([SameAs("[Person 1]", "[Nerida]")])
def test_random_decisions_on_labels_keep_every_promise(decisions: list[Decision]) -> None:
    """No word changes; a roster name is in the open only where a person kept it; a name has one label in the study, and
    a label that was given up is nobody's; the log gives the same bytes."""
    material = SMALL()
    store = MemoryStore("A study")
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0), material)
    store.take_lease("r1", "me", "Sam")
    review = ReviewSession(store, "r1")
    texts = [line.text for line in review.state.in_order()]
    for decision in decisions:
        with contextlib.suppress(DecisionError):
            review.decide(decision, "Sam", "me")
        state = review.state
        assert [line.text for line in state.in_order()] == texts
        assert not [s for s in look_again(state) if s.why == "roster"]
        assert all("Nerida" not in label for label in state.written_labels())
        alive = [(label.kind, label.words) for label in state.labels.labels]
        assert len(alive) == len(set(alive))
        fresh = next_label(state, "PERSON")[1:-1]
        assert fresh not in {label.text for label in state.labels.labels} | set(state.labels.retired)
    again = apply(
        material.attribution, material.redaction, material.roster, material.duration, store.events("r1")
    )
    assert final_redaction(again) == final_redaction(review.state)
    assert again.additions == review.state.additions
