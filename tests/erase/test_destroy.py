"""Only what a person verified is destroyed, really, with proof, and an interrupted destruction is finished."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.run import run_study
from pipeline.cli.unseal import write_source
from pipeline.erase import signing
from pipeline.erase.close import close_study
from pipeline.erase.destroy import check_destroyable, destroy
from pipeline.erase.due import due
from pipeline.erase.erasing import NOT_NOTED, Gone
from pipeline.erase.loss import find_loss
from pipeline.erase.plan import begun_entry, begun_plan
from pipeline.erase.proof import prove
from pipeline.erase.sealed_files import SAID
from pipeline.erase.traces import take_traces
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import (
    CopyFoundError,
    FileUnreadableError,
    HeldError,
    KeptError,
    LockedError,
    NotDestroyableError,
    RecordingUnknownError,
    ReviewLockedError,
    SessionDeidError,
    StateError,
)
from pipeline.flow import Progress
from pipeline.records import Attribution, Audio, LabelMap, Redaction, Transcription
from pipeline.speakers.voices import KnownVoices
from pipeline.study.approved import read_approved
from pipeline.study.audit_check import check_study
from pipeline.study.holds import place_hold
from pipeline.study.retention import Retention
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.settings import write_settings
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, Part, State
from pipeline.study.withdrawals import Reason
from pipeline.verify.store import LEASE_SECONDS
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import BUG, OURS, in_child, no_sound, verify
from tests.study.conftest import CHEAP, make_sound, take

KILLED = -9


def verified_study(folder: Path, *, recordings: int = 1, **settings: object) -> Study:
    """A study whose recordings are verified, with settings as given."""
    study = Study.create(folder / "study", key_file=folder / "study.key", by="tester", cost=CHEAP)
    for number in range(recordings):
        data = random.Random(number).randbytes(300_000)
        make_sound(study.folder / "inbox" / f"week-{number}.wav", data)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    for row in list(study.recordings()):
        verify(study, row.id, 0)
    write_settings(study.folder, study.settings.model_copy(update=settings))
    study.close()
    return Study.open(study.folder, KeyFile(folder / "study.key"), by="tester")


def everything_below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_after_destruction_nothing_opens_and_nothing_is_left(tmp_path: Path) -> None:
    """Keys, sealed sound and raw words are gone from every byte of the folder; the approved transcript stays."""
    with verified_study(tmp_path) as study:
        key, words_key = study.recording_key("R0001", Part.AUDIO), study.recording_key("R0001", Part.WORDS)
        with study.open_source("R0001") as source:
            sound = source.read()
        gone = destroy(study, "R0001", by="A Reviewer")
        assert study.recording("R0001").state is State.DESTROYED
        assert study.has("R0001", Artifact.APPROVED)
        for kind in (Artifact.SOURCE, Artifact.TRANSCRIPTION, Artifact.ATTRIBUTION, Artifact.DIARIZATION):
            with pytest.raises(RecordingUnknownError):
                study.artifact("R0001", kind)
        check_study(study)
        left = everything_below(study.folder)
        assert key not in left
        assert words_key not in left
        assert sound[:4096] not in left
        assert gone.checks == 6


def test_the_certificate_tells_what_went_and_is_signed_by_the_study(tmp_path: Path) -> None:
    """It names the source's digest, every derivative, who approved, and checks with the study's key."""
    with verified_study(tmp_path, other_copies=("the recorder's card",)) as study:
        digest, approved = study.recording("R0001").digest, read_approved(study, "R0001")
        gone = destroy(study, "R0001", by="A Reviewer")
        public = study.audit.verify_key
    assert approved is not None
    certificate = signing.check(gone.certificate.read_bytes(), file="c", public_key=public)
    assert certificate.source_sha256 == digest
    assert all(c.passed for c in certificate.checks)
    assert {"sealed source audio", "recognised words"} <= {d.what for d in certificate.destroyed}
    assert certificate.approvals[0].name == "Rev Iewer"
    assert certificate.transcribed_by == "faster-whisper whisper-base"
    assert (certificate.transcript_sha256, certificate.duration) == (approved.digest, approved.duration)
    assert certificate.kept == ("the approved, de-identified transcript",)
    assert certificate.told_apart_by == "segmentation-3.0, campplus-zh-en"
    assert b"voices told apart by segmentation-3.0, campplus-zh-en" in gone.page.read_bytes()
    assert certificate.other_copies == ("the recorder's card",)
    said = " ".join(certificate.limits)
    assert "lay unsealed on this file system before import" in said
    assert "that the study was handed: 1 on this file system (overwritten and removed)." in said
    assert b"R0001" in gone.page.read_bytes()


def test_each_of_two_recordings_keeps_its_own_account(tmp_path: Path) -> None:
    """Who asked for it, what it said would go and by which rules: one recording's entries never stand for another's."""
    with verified_study(tmp_path, recordings=2) as study:
        first = destroy(study, "R0001", by="A Reviewer")
        second = destroy(study, "R0002", by="B Reviewer")
        for gone, name in ((first, "A Reviewer"), (second, "B Reviewer")):
            own = begun_entry(study, gone.recording)
            assert (own.recording, own.by) == (gone.recording, name)
            said = signing.check(gone.certificate.read_bytes(), file="c")
            assert said.destroyed_by == name
            assert NOT_NOTED not in said.limits
            files = {d.sha256_sealed for d in said.destroyed if d.sha256_sealed}
            assert files == {facts["digest"] for facts in begun_plan(study, gone.recording).going.values()}


def test_what_nobody_verified_is_not_destroyed(tmp_path: Path) -> None:
    """A recording that is only redacted is refused, and is whole afterwards."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "k", by="tester", cost=CHEAP) as study:
        data = make_sound(study.folder / "inbox" / "a.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        with pytest.raises(NotDestroyableError, match="redacted"):
            destroy(study, "R0001", by="x")
        with study.open_source("R0001") as source:
            assert source.read() == data


def test_too_few_approvals_are_not_enough(tmp_path: Path) -> None:
    """When the study asks for two reviewers, one approval does not destroy."""
    with verified_study(tmp_path, reviewers=2) as study, pytest.raises(NotDestroyableError, match="too few"):
        destroy(study, "R0001", by="x")


def test_raw_words_stay_when_the_study_says_so(tmp_path: Path) -> None:
    """With destroy_raw_transcript = false the sound goes, the sealed words stay, and the certificate says it."""
    with verified_study(tmp_path, destroy_raw_transcript=False) as study:
        gone = destroy(study, "R0001", by="x")
        assert study.artifact("R0001", Artifact.TRANSCRIPTION)
        with pytest.raises(RecordingUnknownError):
            study.open_source("R0001")
        kept = json.loads(gone.certificate.read_bytes())["certificate"]["kept"]
        assert any("raw words" in k for k in kept)


def test_what_is_due_follows_the_days_and_never_a_clock_that_went_back(tmp_path: Path) -> None:
    """Nothing is due the day before, everything the day after, nothing before the verification itself."""
    with verified_study(tmp_path, destroy_after_days=7) as study:
        today = datetime.now(UTC)
        assert list(due(study, today + timedelta(days=6))) == []
        assert [r.id for r in due(study, today + timedelta(days=8))] == ["R0001"]
        assert list(due(study, today - timedelta(days=100))) == []


def test_without_a_number_of_days_nothing_is_due(tmp_path: Path) -> None:
    """A study that does not say when destroys nothing by itself."""
    with verified_study(tmp_path) as study:
        assert list(due(study, datetime.now(UTC) + timedelta(days=9999))) == []


def test_the_checks_would_notice_what_was_not_done(tmp_path: Path) -> None:
    """Asked before anything is destroyed, every check fails."""
    with verified_study(tmp_path) as study:
        parts = (Part.AUDIO, Part.WORDS)
        checks = prove(study, study.recording("R0001"), parts, take_traces(study, "R0001", parts))
        assert [c.passed for c in checks] == [False] * 6


def test_a_setting_changed_in_between_does_not_change_what_was_begun(tmp_path: Path) -> None:
    """Begun with the raw words, interrupted, finished under destroy_raw_transcript = false: the words go as well,
    and the certificate says what went."""
    with verified_study(tmp_path) as study:
        write_settings(study.folder, study.settings.model_copy(update={"destroy_raw_transcript": True}))
    assert in_child(lambda: destroy_again(tmp_path), fault="destroy.begun:kill") == KILLED
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key"), by="tester") as study:
        write_settings(study.folder, study.settings.model_copy(update={"destroy_raw_transcript": False}))
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key"), by="tester") as again:
        gone = destroy(again, "R0001", by="x")
        assert not again.has("R0001", Artifact.TRANSCRIPTION)
    certificate = json.loads(gone.certificate.read_bytes())["certificate"]
    assert "recognised words" in {d["what"] for d in certificate["destroyed"]}
    assert certificate["kept"] == ["the approved, de-identified transcript"]


def destroy_again(folder: Path) -> None:
    with Study.open(folder / "study", KeyFile(folder / "study.key"), by="tester") as study:
        destroy(study, "R0001", by="x")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "enospc", "eio"])
def test_interrupted_anywhere_it_is_finished_by_the_next_call(tmp_path: Path, kind: str) -> None:
    """Struck at every passage in turn: never `destroyed` without a certificate, the other recording whole,
    the chain sound, and one more call completes it."""
    with verified_study(tmp_path, recordings=2) as study:
        folder = study.folder
    key = KeyFile(tmp_path / "study.key")

    def work(place: Path) -> None:
        with Study.open(place, key, by="tester") as opened:
            if opened.recording("R0001").state is not State.DESTROYED:
                destroy(opened, "R0001", by="tester")

    import shutil

    struck = 0
    for nth in range(1, 500, 1 if kind == "kill" else 5):
        copy = folder.with_name(f"copy{nth}")
        shutil.copytree(folder, copy)
        status = in_child(lambda copy=copy: work(copy), fault=f"*:{kind}:{nth}")  # type: ignore[misc]
        if status == 0:
            break
        assert status == (KILLED if kind == "kill" else OURS), f"passage {nth}: {status}"
        assert status != BUG
        struck += 1
        with Study.open(copy, key, by="tester") as after:
            check_study(after)
            done = after.recording("R0001").state is State.DESTROYED
            assert not done or (copy / "certificates" / "R0001.certificate.json").is_file()
            with after.open_source("R0002") as other:
                assert len(other.read()) == 300_000
        assert in_child(lambda copy=copy: work(copy)) == 0  # type: ignore[misc]
        with Study.open(copy, key, by="tester") as after:
            assert after.recording("R0001").state is State.DESTROYED
            check_study(after)
        assert fates_in(copy) == {SAID["whole", "overwritten"]}
        shutil.rmtree(copy)
    assert struck > 5


def fates_in(folder: Path) -> set[str]:
    """What the certificate says became of the files: the truth, wherever the destruction was interrupted."""
    data = (folder / "certificates" / "R0001.certificate.json").read_bytes()
    return {gone.fate for gone in signing.check(data, file="c").destroyed if gone.bytes is not None}


def test_closing_destroys_voices_and_with_the_roster_who_is_behind_each_code(tmp_path: Path) -> None:
    """Refused while a recording is left; then voiceprints go; with the roster asked for, it goes too."""
    with verified_study(tmp_path) as study:
        assert study.voices.read()
        with pytest.raises(NotDestroyableError, match="stays open"):
            close_study(study)
        destroy(study, "R0001", by="x")
        assert close_study(study) == ["voices"]
        assert study.voices.read() is None
        assert study.labels.read() is not None
        assert close_study(study, with_roster=True) == ["labels"]
        assert study.labels.read() is None
        check_study(study)


def test_a_file_that_never_came_whole_does_not_keep_a_study_open(tmp_path: Path) -> None:
    """A recorder unplugged in the middle leaves a number and a digest, and nothing to destroy."""
    with verified_study(tmp_path) as study:
        destroy(study, "R0001", by="x")
        make_sound(tmp_path / "late.wav")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.study.intake.importing.seal_source", fail_to_read)
            take(study, tmp_path / "late.wav")
        assert study.recording("R0002").state is State.RECEIVED
        assert close_study(study) == ["voices"]
        check_study(study)


def fail_to_read(*_: object) -> None:
    raise FileUnreadableError(file="late.wav", why="input/output error")


def certificate_said(gone: Gone) -> str:
    return " ".join(json.loads(gone.certificate.read_bytes())["certificate"]["limits"])


def test_the_certificate_tells_of_a_source_that_stayed(tmp_path: Path) -> None:
    """Imported with --keep, the plain file is still there, and it is not said to be removed."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as study:
        make_sound(tmp_path / "a.wav")
        take(study, tmp_path / "a.wav", keep=True)
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        verify(study, "R0001", 0)
        said = certificate_said(destroy(study, "R0001", by="x"))
        assert "left where it was" in said
        assert "overwritten and removed" not in said


def test_the_certificate_tells_of_every_file_the_study_was_handed(tmp_path: Path) -> None:
    """A second copy that was removed, one that was kept, night after night, and one that came after the end."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as study:
        data = make_sound(tmp_path / "a.wav")
        take(study, tmp_path / "a.wav")
        make_sound(tmp_path / "b.wav", data)
        take(study, tmp_path / "b.wav")
        make_sound(tmp_path / "c.wav", data)
        for _ in range(3):
            take(study, tmp_path / "c.wav", keep=True)
        assert [entry.event for entry in study.audit.entries("R0001")].count("source left") == 1
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        verify(study, "R0001", 0)
        said = certificate_said(destroy(study, "R0001", by="x"))
        assert (
            "2 on this file system (overwritten and removed); 1 on this file system (left where it was"
            in said
        )
        make_sound(tmp_path / "d.wav", data)
        take(study, tmp_path / "d.wav")
        assert [entry.event for entry in study.audit.entries("R0001")][-2:] == ["source seen", "source left"]
        seen = find_loss(study, study.recording("R0001"))
        gone = withdraw(study, "R0001", Claim("Rev Iewer", Reason.CONSENT_WITHDRAWN, seen), by="x")
        assert gone is not None
        assert "2 on this file system (left where it was" in certificate_said(gone)
        check_study(study)


def test_a_copy_on_this_disk_of_what_came_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Imported from the recorder, then the same file from this disk: it did lie here unsealed, and that is said."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as study:
        data = make_sound(tmp_path / "a.wav")
        for module in ("receiving", "sightings"):
            monkeypatch.setattr(f"pipeline.study.intake.{module}.lies_here", lambda _study, _device: False)
        take(study, tmp_path / "a.wav")
        monkeypatch.undo()
        make_sound(tmp_path / "b.wav", data)
        take(study, tmp_path / "b.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        verify(study, "R0001", 0)
        said = certificate_said(destroy(study, "R0001", by="x"))
        assert "lay unsealed on this file system" in said
        assert (
            "1 on another file system (overwritten and removed); 1 on this file system (overwritten" in said
        )


def test_the_certificate_tells_of_an_unsealed_copy(tmp_path: Path) -> None:
    """Whoever wrote the sound to a plain file must destroy that file: the certificate does not cover it."""
    with verified_study(tmp_path) as study:
        write_source(study, study.recording("R0001"), tmp_path / "plain.wav")
        said = certificate_said(destroy(study, "R0001", by="x"))
        assert "unseal; how often: 1, 1 of them on this file system" in said


def test_a_recording_is_destroyed_once(tmp_path: Path) -> None:
    """Asking again says so, and makes no second certificate."""
    with verified_study(tmp_path) as study:
        gone = destroy(study, "R0001", by="x")
        before = gone.certificate.read_bytes()
        with pytest.raises(StateError, match="is destroyed"):
            destroy(study, "R0001", by="x")
        assert gone.certificate.read_bytes() == before


def test_a_reviewer_at_work_is_not_overtaken(tmp_path: Path) -> None:
    """The state, not the wish, decides: while in review a recording cannot be destroyed."""
    with verified_study(tmp_path) as study:
        study.move("R0001", State.IN_REVIEW)
        with pytest.raises(NotDestroyableError):
            destroy(study, "R0001", by="x")


def keep(study: Study) -> None:
    study.settings = study.settings.model_copy(update={"retention": Retention(sound_not_before=30)})


def review(study: Study) -> None:
    StudyReviewStore(study, no_sound).take_lease("R0001", "page", "Sam")


def hold(study: Study) -> None:
    place_hold(study, "R0001", reason="an inquiry", by="Ann Example", account="ann")


def copy_sound(study: Study) -> None:
    row = study.rows.artifact("R0001", "source")
    assert row is not None
    shutil.copy(study.vault.path("R0001", row.file), study.folder / "copy")


@pytest.mark.parametrize(
    ("done", "error"),
    [(keep, KeptError), (review, ReviewLockedError), (hold, HeldError), (copy_sound, CopyFoundError)],
)
def test_what_would_be_refused_is_refused_before_anybody_is_asked(
    tmp_path: Path, done: Callable[[Study], None], error: type[SessionDeidError]
) -> None:
    """By what a command and a page ask first, for the same reason as the destruction itself."""
    with verified_study(tmp_path) as study:
        check_destroyable(study, "R0001", by="x")
        done(study)
        for refusing in (check_destroyable, destroy):
            with pytest.raises(error):
                refusing(study, "R0001", by="x")
        assert study.recording("R0001").state is State.VERIFIED
    with pytest.raises(RecordingUnknownError), verified_study(tmp_path / "other") as study:
        check_destroyable(study, "R0007", by="x")


def test_what_is_refused_before_anybody_is_asked_goes_by_the_same_clock(tmp_path: Path) -> None:
    with verified_study(tmp_path) as study:
        keep(study)
        review(study)
        later = (datetime.now(UTC) + timedelta(days=31)).timestamp()
        check_destroyable(study, "R0001", by="x", clock=lambda: later)


def test_two_do_not_destroy_at_once(tmp_path: Path) -> None:
    """A destruction, a withdrawal or an amendment that is under way elsewhere is waited for by hand."""
    with (
        verified_study(tmp_path) as study,
        Study.open(study.folder, KeyFile(tmp_path / "study.key"), by="other") as other,
        study.lock("destroy"),
    ):
        with pytest.raises(LockedError):
            destroy(other, "R0001", by="x")
        assert other.recording("R0001").state is State.VERIFIED


class Silent(FakeStages):
    """Nobody says a word."""

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        return replace(super().transcribe(audio, progress), words=())

    def attribute(self, *arguments: Any, **more: Any) -> tuple[Attribution, KnownVoices]:
        return Attribution((), ()), KnownVoices()

    def redact(self, *arguments: Any, **more: Any) -> Redaction:
        return Redaction((), (), LabelMap(), "fake")


def test_a_recording_in_which_nobody_speaks_can_be_destroyed(tmp_path: Path) -> None:
    """Verified as what it is: an empty transcript of so many seconds."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as study:
        make_sound(study.folder / "inbox" / "a.wav")
        run_study(study, with_stages(Silent), lambda _: None, sleep=lambda _: None)
        verify(study, "R0001", 0)
        said = signing.check(destroy(study, "R0001", by="x").certificate.read_bytes(), file="c")
        assert said.duration > 0
        assert said.approvals


def test_while_somebody_reviews_nothing_is_destroyed(tmp_path: Path) -> None:
    """A lease that runs refuses it before anything is changed; given back, or run out, it does not."""
    with verified_study(tmp_path) as study:
        store = StudyReviewStore(study, no_sound)
        store.take_lease("R0001", "page", "Sam")
        before = study.audit.last()
        with pytest.raises(ReviewLockedError, match="Sam"):
            destroy(study, "R0001", by="x")
        assert study.recording("R0001").state is State.VERIFIED
        assert study.audit.last() == before
        destroy(study, "R0001", by="x", clock=lambda: time.time() + LEASE_SECONDS + 1)
        assert study.recording("R0001").state is State.DESTROYED
