"""A recording's life in a child process that a test kills, and what must hold afterwards.

The child is a fork, so that hundreds of lives take seconds. `live` is the whole life; whoever adds a
step to it adds it here, and every killing test covers it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.batch.failures import BEGUN, SENTENCES
from pipeline.batch.run import run_study
from pipeline.erase import signing
from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, finish, withdraw
from pipeline.errors import SessionDeidError
from pipeline.records import Audio
from pipeline.study.approved import read_approved
from pipeline.study.audit_check import check_study
from pipeline.study.evidence import CERTIFICATES
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import WITHDRAWN_STATES, Artifact, State
from pipeline.study.withdrawals import Reason, statements
from pipeline.verify.final import review_digest
from pipeline.verify.session import ReviewSession
from tests.batch.fakes import BROKEN, FakeStages, with_stages

BUG = 70
OURS = 40
SURVIVED = 41


@dataclass
class Life:
    """A study with recordings in its inbox, and their bytes."""

    folder: Path
    key_file: Path
    sounds: dict[str, bytes]

    def open(self) -> Study:
        return Study.open(self.folder, KeyFile(self.key_file), by="tester")


def live(life: Life, *, later_s: float = 0) -> None:
    """Everything, once: import, run, withdraw what is no sound, verify, destroy. `later_s` seconds later a dead
    reviewer's lease has ended."""
    with life.open() as study:
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        if blamed := [row.id for row in study.recordings() if row.reason == SENTENCES[BEGUN]]:
            for recording in blamed:  # a killed run alone blames it: a person tries it again
                study.retry(recording)
            run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        for row in [row for row in study.recordings() if row.failed_stage or row.state is State.WITHDRAWING]:
            withdraw_unusable(study, row)
        for row in list(study.recordings(State.REDACTED, State.IN_REVIEW)):
            verify(study, row.id, later_s)
        for row in list(study.recordings(State.VERIFIED, State.DESTROYING)):
            destroy(study, row.id, by="tester", clock=lambda: time.time() + later_s)


def verify(study: Study, recording: str, later_s: float) -> None:
    """Decide nothing (the quick stages are sure), approve."""
    store = StudyReviewStore(study, no_sound, lambda: time.time() + later_s)
    holder = secrets.token_hex(4)
    store.take_lease(recording, holder, "Rev Iewer")
    session = ReviewSession(store, recording)
    session.approve("Rev Iewer", review_digest(session.state), True, holder)
    store.release_lease(recording, holder)


def withdraw_unusable(study: Study, row: RecordingRow) -> None:
    """State that it is unusable, or finish what was stated."""
    if row.state is State.WITHDRAWING:
        finish(study, row.id, by="tester")
    else:
        claim = Claim("Rev Iewer", Reason.UNUSABLE, find_loss(study, row), "a note")
        withdraw(study, row.id, claim, by="tester")


def no_sound(_source: BinaryIO, _name: str) -> Audio:
    """Nobody listens here."""
    raise AssertionError


def in_child(work: Callable[[], None], *, fault: str = "", kill_after_s: float | None = None) -> int:
    """Do work in a fork; returns its exit status: 0, SURVIVED when a fault struck and the work ended well all the
    same, OURS for an error of ours, BUG, or -9 when killed."""
    child = os.fork()
    if child == 0:
        status = 0
        try:
            os.environ[faults.VARIABLE] = fault
            faults.reset()
            work()
            status = SURVIVED if faults.struck() else 0
        except SessionDeidError:
            status = OURS
        except BaseException:
            import traceback

            traceback.print_exc()
            status = BUG
        os._exit(status)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check_nothing_lost(life: Life) -> None:
    """Every sound is in the inbox or the vault, whole, or was destroyed after a person approved it; ledger and
    chain hold; nothing half done counts."""
    waiting = {path.read_bytes() for path in (life.folder / "inbox").glob("*.wav")}
    with life.open() as study:
        check_study(study)
        sealed = set()
        for row in study.recordings():
            if row.state is State.RECEIVED:
                assert any(len(data) == row.size for data in waiting)
                continue
            if row.state in (State.DESTROYING, State.DESTROYED):
                sealed.add(check_destroyed_rightly(study, row, life))
                continue
            if row.state in WITHDRAWN_STATES:
                sealed.add(check_withdrawn_rightly(study, row, life))
                continue
            with study.open_source(row.id) as source:
                sealed.add(source.read())
            for kind in NEEDED[row.state]:
                study.artifact(row.id, kind)
        assert set(life.sounds.values()) <= waiting | sealed


def check_destroyed_rightly(study: Study, row: RecordingRow, life: Life) -> bytes:
    """A person approved what is left; `destroyed` has a certificate that checks. Returns the sound that went."""
    approved = read_approved(study, row.id)
    assert approved is not None
    assert approved.approvals
    if row.state is State.DESTROYED:
        file = study.folder / CERTIFICATES / f"{row.id}.certificate.json"
        certificate = signing.check(file.read_bytes(), file=file.name, public_key=study.audit.verify_key)
        assert certificate.source_sha256 == row.digest
    return next(data for data in life.sounds.values() if hashlib.sha256(data).hexdigest() == row.digest)


def check_withdrawn_rightly(study: Study, row: RecordingRow, life: Life) -> bytes:
    """A person stated why, and it is the one that is no sound; `withdrawn` has a certificate that checks and says
    so. Returns the content that went."""
    (statement,) = statements(study, row.id)
    assert statement.by == "Rev Iewer"
    if row.state is State.WITHDRAWN:
        file = study.folder / CERTIFICATES / f"{row.id}.withdrawal.certificate.json"
        certificate = signing.check(file.read_bytes(), file=file.name, public_key=study.audit.verify_key)
        assert certificate.source_sha256 == row.digest
        assert certificate.withdrawal is not None
    content = next(data for data in life.sounds.values() if hashlib.sha256(data).hexdigest() == row.digest)
    assert content.startswith(BROKEN)
    return content


NEEDED: dict[State, tuple[Artifact, ...]] = {
    State.SEALED: (),
    State.TRANSCRIBED: (Artifact.TRANSCRIPTION,),
    State.ATTRIBUTED: (Artifact.TRANSCRIPTION, Artifact.DIARIZATION, Artifact.ATTRIBUTION),
    State.REDACTED: (Artifact.ATTRIBUTION, Artifact.REDACTION),
    State.IN_REVIEW: (Artifact.ATTRIBUTION, Artifact.REDACTION),
    State.VERIFIED: (Artifact.APPROVED,),
}


def check_completed(life: Life) -> dict[str, str]:
    """All recordings destroyed after verification, what is no sound withdrawn, inbox empty, no leftover in the
    vault; returns the approved transcripts by name."""
    assert not list((life.folder / "inbox").iterdir())
    with life.open() as study:
        rows = list(study.recordings())
        ends = {row.name: row.state for row in rows}
        assert ends == {
            name: State.WITHDRAWN if data.startswith(BROKEN) else State.DESTROYED
            for name, data in life.sounds.items()
        }
        assert study.sweep() == 0
        check_study(study)
        found = {row.name: read_approved(study, row.id) for row in rows}
        for row in rows:
            check = check_withdrawn_rightly if row.state is State.WITHDRAWN else check_destroyed_rightly
            check(study, row, life)
        return {name: approved.utterances[0].text for name, approved in found.items() if approved}
