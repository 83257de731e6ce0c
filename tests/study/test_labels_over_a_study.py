"""One label over a study: renamed, united and given up in a review, and what next week's redaction makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DecisionError
from pipeline.study.audit_check import check_study
from pipeline.study.label_use import OtherUses
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.verify.decisions import (
    AddToRoster,
    Decision,
    Move,
    Read,
    Redact,
    Reject,
    RenameLabel,
    SameAs,
    Undo,
)
from pipeline.verify.decisions import Place as Where
from pipeline.verify.final import redacted_text, review_digest
from pipeline.verify.queue import open_questions
from pipeline.verify.session import ReviewSession
from tests.web.several import add_recording, fill, redact_with, review_store, spoken


@pytest.fixture
def several(study: Study, tmp_path: Path) -> Study:
    """Three recordings ready for review."""
    return fill(study, tmp_path)


def take(study: Study, recording: str, *decisions: Decision) -> ReviewSession:
    """Decisions by somebody who comes and goes."""
    store = review_store(study)
    store.take_lease(recording, "h", "Ann")
    session = ReviewSession(store, recording)
    for decision in decisions:
        session.decide(decision, "Ann", "h")
    store.release_lease(recording, "h")
    return session


def shown(study: Study, recording: str) -> list[str]:
    state = ReviewSession(review_store(study), recording).state
    return [redacted_text(line) for line in state.in_order()]


def next_week(study: Study, *texts: str) -> list[str]:
    """What the same rooms write the week after."""
    return [u.text for u in redact_with(study, spoken(texts)).utterances]


def listed(study: Study) -> set[str]:
    """Words of the study's label map, which are looked for everywhere."""
    return {label.words for label in study.labels.load().labels}


def test_a_label_renamed_in_one_is_renamed_in_the_next_and_next_week(several: Study) -> None:
    rename = RenameLabel("[Person 1]", "[Registrar]")
    take(several, "R0001", rename)
    take(several, "R0003", rename)
    assert shown(several, "R0001")[1] == "Arm? [Registrar] is a falconer."
    assert shown(several, "R0003")[1].startswith("Did [Registrar]")
    assert next_week(several, "Tess Quorn rang", "Quentin Ember") == ["[Registrar] rang", "[Person 2]"]
    check_study(several)


def test_nobody_else_gets_a_label_that_was_given_in_another_recording(several: Study) -> None:
    """Also where the review began before it was given."""
    begun = take(several, "R0002", Read(("u0",)))
    take(several, "R0001", RenameLabel("[Person 1]", "[Registrar]"))
    with pytest.raises(DecisionError, match="somebody or something else"):
        take(several, "R0002", RenameLabel("[Person 2]", "[Registrar]"))
    assert begun.number == len(review_store(several).events("R0002"))


def test_two_of_different_recordings_that_are_one_are_one_next_week(several: Study) -> None:
    """[Person 2] of the second is [Person 1] of the first; a review that began before knows it too."""
    take(several, "R0002", Read(("u0",)), SameAs("[Person 2]", "[Person 1]"))
    assert shown(several, "R0002") == ["So, arm, [Person 1] rang.", "Then [Person 1], arm, left."]
    assert next_week(several, "Quentin Ember and Tess Quorn", "Ember") == [
        "[Person 1] and [Person 1]",
        "[Person 1]",
    ]


def test_whom_a_review_does_not_know_can_be_meant(several: Study, tmp_path: Path) -> None:
    """Somebody named in another recording since this review began."""
    take(several, "R0001", Read(("u0",)))
    other = take(several, "R0003", Redact((Where("u1", 21, 23),), "PERSON", "[Person 9]"))
    assert "[Person 9]" in redacted_text(other.state.lines["u1"])
    take(several, "R0001", SameAs("[Person 1]", "[Person 9]"))
    assert "[Person 9]" in shown(several, "R0001")[0]
    assert next_week(several, "Tess Quorn") == ["[Person 9]"]


@pytest.mark.parametrize("asked", [SameAs("[Person 1]", "[P01]"), SameAs("[P01]", "[Person 1]")])
def test_a_participant_who_was_taken_for_another_is_known_by_both_names(
    several: Study, asked: SameAs
) -> None:
    """In the label map at once, on the roster when the recording is verified."""
    take(several, "R0003", asked)
    assert shown(several, "R0003") == ["The arm is [P01]'s.", "Did [P01] [Person 3] it?"]
    assert next_week(several, "Tess Quorn") == ["[P01]"]
    verify(several, "R0003")
    (person,) = [p for p in several.roster.load().people if p.code == "P01"]
    assert person.nicknames == ("Neri", "Tess Quorn", "Tess")
    assert next_week(several, "Tess") == ["[P01]"]


def verify(study: Study, recording: str) -> None:
    session = take(study, recording)
    for question in open_questions(session.state):
        take(study, recording, Reject((question.id,)))
    store = review_store(study)
    store.take_lease(recording, "h", "Ann")
    session = ReviewSession(store, recording)
    session.approve("Ann", review_digest(session.state), True, "h")
    store.release_lease(recording, "h")


def test_a_name_of_a_code_that_is_not_on_the_roster_yet_goes_there(several: Study, tmp_path: Path) -> None:
    """A voice with a code that nobody had named: its first name makes the person, and verifying does not stop at it."""
    add_recording(several, tmp_path, "R0004", ("So Quentin Ember it is.", "Mm."))
    session = take(several, "R0004")
    (mark,) = session.state.lines["u0"].marks
    take(several, "R0004", Move("u1", "P07"), AddToRoster(mark.id, code="P07"))
    verify(several, "R0004")
    assert [(p.code, p.name) for p in several.roster.load().people][-1] == ("P07", "Quentin Ember")


def test_what_a_reviewer_says_is_no_name_is_none_next_week(several: Study) -> None:
    """And is again, once the decision is taken back."""
    (question,) = open_questions(take(several, "R0003").state)
    assert "mark" in listed(several)
    take(several, "R0003", Reject((question.id,)))
    assert "mark" not in listed(several)
    take(several, "R0003", Undo())
    assert "mark" in listed(several)


def test_what_is_a_name_in_another_recording_stays_known(several: Study) -> None:
    """One reviewer says that Tess is nobody here; in the first recording she still is somebody."""
    session = take(several, "R0003")
    tess = [m.id for line in session.state.in_order() for m in line.marks if m.replacement == "[Person 1]"]
    take(several, "R0003", Reject(tuple(tess)))
    assert "Tess Quorn" in shown(several, "R0003")[1]
    assert {"tess quorn", "tess"} <= listed(several)
    assert next_week(several, "Tess Quorn") == ["[Person 1]"]


def test_what_every_recording_gives_up_is_known_no_more(several: Study) -> None:
    for recording in ("R0003", "R0001"):
        session = take(several, recording)
        tess = [
            m.id for line in session.state.in_order() for m in line.marks if m.replacement == "[Person 1]"
        ]
        take(several, recording, Reject(tuple(tess)))
    assert not {"tess quorn", "tess"} & listed(several)
    assert next_week(several, "Tess Quorn") == ["[Person 4]"]  # the number given up is nobody's


def test_what_others_use_is_read_once_and_forgotten_with_the_recording(several: Study) -> None:
    """Read again when it changed; nothing of a recording that is destroyed stays in memory."""
    uses = OtherUses(several)
    labels = frozenset(several.labels.load().labels)
    assert {label.words for label in uses.among("R0003", several.labels.load(), labels)} == {
        "tess quorn",
        "tess",
        "quentin ember",
        "ember",
    }
    session = take(several, "R0002")
    marks = [m.id for line in session.state.in_order() for m in line.marks]
    take(several, "R0002", Reject(tuple(marks)))
    assert "ember" not in {label.words for label in uses.among("R0003", several.labels.load(), labels)}
    assert "2 recordings" in repr(uses)
    with several.ledger.transaction():
        several.rows.change("R0002", state=State.DESTROYING)
    uses.forget_destroyed()
    assert "1 recordings" in repr(uses)
