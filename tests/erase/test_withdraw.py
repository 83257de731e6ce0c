"""What can never be verified is destroyed because a named person states why: never by itself, with what is lost
said, nothing of it left, and a certificate that says that no transcript stands behind it."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.cli.unseal import write_source
from pipeline.erase import certificate as certificates
from pipeline.erase import signing
from pipeline.erase.close import close_study
from pipeline.erase.destroy import destroy
from pipeline.erase.erasing import Gone
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, check_ready, finish, withdraw
from pipeline.errors import (
    AuditBrokenError,
    CertificateError,
    CopyFoundError,
    DestructionUnprovenError,
    LockedError,
    NotDestroyableError,
    NotWithdrawableError,
    ReviewLockedError,
    StateError,
    StudyOpenError,
)
from pipeline.records import LabelMap, from_json
from pipeline.speakers.voices import KnownVoices
from pipeline.study.audit_check import check_study
from pipeline.study.audit_export import as_html, as_json_lines
from pipeline.study.corrections import enter, read_corrections
from pipeline.study.exporting import documents
from pipeline.study.given_out import note_export
from pipeline.study.intake.importing import import_files
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.settings import write_settings
from pipeline.study.study import Study
from pipeline.study.vault.audit import Detail
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import STUDY_OWNER, Artifact, Part, State
from pipeline.study.withdrawals import Reason, read_notes
from pipeline.verify.decisions import Read
from pipeline.verify.session import ReviewSession
from tests.batch.fakes import BROKEN, SPOKEN_NAME, FakeStages, with_stages
from tests.batch.life import BUG, OURS, in_child, no_sound, verify
from tests.export.leaks import count, everything_below
from tests.study.conftest import CHEAP, make_sound, take

KILLED = -9
NOTE = "Quillfeather wrote to us"


def make_study(folder: Path, *, recordings: int = 2, broken: bool = False, **settings: object) -> Study:
    """A study whose recordings are redacted; the last one, `broken`, failed."""
    study = Study.create(folder / "study", key_file=folder / "study.key", by="tester", cost=CHEAP)
    for number in range(recordings):
        data = random.Random(number).randbytes(120_000)
        make_sound(study.folder / "inbox" / f"week-{number}.wav", data)
    if broken:
        make_sound(study.folder / "inbox" / "week-9.wav", BROKEN + random.Random(9).randbytes(120_000))
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    write_settings(study.folder, study.settings.model_copy(update=settings))
    study.close()
    return Study.open(study.folder, KeyFile(folder / "study.key"), by="tester")


def state(
    study: Study,
    reason: Reason = Reason.CONSENT_WITHDRAWN,
    *,
    recording: str = "R0001",
    reviewer: str = "Rev Iewer",
    note: str = "",
) -> Gone | None:
    """A person sees what is lost, and states it."""
    seen = find_loss(study, study.recording(recording))
    return withdraw(study, recording, Claim(reviewer, reason, seen, note), by="tester")


def certificate_of(study: Study, gone: Gone | None) -> certificates.Certificate:
    assert gone is not None
    data = gone.certificate.read_bytes()
    return signing.check(data, file="c", public_key=study.audit.verify_key)


# --- what goes ------------------------------------------------------------------------------------


def to_redacted(_: Study) -> None:
    """As the run left it."""


def to_review(study: Study) -> None:
    """Somebody began to decide."""
    store = StudyReviewStore(study, no_sound)
    store.take_lease("R0001", "h", "Rev Iewer")
    session = ReviewSession(store, "R0001")
    session.decide(Read(("u0",)), "Rev Iewer", "h")
    store.release_lease("R0001", "h")


def to_verified(study: Study) -> None:
    verify(study, "R0001", 0)


def to_destroyed(study: Study) -> None:
    verify(study, "R0001", 0)
    destroy(study, "R0001", by="tester")


@pytest.mark.parametrize("brought", [to_redacted, to_review, to_verified, to_destroyed])
def test_withdrawn_anywhere_nothing_of_it_opens_and_nothing_is_left(
    tmp_path: Path, brought: Callable[[Study], None]
) -> None:
    """No key, no sealed file, no stretch of sound or of what was approved; the other recording is whole."""
    with make_study(tmp_path) as study:
        keys = [study.recording_key("R0001", part) for part in Part]
        sealed = [study.vault.path("R0001", a.file).read_bytes() for a in study.rows.artifacts("R0001")]
        brought(study)
        keys += [key for name in ("voices", "labels") if (key := study.rows.key("study", name))]
        gone = state(study)
        assert study.recording("R0001").state is State.WITHDRAWN
        assert study.rows.key_ids("R0001") == {}
        assert study.rows.artifacts("R0001") == []
        assert not list((study.vault.folder / "R0001").iterdir())
        left = everything_below(study.folder)
        assert not any(key in left or key.hex().encode() in left for key in keys)
        assert not any(data[40:4000] in left for data in sealed)
        assert count(left, [SPOKEN_NAME]) == 0
        assert all(check.passed for check in certificate_of(study, gone).checks)
        check_study(study)
        with study.open_source("R0002") as other:
            assert len(other.read()) == 120_000
        assert [d.id for d in documents(study)] == ["R0002"]


def test_what_could_never_be_transcribed_no_longer_keeps_a_study_open(tmp_path: Path) -> None:
    """The damaged file failed, cannot be verified, keeps `close` away; withdrawn, it does not."""
    with make_study(tmp_path, recordings=1, broken=True) as study:
        to_destroyed(study)
        assert study.recording("R0002").failed_stage == "decode"
        with pytest.raises(StudyOpenError, match="withdraw"):
            close_study(study)
        gone = state(study, Reason.UNUSABLE, recording="R0002", note=NOTE)
        assert close_study(study, with_roster=True) == ["voices", "labels", "withdrawals"]
        assert read_notes(study) == ()
        check_study(study)
        certificate = certificate_of(study, gone)
        assert certificate.recording == "R0002 week-9"
        assert {d.what for d in certificate.destroyed} >= {"sealed source audio"}
        row = study.recording("R0002")
        assert (row.reason, row.failed_stage) == ("unusable", None)


def test_a_damaged_sealed_file_can_be_withdrawn(tmp_path: Path) -> None:
    """The vault's own copy was cut: it opens no more, and still goes with proof."""
    with make_study(tmp_path) as study:
        row = study.rows.artifact("R0001", "source")
        assert row is not None
        path = study.vault.path("R0001", row.file)
        path.write_bytes(path.read_bytes()[:1000])
        assert all(c.passed for c in certificate_of(study, state(study, Reason.UNUSABLE)).checks)
        assert not path.exists()
        check_study(study)


def test_the_file_s_name_goes_unless_it_is_only_unusable(tmp_path: Path) -> None:
    """It may be called after who withdrew: no longer in the ledger, nor in the certificate."""
    with make_study(tmp_path) as study:
        gone = state(study)
        assert certificate_of(study, gone).recording == "R0001"
        assert study.rows.recording("R0001").name == "R0001"
        assert state(study, Reason.UNUSABLE, recording="R0002")
        assert study.rows.recording("R0002").name == "week-1"


def test_the_same_file_does_not_come_in_again(tmp_path: Path) -> None:
    """Its digest is known: a copy dropped into the inbox is told of, and not sealed."""
    with make_study(tmp_path) as study:
        state(study)
        make_sound(tmp_path / "again.wav", random.Random(0).randbytes(120_000))
        (taken,) = take(study, tmp_path / "again.wav")
        assert (taken.outcome, taken.recording, taken.removed) == ("known", "R0001", False)
        assert "destroyed here" in taken.why
        assert study.recording("R0001").state is State.WITHDRAWN


# --- what it taught -------------------------------------------------------------------------------


def test_what_it_taught_is_unlearnt(tmp_path: Path) -> None:
    """Voices hold nothing of it; of the labels, those no other recording uses lose their words and stay taken."""
    with make_study(tmp_path) as study:
        before = study.labels.load().labels
        assert [label.text for label in before] == ["Person 1", "Person 2"]
        keys = study.rows.key_ids(STUDY_OWNER)
        said = " ".join(certificate_of(study, state(study)).limits)
        assert "voiceprints it taught, and what was said in it about names, were removed" in said
        assert "Words labelled in no other recording were removed from the study's label map." in said
        voices = from_json(KnownVoices, study.voices.read() or b"")
        assert [v.recordings for v in voices.voices] == [("R0002",)]
        assert study.labels.load() == LabelMap((before[1],), retired=("Person 1",))
        for record in ("voices", "labels"):
            assert study.rows.key_ids(STUDY_OWNER)[record] != keys[record], (
                "what it held before opens no more"
            )
        check_study(study)


def test_what_a_participant_sent_about_it_goes_under_another_key(tmp_path: Path) -> None:
    """And nothing of what was sent about another recording; what taught nothing is not said to have been unlearnt."""
    with make_study(tmp_path) as study:
        study.roster.add("Ottoline Brask", code="P01")
        for recording in ("R0001", "R0002"):
            enter(study, recording, "P01", f"about {recording}", day="2031-05-04", by="A")
        key = study.rows.key_ids(STUDY_OWNER)["corrections"]
        state(study)
        assert [each.recording for each in read_corrections(study).corrections] == ["R0002"]
        assert study.rows.key_ids(STUDY_OWNER)["corrections"] != key
        voices, labels = study.voices.read(), study.labels.load()
        said = " ".join(certificate_of(study, state(study, recording="R0002")).limits)
        assert ("were removed from the study's voices" in said) == (study.voices.read() != voices)
        assert ("were removed from the study's label map" in said) == (study.labels.load() != labels)
        check_study(study)


def test_a_voice_heard_nowhere_else_goes_and_its_code_stays_taken(tmp_path: Path) -> None:
    """Verified or not."""
    with make_study(tmp_path, recordings=1) as study:
        to_verified(study)
        state(study)
        assert from_json(KnownVoices, study.voices.read() or b"") == KnownVoices((), ("P01",))
        assert study.roster.add("New Comer").code == "P02"


def test_a_review_elsewhere_does_not_bring_its_words_back(tmp_path: Path) -> None:
    """Another review began with the label map as it was; its next decision keeps what was forgotten forgotten."""
    with make_study(tmp_path) as study:
        store = StudyReviewStore(study, no_sound)
        store.take_lease("R0002", "h", "Rev Iewer")
        session = ReviewSession(store, "R0002")
        session.decide(Read(("u0",)), "Rev Iewer", "h")
        state(study)
        labels = study.labels.load()
        ReviewSession(store, "R0002").decide(Read(("u0",)), "Rev Iewer", "h")
        assert study.labels.load() == labels


def test_labels_stay_while_another_recording_cannot_be_read(tmp_path: Path) -> None:
    """Which words it uses is not known then; the certificate does not say that any were removed."""
    with make_study(tmp_path) as study:
        row = study.rows.artifact("R0002", "redaction")
        assert row is not None
        study.vault.path("R0002", row.file).write_bytes(b"cut")
        before = study.labels.load()
        said = " ".join(certificate_of(study, state(study)).limits)
        assert study.labels.load() == before
        assert "Nothing was removed from the study's label map" in said


# --- the evidence ---------------------------------------------------------------------------------


def test_the_certificate_says_that_nobody_verified_and_why_it_went(tmp_path: Path) -> None:
    """Reason, who stated it, that no transcript stands verified; neither note nor any word of it."""
    with make_study(tmp_path) as study:
        to_review(study)
        gone = state(study, note=NOTE)
        assert gone is not None
        certificate = certificate_of(study, gone)
        page = gone.page.read_text()
        exported = (
            as_json_lines(study, list(study.audit.entries()))
            + as_html(study, list(study.audit.entries())).encode()
        )
    assert certificate.withdrawal is not None
    assert certificate.withdrawal.reason == "consent-withdrawn"
    assert certificate.withdrawal.transcript == "No transcript of it was verified."
    (statement,) = certificate.withdrawal.statements
    assert (statement.name, statement.account) == ("Rev Iewer", "tester")
    assert "Its review is lost (decisions made in it: 1)." in statement.statement
    assert (certificate.approvals, certificate.transcript_sha256, certificate.kept) == ((), "", ())
    for needed in (
        "a withdrawn recording",
        "No transcript of it was verified",
        "Consent to use it",
        "Nothing is on record",
    ):
        assert needed in page
    assert "Approved transcript" not in page
    for text in (page, gone.certificate.read_text(), exported.decode()):
        assert SPOKEN_NAME not in text


def test_what_was_verified_and_given_out_is_told_of(tmp_path: Path) -> None:
    """The exports on record, by date, person and format; who had verified; the earlier certificate stays."""
    with make_study(tmp_path) as study:
        write_source(study, study.recording("R0001"), tmp_path / "plain.wav")
        to_destroyed(study)
        note_export(study, list(documents(study, ["R0001"])), ("docx", "txt"), draft=False)
        certificate = certificate_of(study, state(study))
        earlier = study.folder / "certificates" / "R0001.certificate.json"
        public = study.audit.verify_key
    assert certificate.withdrawal is not None
    assert "was verified by Rev Iewer" in certificate.withdrawal.transcript
    sound, transcript = certificate.withdrawal.given_out
    assert sound.endswith("by tester: its sound written to a plain file")
    assert transcript.endswith("by tester: transcript exported as docx, txt")
    assert signing.check(earlier.read_bytes(), file="e", public_key=public).approvals


def test_a_changed_reason_breaks_the_signature(tmp_path: Path) -> None:
    """Nobody turns a withdrawal into another one, or takes it out."""
    with make_study(tmp_path) as study:
        gone = state(study)
    assert gone is not None
    for change in ({"reason": "unusable"}, {"transcript": "verified"}, {"given_out": ["x"]}):
        whole = json.loads(gone.certificate.read_bytes())
        whole["certificate"]["withdrawal"] |= change
        with pytest.raises(CertificateError, match="changed after"):
            signing.check(json.dumps(whole).encode(), file="c")
    whole = json.loads(gone.certificate.read_bytes())
    del whole["certificate"]["withdrawal"]
    with pytest.raises(CertificateError):
        signing.check(json.dumps(whole).encode(), file="c")


def test_the_note_is_sealed(tmp_path: Path) -> None:
    """It may identify: it is read back with the key, and lies nowhere in plain."""
    with make_study(tmp_path) as study:
        state(study, note=NOTE)
        (note,) = read_notes(study)
        assert note.text == NOTE
        assert NOTE not in repr(note)
        assert count(everything_below(study.folder), [NOTE, SPOKEN_NAME]) == 0


def test_a_key_put_back_from_a_backup_is_found(tmp_path: Path) -> None:
    """`audit verify` knows the keys that went, of the first destruction and of the withdrawal."""
    with make_study(tmp_path) as study:
        kept = {part: study.recording_key("R0001", part) for part in Part}
        to_destroyed(study)
        state(study)
        for part, key in kept.items():
            with study.ledger.transaction():
                study.rows.put_key("R0001", part.value, key)
            with pytest.raises(AuditBrokenError, match="destroyed by entry"):
                check_study(study)
            with study.ledger.transaction():
                study.rows.drop_key("R0001", part.value)
        check_study(study)


# --- what is refused ------------------------------------------------------------------------------


def check_untouched(study: Study, before: State) -> None:
    assert study.recording("R0001").state is before
    with study.open_source("R0001") as source:
        assert len(source.read()) == 120_000
    check_study(study)


def test_nothing_is_withdrawn_while_it_is_processed(tmp_path: Path) -> None:
    """A run, an import or a destruction elsewhere: refused at once, the recording whole."""
    with make_study(tmp_path) as study:
        for name in ("run", "import", "destroy"):
            with study.lock(name), pytest.raises(LockedError):
                state(study)
        check_untouched(study, State.REDACTED)


def test_a_reviewer_at_work_is_not_overtaken(tmp_path: Path) -> None:
    """While somebody decides on it, or has decided since it was shown, it is refused."""
    with make_study(tmp_path) as study:
        store = StudyReviewStore(study, no_sound, time.time)
        store.take_lease("R0001", "h", "Some Body")
        with pytest.raises(ReviewLockedError, match="Some Body"):
            state(study)
        store.release_lease("R0001", "h")
        seen = find_loss(study, study.recording("R0001"))
        to_review(study)
        with pytest.raises(NotWithdrawableError, match="changed since"):
            withdraw(study, "R0001", Claim("A", Reason.UNUSABLE, seen), by="x")
        check_untouched(study, State.IN_REVIEW)


def test_what_would_be_refused_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    """While somebody reviews it, and while a copy lies about; otherwise nothing is said and nothing done."""
    with make_study(tmp_path) as study:
        row, store = study.recording("R0001"), StudyReviewStore(study, no_sound)
        check_ready(study, row, by="x")
        store.take_lease("R0001", "page", "Sam")
        with pytest.raises(ReviewLockedError, match="Sam"):
            check_ready(study, row, by="x")
        store.release_lease("R0001", "page")
        for kind in ("source", "redaction"):
            sealed = study.rows.artifact("R0001", kind)
            assert sealed is not None
            copy = study.folder / "copy"
            shutil.copy(study.vault.path("R0001", sealed.file), copy)
            with pytest.raises(CopyFoundError):
                check_ready(study, row, by="x")
            copy.unlink()
        noted = study.audit.events("copy found before destroying")
        assert {(entry.by, entry.recording) for entry in noted} == {("x", "R0001")}
        check_untouched(study, State.REDACTED)


@pytest.mark.parametrize("brought", [to_verified, to_destroyed])
def test_what_was_verified_is_not_unusable(tmp_path: Path, brought: Callable[[Study], None]) -> None:
    with make_study(tmp_path) as study:
        brought(study)
        with pytest.raises(NotWithdrawableError, match="not unusable"):
            state(study, Reason.UNUSABLE)
        assert study.has("R0001", Artifact.APPROVED)


def test_a_half_destroyed_one_is_finished_first(tmp_path: Path) -> None:
    with make_study(tmp_path) as study:
        to_verified(study)
        study.move("R0001", State.DESTROYING, "destruction begun", {"parts": [], "keys": {}, "going": {}})
        with pytest.raises(NotWithdrawableError, match="finish it first"):
            state(study)


def test_a_recording_is_withdrawn_once_and_never_destroyed_as_verified(tmp_path: Path) -> None:
    with make_study(tmp_path) as study:
        gone = state(study)
        assert gone is not None
        before = gone.certificate.read_bytes()
        with pytest.raises(StateError, match="is withdrawn"):
            state(study)
        with pytest.raises(NotDestroyableError):
            destroy(study, "R0001", by="x")
        with pytest.raises(StateError):
            finish(study, "R0001", by="x")
        assert gone.certificate.read_bytes() == before


def test_nobody_s_statement_is_none(tmp_path: Path) -> None:
    with make_study(tmp_path) as study:
        with pytest.raises(NotWithdrawableError, match="name"):
            state(study, reviewer="  ")
        check_untouched(study, State.REDACTED)
        assert not study.audit.events("withdrawal stated")


def test_a_run_withdraws_nothing_and_leaves_what_is_withdrawn(tmp_path: Path) -> None:
    """Neither what failed nor what is withdrawn is taken up."""
    with make_study(tmp_path, broken=True) as study:
        state(study)
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        states = [row.state for row in study.recordings()]
        assert states == [State.WITHDRAWN, State.REDACTED, State.SEALED]
        with pytest.raises(StateError):
            study.retry("R0001")


def test_where_two_must_verify_two_must_state_it(tmp_path: Path) -> None:
    """One person's statement destroys nothing; nor does theirs twice, nor one of another reason."""
    with make_study(tmp_path, reviewers=2) as study:
        assert state(study, reviewer="One") is None
        with pytest.raises(NotWithdrawableError, match="you have stated it already"):
            state(study, reviewer=" one ")
        assert state(study, Reason.NOT_OF_THIS_STUDY, reviewer="Two") is None
        check_untouched(study, State.REDACTED)
        gone = state(study, Reason.NOT_OF_THIS_STUDY, reviewer="Three")
        withdrawal = certificate_of(study, gone).withdrawal
        assert withdrawal is not None
        assert [s.name for s in withdrawal.statements] == ["Two", "Three"]


def test_who_stated_it_while_two_were_asked_for_may_finish_it_once_one_is_enough(tmp_path: Path) -> None:
    with make_study(tmp_path, reviewers=2) as study:
        assert state(study) is None
        write_settings(study.folder, study.settings.model_copy(update={"reviewers": 1}))
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key"), by="tester") as study:
        assert state(study)


def test_a_first_statement_of_another_state_no_longer_counts(tmp_path: Path) -> None:
    """What the first person was shown would be lost is not what would be lost now."""
    with make_study(tmp_path, reviewers=2) as study:
        assert state(study, reviewer="One") is None
        to_review(study)
        assert state(study, reviewer="Two") is None
        assert study.recording("R0001").state is State.IN_REVIEW


def test_a_statement_of_an_earlier_version_has_no_account(tmp_path: Path) -> None:
    """It did not note one: the certificate leaves it empty, and does not take two people for one."""
    with make_study(tmp_path, reviewers=2) as study:
        append = study.audit.append

        def as_before(event: str, recording: str = "", detail: Detail | None = None, *, by: str = "") -> int:
            told = {key: value for key, value in (detail or {}).items() if key != "account"}
            return append(event, recording, told, by=by)

        study.audit.append = as_before  # type: ignore[method-assign]
        assert state(study, reviewer="One") is None
        study.audit.append = append  # type: ignore[method-assign]
        certificate = certificate_of(study, state(study, reviewer="Two"))
        assert certificate.withdrawal is not None
        assert [(s.name, s.account) for s in certificate.withdrawal.statements] == [
            ("One", ""),
            ("Two", "tester"),
        ]
        assert not any("was used by both" in said for said in certificate.limits)


# --- interrupted ----------------------------------------------------------------------------------


def test_a_failed_check_is_never_called_withdrawn(tmp_path: Path) -> None:
    """A copy of the sealed sound that came in after it had begun stops the certificate; without it the next call ends
    well."""
    make_study(tmp_path).close()
    assert in_child(lambda: state_in(tmp_path), fault="withdraw.begun:kill") == KILLED
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key"), by="tester") as study:
        row = study.rows.artifact("R0001", "source")
        assert row is not None
        copy = study.folder / "copy.bin"
        copy.write_bytes(study.vault.path("R0001", row.file).read_bytes())
        for _ in range(2):
            with pytest.raises(DestructionUnprovenError):
                finish(study, "R0001", by="x")
        assert study.recording("R0001").state is State.WITHDRAWING
        assert [d.id for d in documents(study)] == ["R0002"]
        with pytest.raises(StateError):
            StudyReviewStore(study, no_sound).load("R0001")
        copy.unlink()
        assert certificate_of(study, finish(study, "R0001", by="x")).withdrawal


def test_two_that_were_begun_each_end_as_they_were_begun(tmp_path: Path) -> None:
    """Finished the other way round, each certificate tells of its own files, keys and reason."""
    with make_study(tmp_path) as study:
        keys = {each: sorted(study.rows.key_ids(each).values()) for each in ("R0001", "R0002")}
    for each, reason in zip(keys, (Reason.CONSENT_WITHDRAWN, Reason.UNUSABLE), strict=True):
        assert in_child(lambda: state_in(tmp_path, each, reason), fault="withdraw.begun:kill") == KILLED  # noqa: B023
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key"), by="tester") as study:
        for each, reason in (("R0001", "consent-withdrawn"), ("R0002", "unusable")):
            certificate = certificate_of(study, finish(study, each, by="x"))
            assert sorted(certificate.key_id.split(", ")) == keys[each]
            assert certificate.withdrawal is not None
            assert certificate.withdrawal.reason == reason
        check_study(study)


def state_in(folder: Path, recording: str = "R0001", reason: Reason = Reason.CONSENT_WITHDRAWN) -> None:
    with Study.open(folder / "study", KeyFile(folder / "study.key"), by="tester") as study:
        state(study, reason, recording=recording)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "enospc", "eio"])
def test_interrupted_anywhere_it_is_finished_by_the_next_call(tmp_path: Path, kind: str) -> None:
    """Struck at every passage in turn: before the statement is kept the recording is whole; afterwards it is never
    `withdrawn` without a certificate, the chain holds, the other recording is whole, one more call completes it."""
    with make_study(tmp_path) as study:
        to_review(study)
        folder = study.folder
    key = KeyFile(tmp_path / "study.key")

    def work(place: Path) -> None:
        with Study.open(place, key, by="tester") as opened:
            now = opened.recording("R0001").state
            if now is State.WITHDRAWING:
                finish(opened, "R0001", by="tester")
            elif now is not State.WITHDRAWN:
                state(opened, note=NOTE)

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
        check_struck(copy, key)
        assert in_child(lambda copy=copy: work(copy)) == 0  # type: ignore[misc]
        check_ended(copy, key)
        shutil.rmtree(copy)
    assert struck > 5


def check_struck(folder: Path, key: KeyFile) -> None:
    with Study.open(folder, key, by="tester") as after:
        check_study(after)
        now = after.recording("R0001").state
        certificate = folder / "certificates" / "R0001.withdrawal.certificate.json"
        assert now is not State.WITHDRAWN or certificate.is_file()
        if now is State.IN_REVIEW:
            check_untouched(after, State.IN_REVIEW)
            assert not after.audit.events("withdrawal begun")
        with after.open_source("R0002") as other:
            assert len(other.read()) == 120_000


def check_ended(folder: Path, key: KeyFile) -> None:
    with Study.open(folder, key, by="tester") as after:
        assert after.recording("R0001").state is State.WITHDRAWN
        voices = from_json(KnownVoices, after.voices.read() or b"")
        assert [v.recordings for v in voices.voices] == [("R0002",)]
        assert len(read_notes(after)) == len(after.audit.events("withdrawal stated")) == 1
        assert list(import_files(after, [], sleep=lambda _: None)) == []
        assert after.sweep() == 0
        check_study(after)
