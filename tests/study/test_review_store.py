"""A study under review: decisions kept, one who decides, two who approve, names learnt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.labels import Found, Labeller
from pipeline.erase.destroy import destroy
from pipeline.errors import (
    DecisionError,
    NotReopenedError,
    ReviewLockedError,
    SecondReviewerError,
    StateError,
    StillOpenError,
    UndecidedError,
)
from pipeline.identifiers import CLASSES
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    LabelMap,
    Span,
    Transcription,
    Turn,
    Utterance,
    Word,
    to_json,
)
from pipeline.study.approved import read_approved
from pipeline.study.audit_check import check_study
from pipeline.study.reopening import reopen
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    Event,
    Place,
    Redact,
    Reject,
)
from pipeline.verify.final import redacted_text, review_digest
from pipeline.verify.log import pack_event
from pipeline.verify.session import ReviewSession
from pipeline.verify.store import LEASE_SECONDS
from tests.redacting import redact_finds
from tests.study.conftest import make_sound, take

SAID = "Nellie met Orsolya in Brackenmoor"


def find(word: str) -> Span:
    at = SAID.index(word)
    return Span(0, at, at + len(word), "PERSON", "direct", 0.6, "test", word, reason="not sure")


@pytest.fixture
def reviewed(study: Study, tmp_path: Path) -> Study:
    """One recording with two open questions."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    times = [Word(i, i + 0.5, word) for i, word in enumerate(SAID.split())]
    said = Utterance("P01", 0.0, 4.5, SAID, tuple(times))
    redaction = redact_finds((said,), (find("Nellie"), find("Orsolya")))
    steps = (
        (Artifact.TRANSCRIPTION, Transcription(5.0, "en", "fake", "f", tuple(times)), State.TRANSCRIBED),
        (Artifact.DIARIZATION, Diarization(5.0, (Turn(0.0, 4.5, "S1"),)), None),
        (Artifact.ATTRIBUTION, Attribution((said,), (("S1", "P01"),)), State.ATTRIBUTED),
        (Artifact.REDACTION, redaction, State.REDACTED),
    )
    for kind, record, state in steps:
        study.keep("R0001", kind, to_json(record), state=state)
    study.labels.save(redaction.labels)
    study.roster.add("Some Body")
    return study


class Clock:
    """A clock a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def silence(_source: object, _name: str) -> Audio:
    raise AssertionError


def store_of(study: Study, clock: Callable[[], float] | None = None) -> StudyReviewStore:
    return StudyReviewStore(study, silence, clock or Clock())


def decide_all(store: StudyReviewStore, holder: str = "h") -> ReviewSession:
    store.take_lease("R0001", holder, "Ann")
    session = ReviewSession(store, "R0001")
    for line in list(session.state.in_order()):
        for found in line.marks:
            session.decide(Accept((found.id,)), "Ann", holder)
    return session


def test_decisions_survive_reopening(reviewed: Study, key_file: Path) -> None:
    """A second session replays to the same transcript, and the chain holds no word of it."""
    digest = review_digest(decide_all(store_of(reviewed)).state)
    with Study.open(reviewed.folder, KeyFile(key_file)) as other:
        assert review_digest(ReviewSession(store_of(other), "R0001").state) == digest
        assert other.recording("R0001").state is State.IN_REVIEW
        check_study(other)
        assert not any("Nellie" in entry.detail for entry in other.audit.entries())


def test_the_gate_refuses_open_questions(reviewed: Study) -> None:
    """The store itself refuses an approval when the log leaves questions open."""
    from pipeline.verify.final import final_redaction
    from pipeline.verify.store import Approval

    store = store_of(reviewed)
    store.take_lease("R0001", "h", "Ann")
    state = ReviewSession(store, "R0001").state
    with pytest.raises(UndecidedError):
        store.verify("R0001", Approval("Ann", "yes", review_digest(state)), final_redaction(state), "h")
    assert reviewed.recording("R0001").state is State.REDACTED


def test_only_one_decides_at_a_time(reviewed: Study, key_file: Path) -> None:
    """The second is refused until the first's lease ends; a clock set back does not keep it for ever."""
    clock = Clock()
    store = store_of(reviewed, clock)
    store.take_lease("R0001", "first", "Ann")
    with Study.open(reviewed.folder, KeyFile(key_file)) as other:
        theirs = store_of(other, clock)
        with pytest.raises(ReviewLockedError, match="Ann"):
            theirs.take_lease("R0001", "second", "Bea")
        with pytest.raises(ReviewLockedError):
            theirs.append("R0001", Event(1, "now", "Bea", Accept(("m0",))), "second", LabelMap(), LabelMap())
        clock.now += LEASE_SECONDS + 1
        theirs.take_lease("R0001", "second", "Bea")
        clock.now -= 10_000
        store.take_lease("R0001", "first", "Ann")


def test_a_decision_on_an_old_log_is_refused(reviewed: Study) -> None:
    """Two pages of one holder: the one that did not see the last decision must reload."""
    store = store_of(reviewed)
    decide_all(store)
    with pytest.raises(DecisionError):
        store.append("R0001", Event(1, "now", "Ann", Reject(("m0",))), "h", LabelMap(), LabelMap())


def test_two_reviewers(reviewed: Study, key_file: Path) -> None:
    """With reviewers = 2 the first approval leaves it in review; the same person cannot be the second."""
    toml = reviewed.folder / "study.toml"
    toml.write_text(toml.read_text().replace("reviewers = 1", "reviewers = 2"))
    with Study.open(reviewed.folder, KeyFile(key_file)) as study:
        store = store_of(study)
        session = decide_all(store)
        digest = review_digest(session.state)
        session.approve("Ann", digest, True, "h")
        assert study.recording("R0001").state is State.IN_REVIEW
        with pytest.raises(SecondReviewerError):
            session.approve("ann", digest, True, "h")
        session.approve("Bea", digest, True, "h")
        assert study.recording("R0001").state is State.VERIFIED
        approved = read_approved(study, "R0001")
        assert approved is not None
        assert [each.reviewer for each in approved.approvals] == ["Ann", "Bea"]
        check_study(study)


def test_a_verified_transcript_is_frozen(reviewed: Study) -> None:
    """No decision and no second verification after it."""
    store = store_of(reviewed)
    session = decide_all(store)
    session.approve("Ann", review_digest(session.state), True, "h")
    first = next(iter(session.state.in_order())).marks[0]
    with pytest.raises(StateError):
        session.decide(Reject((first.id,)), "Ann", "h")
    assert b"Orsolya" not in reviewed.artifact("R0001", Artifact.APPROVED)
    assert b"Orsolya" not in reviewed.artifact("R0001", Artifact.REPORT)


def test_a_name_found_in_review_joins_the_roster(reviewed: Study) -> None:
    """What the reviewer adds becomes a nickname in the study's roster, with the approval."""
    store = store_of(reviewed)
    session = decide_all(store)
    first = next(iter(session.state.in_order())).marks[0]
    session.decide(AddToRoster(first.id, code="P01"), "Ann", "h")
    session.approve("Ann", review_digest(session.state), True, "h")
    assert reviewed.roster.load().people[0].nicknames == ("Nellie",)


def test_the_walk_at_the_terminal(reviewed: Study, key_file: Path) -> None:
    """verify --interactive asks the riskiest question first; accepted and rejected, it verifies."""
    arguments = ["verify", "R0001", "--interactive", "--accept", "--reviewer", "Ann"]
    arguments += ["--study", str(reviewed.folder), "--key-file", str(key_file)]
    result = CliRunner().invoke(main, arguments, input="a\nu\na\nr\n")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "2 open" in result.output
    approved = read_approved(reviewed, "R0001")
    assert approved is not None
    text = approved.utterances[0].text
    assert ("Nellie" in text) != ("Orsolya" in text)


def test_a_name_in_the_open_is_verified_only_by_a_second_yes(
    reviewed: Study, key_file: Path, tmp_path: Path
) -> None:
    """A name that came into the roster is listed with its place; the yes is in the approval, the chain, the report."""
    reviewed.roster.add("Brackenmoor Person")
    basis = ["verify", "R0001", "--interactive", "--accept", "--reviewer", "Ann"]
    basis += ["--study", str(reviewed.folder), "--key-file", str(key_file)]
    result = CliRunner().invoke(main, basis, input="a\na\n")
    assert isinstance(result.exception, StillOpenError)
    assert "Brackenmoor (a name of the roster)" in result.output
    assert reviewed.recording("R0001").state is State.IN_REVIEW
    assert isinstance(CliRunner().invoke(main, [*basis, "--still-open", "2"]).exception, StillOpenError)
    assert CliRunner().invoke(main, [*basis, "--still-open", "1"]).exit_code == 0
    approved = read_approved(reviewed, "R0001")
    assert approved is not None
    assert approved.approvals[0].over == 1
    assert "1 place that may identify somebody still stands in the open" in approved.approvals[0].statement
    verified = next(e for e in reviewed.audit.entries("R0001") if e.event == "verified")
    assert verified.facts()["over"] == 1
    assert b"Brackenmoor" not in verified.detail.encode()
    assert b"1 place that may identify somebody stood in the open" in reviewed.artifact(
        "R0001", Artifact.REPORT
    )


def test_the_gate_looks_itself(reviewed: Study) -> None:
    """A page that looked with an older roster does not verify over a name that came since."""
    store = store_of(reviewed)
    session = decide_all(store)
    reviewed.roster.add("Brackenmoor Person")
    with pytest.raises(StillOpenError):
        session.approve("Ann", review_digest(session.state), True, "h")
    assert reviewed.recording("R0001").state is State.IN_REVIEW


def test_export_of_a_study(
    reviewed: Study, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft needs --draft; a verified one comes with the reviewer's name; named after the recording."""
    import json

    monkeypatch.setenv("SESSION_DEID_KEY_FILE", str(key_file))
    basis = [
        "export",
        "--study",
        str(reviewed.folder),
        "--all",
        "--format",
        "json",
        "--to",
        str(tmp_path / "out"),
    ]
    assert CliRunner().invoke(main, basis).exit_code != 0
    assert CliRunner().invoke(main, [*basis, "--draft"]).exit_code == 0
    (draft,) = (tmp_path / "out").glob("a*.json")
    assert "Orsolya" not in draft.read_text()
    draft.unlink()
    store = store_of(reviewed)
    session = decide_all(store)
    session.approve("Ann", review_digest(session.state), True, "h")
    result = CliRunner().invoke(main, basis)
    assert result.exit_code == 0, (result.output, result.exception)
    exported = json.loads((tmp_path / "out" / "a.json").read_text())
    assert "Ann" in json.dumps(exported)


OLD_ROWS = [
    ["name", "nellie", "Person 1"],
    ["PERSON", "Orsolya", "[Person 2]"],
    ["retired", "Person 3", "Person 3"],
    ["date-shift", "days", "14"],
]


def test_a_study_of_an_earlier_version_goes_on(reviewed: Study) -> None:
    """Its sealed label map, in two dialects, and the one its review began with are read; what is decided then
    is kept in the one form."""
    old = json.dumps({"labels": OLD_ROWS}).encode()
    study, store = reviewed, store_of(reviewed)
    study.labels.write(old)
    begun = Event(1, "2030-01-02T03:04:05+00:00", "Ann", Accept(("s0",)))
    study.keep("R0001", Artifact.DECISIONS, old + b"\n" + pack_event(begun), state=State.IN_REVIEW)
    store.take_lease("R0001", "h", "Ann")
    session = ReviewSession(store, "R0001")
    at = SAID.index("Brackenmoor")
    session.decide(Redact((Place("u0", at, len(SAID)),), "LOCATION"), "Ann", "h")
    session.decide(Redact((Place("u0", 7, 10),), "PERSON"), "Ann", "h")
    assert redacted_text(session.state.lines["u0"]) == "[Person 1] [Person 4] [Person 2] in [Place 1]"
    held = study.labels.load()
    assert [(x.kind, x.words, x.text) for x in held.labels] == [
        ("name", "nellie", "Person 1"),
        ("name", "orsolya", "Person 2"),
        ("place", "brackenmoor", "Place 1"),
        ("name", "met", "Person 4"),
    ]
    assert (held.retired, held.date_shift) == (("Person 3",), 14)


def test_a_number_given_elsewhere_meanwhile_is_not_offered(reviewed: Study) -> None:
    """The review began before another recording gave [Person 3]; when it is opened again it offers the next."""
    store = store_of(reviewed)
    store.take_lease("R0001", "h", "Ann")
    session = ReviewSession(store, "R0001")
    session.decide(Accept(("s0",)), "Ann", "h")
    elsewhere = redact_finds((), (), labels=reviewed.labels.load())
    labeller = Labeller(None, elsewhere.labels)
    labeller.assign([Found(CLASSES[NAME], "Wilhelmina")])
    reviewed.labels.save(labeller.grown())
    met = Redact((Place("u0", 7, 10),), "PERSON")
    with pytest.raises(DecisionError, match=r"\[Person 3\] was given in another recording"):
        session.decide(met, "Ann", "h")
    again = ReviewSession(store, "R0001")
    again.decide(met, "Ann", "h")
    assert redacted_text(again.state.lines["u0"]).startswith("[Person 1] [Person 4] ")
    assert {x.text for x in reviewed.labels.load().labels} == {f"Person {n}" for n in range(1, 5)}


def verified(study: Study) -> ReviewSession:
    """The recording, decided on and verified by Ann."""
    store = store_of(study)
    session = decide_all(store)
    session.approve("Ann", review_digest(session.state), True, "h")
    store.release_lease("R0001", "h")
    return session


def test_a_verified_recording_is_reopened_and_verified_anew(reviewed: Study, key_file: Path) -> None:
    """The same person approves again; chain and report say why, and what was given out before."""
    verified(reviewed)
    study_options = ["--study", str(reviewed.folder), "--key-file", str(key_file)]
    to = ["--format", "txt", "--to", str(reviewed.folder.parent / "out")]
    assert CliRunner().invoke(main, ["export", *study_options, "--all", *to]).exit_code == 0
    asked = ["reopen", "R0001", "--reason", "a place was missed", "--reviewer", "Ann"]
    result = CliRunner().invoke(main, [*asked, *study_options])
    assert result.exit_code == 0, (result.output, result.exception)
    assert "transcript exported as txt" in result.output
    assert reviewed.recording("R0001").state is State.IN_REVIEW
    check_study(reviewed)
    store = store_of(reviewed)
    store.take_lease("R0001", "h2", "Ann")
    session = ReviewSession(store, "R0001")
    first = next(iter(session.state.in_order())).marks[0]
    session.decide(Reject((first.id,)), "Ann", "h2")
    session.decide(Accept((first.id,)), "Ann", "h2")
    session.approve("Ann", review_digest(session.state), True, "h2")
    assert reviewed.recording("R0001").state is State.VERIFIED
    entry = next(e for e in reviewed.audit.entries("R0001") if e.event == "reopened")
    assert entry.facts()["reason"] == "a place was missed"
    report = json.loads(reviewed.artifact("R0001", Artifact.REPORT))
    assert any("a place was missed" in note and "exported as txt" in note for note in report["notes"])
    check_study(reviewed)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 400, "Some Body was named", "two\x07bells"])
def test_a_reason_that_says_nothing_or_names_somebody_is_refused(reviewed: Study, reason: str) -> None:
    """The chain is for good, and holds no names."""
    verified(reviewed)
    with pytest.raises(NotReopenedError):
        reopen(reviewed, "R0001", reason, by="Ann")
    assert reviewed.recording("R0001").state is State.VERIFIED


def test_what_is_not_verified_is_not_reopened(reviewed: Study) -> None:
    """Neither before verification, nor once its destruction has begun."""
    with pytest.raises(StateError):
        reopen(reviewed, "R0001", "a place was missed", by="Ann")
    verified(reviewed)
    destroy(reviewed, "R0001", by="Ann")
    with pytest.raises(StateError):
        reopen(reviewed, "R0001", "a place was missed", by="Ann")


def test_an_approval_given_before_reopening_does_not_count_of_two(reviewed: Study, key_file: Path) -> None:
    """Of two reviewers both approve anew."""
    toml = reviewed.folder / "study.toml"
    toml.write_text(toml.read_text().replace("reviewers = 1", "reviewers = 2"))
    with Study.open(reviewed.folder, KeyFile(key_file)) as study:
        session = verified(study)
        store = store_of(study)
        store.take_lease("R0001", "h", "Ann")
        session.approve("Bea", review_digest(session.state), True, "h")
        store.release_lease("R0001", "h")
        reopen(study, "R0001", "a place was missed", by="Bea")
        store.take_lease("R0001", "h", "Ann")
        session.approve("Bea", review_digest(session.state), True, "h")
        assert study.recording("R0001").state is State.IN_REVIEW
        session.approve("Ann", review_digest(session.state), True, "h")
        assert study.recording("R0001").state is State.VERIFIED
