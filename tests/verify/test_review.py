"""A review as a whole: questions in order of risk, progress, who may decide, approval."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeline.errors import ApprovalError, DecisionError, ReviewLockedError
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    ConfirmVoice,
    Decision,
    Read,
    Redo,
    Reject,
    Undo,
)
from pipeline.verify.final import review_digest
from pipeline.verify.mentions import find_mentions
from pipeline.verify.progress import measure_progress, speech_shares
from pipeline.verify.queue import open_questions
from pipeline.verify.reading import percent
from pipeline.verify.session import ReviewSession, make_statement
from pipeline.verify.state import ReviewedTranscript
from pipeline.verify.store import LEASE_SECONDS, Material, RecordingInfo
from pipeline.verify.telling import SAID_OF, say_step
from tests.verify.conftest import step
from tests.verify.memory import MemoryStore


def test_the_riskiest_comes_first(state: ReviewedTranscript) -> None:
    """Words in the open, then words that are hidden already, then voices."""
    assert [q.id for q in open_questions(state)] == ["s3", "s4", "vS1"]


def test_each_question_says_why_and_where(state: ReviewedTranscript) -> None:
    """Every question has a reason without names and the seconds at which it is heard."""
    for question in open_questions(state):
        assert question.why
        assert 0 <= question.start < question.end <= 15
        assert "Nerida" not in question.why


def test_progress_counts_decisions_and_words_read(state: ReviewedTranscript) -> None:
    """A line read to its end counts with all its words."""
    after = step(step(state, Reject(("s4",))), Read(("u1", "u3")), 2)
    progress = measure_progress(after)
    assert (progress.questions, progress.open, progress.decided) == (3, 2, 1)
    assert progress.coverage == pytest.approx((10 + 4) / (5 + 10 + 8 + 4))


def test_speech_shares_add_up(state: ReviewedTranscript) -> None:
    """Each participant's share is of all speech."""
    shares = speech_shares(state)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["P01"] == pytest.approx(5 / 15)


def test_all_mentions_are_offered_together(state: ReviewedTranscript) -> None:
    """The same word, and what sounds like it; what is hidden already is not offered."""
    line = state.lines["u2"]
    at = line.text.index("Quorn")
    found = find_mentions(state, "u2", at, at + 5)
    assert [(m.line, m.how) for m in found] == [("u2", "marked")]
    at = line.text.index("Nerrida")
    rejected = step(state, Reject(("s0",)))
    found = find_mentions(rejected, "u2", at, at + 7)
    assert [(m.line, m.how, m.chosen) for m in found] == [("u2", "marked", True), ("u0", "near", False)]


def test_parts_of_a_name_are_offered(state: ReviewedTranscript) -> None:
    """Marking a full name offers its parts where they stand alone as names."""
    rejected = step(state, Reject(("s2",)))
    at = rejected.lines["u1"].text.index("Tess Quorn")
    found = find_mentions(rejected, "u1", at, at + 10)
    assert [(m.line, m.how) for m in found] == [("u1", "marked"), ("u2", "part"), ("u3", "part")]


def test_a_decision_is_kept_before_it_counts(review: ReviewSession, store: MemoryStore) -> None:
    """What the page shows is in the log and in the audit."""
    review.decide(Accept(("s3",)), "Sam", "me")
    assert [e.decision.kind for e in store.events("r1")] == ["accept"]
    assert store.audits == [{"event": 1, "decision": "accept", "by": "Sam", "marks": 1}]
    assert store.recordings()[0].state == "in review"


def test_a_decision_that_cannot_be_kept_does_not_count(review: ReviewSession, store: MemoryStore) -> None:
    """Without the right to decide nothing changes on the page either."""
    before = review.state
    store.release_lease("r1", "me")
    with pytest.raises(ReviewLockedError):
        review.decide(Accept(("s3",)), "Sam", "me")
    assert review.state is before


def test_only_one_person_decides_at_a_time(store: MemoryStore) -> None:
    """The second is told who decides; when the first falls silent, the second may."""
    now = [0.0]
    store.clock = lambda: now[0]
    store.take_lease("r1", "me", "Sam")
    with pytest.raises(ReviewLockedError, match="Sam"):
        store.take_lease("r1", "you", "Kim")
    now[0] += LEASE_SECONDS + 1
    store.take_lease("r1", "you", "Kim")
    with pytest.raises(ReviewLockedError, match="Kim"):
        store.take_lease("r1", "me", "Sam")


def test_whoever_reads_along_sees_what_was_decided(review: ReviewSession, store: MemoryStore) -> None:
    """A second reader catches up with the log, undo included."""
    reader = ReviewSession(store, "r1")
    review.decide(Accept(("s3",)), "Sam", "me")
    review.decide(Reject(("s4",)), "Sam", "me")
    review.decide(Undo(), "Sam", "me")
    reader.catch_up()
    assert reader.state == review.state


def test_undo_and_redo_end_somewhere(review: ReviewSession) -> None:
    """Nothing left to take back is said, not ignored."""
    with pytest.raises(DecisionError, match="undo"):
        review.decide(Undo(), "Sam", "me")
    with pytest.raises(DecisionError, match="redo"):
        review.decide(Redo(), "Sam", "me")


def test_reading_is_not_undone(review: ReviewSession) -> None:
    """Undo takes back a decision, not that a line was read."""
    review.decide(Accept(("s3",)), "Sam", "me")
    review.decide(Read(("u0",)), "Sam", "me")
    review.decide(Undo(), "Sam", "me")
    assert review.state.read == {"u0"}


def close_all(review: ReviewSession) -> None:
    """Decide every question."""
    for decision in (Accept(("s3",)), AddToRoster("s4", group="staff"), ConfirmVoice("S1")):
        review.decide(decision, "Sam", "me")


def test_approval_freezes_what_was_shown(review: ReviewSession, store: MemoryStore) -> None:
    """The record has the name, the digest, the counts; new names go to the roster then."""
    close_all(review)
    digest = review_digest(review.state)
    approval = review.approve(" Sam Example ", digest, True, "me", over=2)
    assert (approval.reviewer, approval.digest, approval.decided) == ("Sam Example", digest, 3)
    assert store.recordings()[0].state == "verified"
    assert [a.name for _, a in store.roster_additions] == ["mark"]


def test_the_statement_says_how_much_was_read(review: ReviewSession) -> None:
    """Nobody signs for more than was done; all is said only of all."""
    close_all(review)
    assert "1 % of its words" not in make_statement(review.progress)
    assert "0 % of its words were read or heard" in make_statement(review.progress)
    review.decide(Read(("u0", "u1", "u2"), (5.0, 5.0, 2.0), (0.0, 0.0, 0.0)), "Sam", "me")
    assert "85 % of its words were read or heard" in make_statement(review.progress)
    review.decide(Read(("u3",), (0.0,), (3.0,)), "Sam", "me")
    assert "All of its words were read or heard" in make_statement(review.progress)
    approval = review.approve("Sam", review_digest(review.state), True, "me", over=2)
    assert approval.statement == make_statement(review.progress, 2)


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.001, "1 %"), (0.29, "29 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_a_percentage_never_says_more_than_was_read(share: float, words: str) -> None:
    """Only all is 100 %, only nothing is 0 %."""
    assert percent(share) == words


@pytest.mark.parametrize("wrong", ["open", "name", "statement", "changed"])
def test_approval_is_refused(review: ReviewSession, store: MemoryStore, wrong: str) -> None:
    """Open questions, no name, no statement, or another transcript than the one shown."""
    if wrong != "open":
        close_all(review)
    digest = review_digest(review.state) if wrong != "changed" else "0" * 64
    with pytest.raises(ApprovalError):
        review.approve("" if wrong == "name" else "Sam", digest, wrong != "statement", "me")
    assert store.recordings()[0].state != "verified"


def test_the_digest_is_of_the_transcript_alone(review: ReviewSession) -> None:
    """It changes with what a reader sees, and not with what was read."""
    first = review_digest(review.state)
    review.decide(Read(("u0",)), "Sam", "me")
    assert review_digest(review.state) == first
    review.decide(Reject(("s4",)), "Sam", "me")
    assert review_digest(review.state) != first


def test_a_recording_without_words_can_be_reviewed(material: Material) -> None:
    """An hour of silence is a review with nothing to do."""
    from pipeline.records import Attribution, LabelMap, Redaction, Roster

    store = MemoryStore()
    empty = Material(Attribution(()), Redaction((), (), LabelMap()), Roster(), 3600.0)
    store.put(RecordingInfo("r9", "silence", "redacted"), empty)
    review = ReviewSession(store, "r9")
    assert open_questions(review.state) == ()
    assert review.progress.coverage == 1


def test_undo_and_redo_say_what_they_turn(review: ReviewSession) -> None:
    """The step itself, in order, also after another session took the log in."""
    review.decide(Accept(("s3",)), "Sam", "me")
    review.decide(Reject(("s4",)), "Sam", "me")
    turned = [review.decide(each, "Sam", "me").turned for each in (Undo(), Undo(), Redo(), Undo())]
    assert [each and say_step(each.decision) for each in turned] == [
        "words kept",
        "redacted",
        "redacted",
        "redacted",
    ]
    assert review.decide(Read(("u0",)), "Sam", "me").turned is None


def test_every_step_has_words() -> None:
    """One for each kind of decision that undo takes back."""
    kinds = {each.__dataclass_fields__["kind"].default for each in get_args(Decision)} - {
        "read",
        "look",
        "note",
        "answer",
        "undo",
        "redo",
    }
    assert kinds == set(SAID_OF)
