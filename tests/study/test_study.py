"""The facade: keeping, moving, two at once, moved, read-only, a clock set back."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.labels import Found, Labeller
from pipeline.errors import (
    DecisionError,
    DiskFullError,
    LockedError,
    LocksRefusedError,
    ReadOnlyError,
    RecordingUnknownError,
    SealBrokenError,
    SecondReviewerError,
    StateError,
    TranscriptChangedError,
    UndecidedError,
)
from pipeline.identifiers import CLASSES
from pipeline.records import LabelMap
from pipeline.study.audit_check import check_study
from pipeline.study.shared import merge_labels
from pipeline.study.study import Study
from pipeline.study.vault import audit as audit_module
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.gate import check_gate
from pipeline.verify.store import Approval
from tests.study.conftest import make_sound, reopen, take


@pytest.fixture
def one(study: Study, tmp_path: Path) -> Study:
    """A study with one sealed recording."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    return study


def test_what_is_kept_comes_back_after_reopening(one: Study, key_file: Path) -> None:
    """Artifacts, state, duration; a new version replaces the old one's file."""
    one.keep("R0001", Artifact.TRANSCRIPTION, b"first", state=State.TRANSCRIBED, duration=12)
    one.keep("R0001", Artifact.TRANSCRIPTION, b"second")
    with reopen(one, key_file) as study:
        row = study.recording("R0001")
        assert (row.state, row.duration) == (State.TRANSCRIBED, 12.0)
        assert study.artifact("R0001", Artifact.TRANSCRIPTION) == b"second"
        assert len(list((study.folder / "vault" / "R0001").glob("transcription-*"))) == 1
        check_study(study)


def test_no_arrow_is_skipped(one: Study) -> None:
    """A sealed recording cannot become verified, and nothing is kept of the attempt."""
    with pytest.raises(StateError):
        one.keep("R0001", Artifact.APPROVED, b"x", state=State.VERIFIED)
    assert not one.has("R0001", Artifact.APPROVED)
    assert one.recording("R0001").state is State.SEALED
    assert one.sweep() <= 1
    check_study(one)


def test_an_artifact_of_another_recording_is_refused(one: Study, tmp_path: Path) -> None:
    """Swapped sealed files never open under the wrong recording."""
    make_sound(tmp_path / "b.wav")
    take(one, tmp_path / "b.wav")
    (first,) = (one.folder / "vault" / "R0001").glob("source-*")
    (second,) = (one.folder / "vault" / "R0002").glob("source-*")
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    for recording in ("R0001", "R0002"):
        with pytest.raises(SealBrokenError):
            one.open_source(recording)


def test_unknown_recordings_and_artifacts(one: Study) -> None:
    """What is not there is an error of its own."""
    for call in (
        lambda: one.recording("R9"),
        lambda: one.find("nobody"),
        lambda: one.artifact("R0001", Artifact.REPORT),
        lambda: one.keep("R9", Artifact.REPORT, b""),
    ):
        with pytest.raises(RecordingUnknownError):
            call()


def test_two_writers_at_once_lose_nothing(one: Study, key_file: Path) -> None:
    """Two open studies write 40 entries each at the same time: all are there, the chain whole."""

    def write(study: Study) -> None:
        for _ in range(40):
            with study.ledger.transaction():
                study.audit.append("note")

    with Study.open(one.folder, KeyFile(key_file)) as other:
        threads = [threading.Thread(target=write, args=(s,)) for s in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(other.audit.events("note")) == 80
        check_study(other)


def test_a_lock_is_freed_when_its_holder_ends(one: Study, key_file: Path) -> None:
    """Held: a second one gets LockedError at once; afterwards it is free."""
    with Study.open(one.folder, KeyFile(key_file)) as other:
        with one.lock("run"), pytest.raises(LockedError), other.lock("run"):
            pass
        with other.lock("run"):
            pass


@pytest.mark.skipif(os.name == "nt", reason="Windows always has locks")
@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_disk_without_locks_is_named_at_once(
    one: Study, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Some network disks keep none: `run` waited for ever, or told of an error of no file."""
    import fcntl

    def refuse(_file: object, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    with one.lock("run"):  # leaves the file behind, as every command does
        pass
    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LocksRefusedError, match=r"locks/run\.lock"), one.lock("run", wait_s=600):
        pass
    monkeypatch.undo()
    with one.lock("run"):
        pass


def test_a_study_can_be_moved(one: Study, key_file: Path, tmp_path: Path) -> None:
    """The folder under another name and place is the same study."""
    data = one.open_source("R0001").read()
    one.close()
    shutil.move(one.folder, tmp_path / "elsewhere" / "renamed")
    with Study.open(tmp_path / "elsewhere" / "renamed", KeyFile(key_file)) as moved:
        assert moved.open_source("R0001").read() == data
        check_study(moved)


def test_a_read_only_study_can_be_read_but_not_changed(
    one: Study, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a read-only disk (root may write everywhere, so the system's answer is stood in for)."""
    one.close()
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode, **k: real(path, mode, **k) and not mode & os.W_OK)
    with Study.open(one.folder, KeyFile(key_file)) as study:
        assert [row.id for row in study.recordings()] == ["R0001"]
        assert study.open_source("R0001").read()
        check_study(study)
        with pytest.raises(ReadOnlyError):
            study.set_aside("R0001", "x", "y")


def test_a_clock_set_back_changes_no_order(one: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries keep their order by number; audit verify notes where the time went back."""
    monkeypatch.setattr(audit_module, "now", lambda: "1999-01-01T00:00:00.000+00:00")
    one.set_aside("R0001", "decode", "No.")
    monkeypatch.undo()
    one.retry("R0001")
    found = check_study(one)
    assert len(found.clock_went_back) == 1


def test_too_little_space_is_said_before_work(
    one: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a full disk an import ends before it writes, and the file stays."""
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    make_sound(tmp_path / "b.wav")
    with pytest.raises(DiskFullError):
        take(one, tmp_path / "b.wav")
    assert (tmp_path / "b.wav").exists()
    assert len(list(one.recordings())) == 1


def test_a_full_database_keeps_what_was_there(one: Study) -> None:
    """SQLite out of pages: DiskFullError, everything as before."""
    (pages,) = one.ledger.query("PRAGMA page_count")[0]
    one.ledger.query(f"PRAGMA max_page_count = {pages}")
    reason = "No." * 20_000
    with pytest.raises(DiskFullError):
        one.set_aside("R0001", "decode", reason)
    check_study(one)


def test_a_rolled_back_inner_step_leaves_the_outer_one_whole(one: Study) -> None:
    """A savepoint that fails takes its own changes and file removals back, nothing else."""
    one.keep("R0001", Artifact.TRANSCRIPTION, b"first", state=State.TRANSCRIBED)
    with one.ledger.transaction():
        one.set_aside("R0001", "decode", "No.")
        with suppress(KeyError), one.ledger.transaction():
            one.keep("R0001", Artifact.TRANSCRIPTION, b"second")
            raise KeyError
    assert one.artifact("R0001", Artifact.TRANSCRIPTION) == b"first"
    assert one.recording("R0001").failed_stage == "decode"
    check_study(one)


def approval(by: str = "A", digest: str = "d", statement: str = "yes") -> Approval:
    return Approval(by, statement, digest)


def test_the_gate() -> None:
    """Open questions, a changed transcript and a second approval by the same person are refused."""
    assert check_gate("R", approval(), open_questions=0, digest_now="d") == (approval(),)
    with pytest.raises(UndecidedError):
        check_gate("R", approval(), open_questions=1, digest_now="d")
    with pytest.raises(TranscriptChangedError):
        check_gate("R", approval(), open_questions=0, digest_now="e")
    with pytest.raises(SecondReviewerError):
        check_gate("R", approval(" a "), open_questions=0, digest_now="d", earlier=[approval()], reviewers=2)
    stale = approval("B", "before")
    assert check_gate("R", approval(), open_questions=0, digest_now="d", earlier=[stale]) == (approval(),)


def labels_of(*people: tuple[str, str], grown: LabelMap | None = None) -> LabelMap:
    """The map after people got their labels, by the labeller."""
    labeller = Labeller(None, grown)
    for name, text in people:
        labeller.learn(Found(CLASSES[NAME], name), text)
    return labeller.grown()


def test_two_recordings_never_get_one_new_label() -> None:
    """A label another recording took meanwhile is refused, so is one it gave up; a shared one by choice is kept."""
    base = labels_of(("Anna", "Person 1"))
    held = labels_of(("Bert", "Person 2"), grown=base)
    clash = labels_of(("Carl", "Person 2"), grown=base)
    with pytest.raises(DecisionError, match=r"\[Person 2\] was given"):
        merge_labels(held, base, clash)
    with pytest.raises(DecisionError):
        merge_labels(replace(base, retired=("Person 2",)), base, clash)
    shared = labels_of(("Annika", "Person 1"), grown=base)
    same = merge_labels(held, base, shared)
    assert same.labels == (*held.labels, shared.labels[-1])


def test_what_a_review_takes_back_leaves_the_study() -> None:
    """Its words are no longer looked for; its number is nobody else's."""
    base = labels_of(("Anna", "Person 1"))
    given = labels_of(("Bert", "Person 2"), grown=base)
    other = labels_of(("Carl", "Person 3"), grown=given)
    undone = merge_labels(other, given, replace(base, retired=("Person 2",)))
    assert undone == replace(labels_of(("Carl", "Person 3"), grown=base), retired=("Person 2",))
    again = merge_labels(undone, replace(base, retired=("Person 2",)), given)
    assert {label.text for label in again.labels} == {"Person 1", "Person 2", "Person 3"}


def test_what_the_study_forgot_does_not_come_back() -> None:
    """A review that began before knows the words still; its next decision does not bring them back."""
    base = labels_of(("Anna", "Person 1"), ("Bert", "Person 2"))
    forgotten = replace(base, labels=base.labels[1:], retired=("Person 1",))
    after = labels_of(("Carl", "Person 3"), grown=base)
    assert merge_labels(forgotten, base, after).labels == (base.labels[1], after.labels[2])
