"""One participant leaves a group: no word, name or voiceprint of theirs opens any more, and others' words stay."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.decode import decode
from pipeline.batch.run import run_study
from pipeline.erase import signing
from pipeline.erase.destroy import destroy
from pipeline.erase.participant.asking import PersonClaim, find_loss
from pipeline.erase.participant.withdrawing import Left, finish_participant, withdraw_participant
from pipeline.erase.participant_certificate import ParticipantCertificate
from pipeline.erase.withdraw import withdraw_for
from pipeline.errors import DestructionUnprovenError, NotWithdrawableError, VaultMovedError
from pipeline.flow import Progress
from pipeline.records import Attribution, Audio, Diarization, Redaction, Transcription, from_json, to_json
from pipeline.study.approved import read_approved
from pipeline.study.audit_check import check_study
from pipeline.study.codes import load_codes
from pipeline.study.corrections import Proposal, change_corrections, enter, read_corrections
from pipeline.study.exporting import documents
from pipeline.study.given_out import note_export
from pipeline.study.intake.transcripts import import_transcript, transcript_of
from pipeline.study.requests import COPIES_REMOVED, all_requests, confirm, unfinished
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.settings import write_settings
from pipeline.study.study import Study
from pipeline.study.vault.states import STUDY_OWNER, Artifact, State
from pipeline.study.who import load_voices
from pipeline.verify.amending import TakeOut
from pipeline.verify.decisions import AddToRoster, Answer, Decision, Move, Note, Read
from pipeline.verify.session import ReviewSession
from tests.batch.fakes import with_stages
from tests.batch.life import BUG, OURS, in_child, no_sound, verify
from tests.erase.participant.group import (
    LEAVER,
    NAME,
    NICKNAME,
    THEIR_PRINT,
    THEIR_WORDS,
    GroupStages,
    everything_opened,
    make_group,
    make_wav,
    open_group,
)
from tests.export.leaks import count
from tests.study.conftest import take
from tests.web.house import verify as verify_answering

KILLED = -9
ASKED = "2021-05-04"


def leave(study: Study, *names: str, reviewer: str = "Rev Iewer", note: str = "") -> Left | None:
    """A person is told what goes, and states it."""
    seen = find_loss(study, LEAVER, names, asked=ASKED)
    return withdraw_participant(study, PersonClaim(reviewer, seen, ASKED, note), by="tester")


def to_redacted(_study: Study, _recording: str) -> None:
    """As the run left it."""


def to_verified(study: Study, recording: str) -> None:
    verify_answering(study, recording)


def to_destroyed(study: Study, recording: str) -> None:
    to_verified(study, recording)
    destroy(study, recording, by="tester")


def certificate_of(study: Study, left: Left | None) -> ParticipantCertificate:
    assert left is not None
    for file in (left.certificate, left.page):
        found = signing.check(file.read_bytes(), file="c", public_key=study.audit.verify_key)
        assert isinstance(found, ParticipantCertificate)
    return found


def assert_gone(study: Study) -> None:
    """Nothing of them in anything that any key opens."""
    everything = everything_opened(study)
    assert count(everything, [*THEIR_WORDS, *NAME.split(), NICKNAME]) == 0
    assert str(THEIR_PRINT[0]).encode() not in everything
    assert LEAVER not in {each.code for each in (*study.roster.load().people, *load_codes(study).people)}
    check_study(study)
    assert study.sweep() == 0


@pytest.mark.parametrize("bring", [to_redacted, to_verified, to_destroyed])
def test_nothing_of_them_opens_any_more_and_others_words_stay(
    tmp_path: Path, bring: Callable[[Study, str], None]
) -> None:
    with make_group(tmp_path, bring=bring) as study:
        before = everything_opened(study)
        assert count(before, [NAME.split()[0]]) > 0
        states = [row.state for row in study.recordings()]
        left = leave(study)
        assert_gone(study)
        assert [row.state for row in study.recordings()] == states
        for document in documents(study):
            texts = [said.text for said in document.utterances]
            theirs = [said for said in document.utterances if said.participant == LEAVER]
            assert [(said.text, said.start) for said in theirs] == [
                ("[P03 withdrew]", 2.0),
                ("[P03 withdrew]", 5.0),
            ]
            assert "well I thought [withdrawn] was right about that" in texts
            assert "yes but [withdrawn] said so and [P01] agreed" in texts
            assert "and then [P02] left" in texts
        certificate = certificate_of(study, left)
        assert {(each.turns, each.mentions) for each in certificate.recordings} == {(2, 2)}
        assert all(check.passed for check in certificate.checks)
        assert certificate.medium_of_keys == {}, "the keys lay where the files did"


def test_the_sound_is_silent_where_they_speak_and_are_named_and_whole_elsewhere(tmp_path: Path) -> None:
    """From 2.0 to 4.0 (another speaks at the same time) and 5.0 to 6.0; what others say alone is heard as before."""
    with make_group(tmp_path, recordings=1) as study:
        with study.open_source("R0001") as source:
            before = decode(source, name="before").samples
        left = leave(study)
        with study.open_source("R0001") as source:
            after = decode(source, name="after").samples
        assert len(after) == len(before)
        (told,) = certificate_of(study, left).recordings
        assert told.silenced
        assert told.seconds == pytest.approx(np.count_nonzero(after == 0) / 16000, abs=0.2)
        for start, end in ((2.0, 4.0), (5.0, 6.0), (0.62, 1.0)):  # the last: "Zephyrine"
            assert not after[int(start * 16000) : int(end * 16000)].any()
        for start, end in ((0.0, 0.3), (6.3, 8.5)):
            part = slice(int(start * 16000), int(end * 16000))
            assert np.allclose(after[part], before[part], atol=2e-3)


def decide(study: Study, *decisions: Decision) -> None:
    """What a reviewer decides on the first recording."""
    store = StudyReviewStore(study, no_sound)
    store.take_lease("R0001", "h", "A")
    session = ReviewSession(store, "R0001")
    for decision in decisions:
        session.decide(decision, "A", "h")
    store.release_lease("R0001", "h")


def test_the_sound_of_a_line_that_a_reviewer_gave_them_is_silent_too(tmp_path: Path) -> None:
    """The recogniser took it for another's; who said it is what the reviewer says."""
    with make_group(tmp_path, recordings=1) as study:
        decide(study, Move("u4", LEAVER))
        leave(study)
        with study.open_source("R0001") as source:
            after = decode(source, name="after").samples
        assert not after[6 * 16000 : 8 * 16000].any()
        assert after[int(4.6 * 16000) : int(4.9 * 16000)].any(), "others' lines are heard"


def test_a_name_that_a_review_was_to_add_to_the_roster_is_added(tmp_path: Path) -> None:
    """The decision that said so is folded into the records, and would say it no more."""
    with make_group(tmp_path, recordings=1) as study:
        (mark,) = (
            mark.id
            for line in ReviewSession(StudyReviewStore(study, no_sound), "R0001").state.in_order()
            for mark in line.marks
            if line.text[mark.start_char : mark.end_char] == "Fenwick"
        )
        decide(study, AddToRoster(mark, code="P01"))
        leave(study)
        people = {person.code: person.nicknames for person in study.roster.load().people}
        assert people == {"P01": ("Otti", "Fenwick"), "P02": ()}


def test_nobody_is_asked_who_a_voice_of_theirs_is(tmp_path: Path) -> None:
    """A doubt about another's voice stays; one about theirs goes with it."""
    with make_group(tmp_path, recordings=1) as study:
        before = from_json(Attribution, study.artifact("R0001", Artifact.ATTRIBUTION))
        study.keep("R0001", Artifact.ATTRIBUTION, to_json(replace(before, unsure=("S1", "S3"))))
        leave(study)
        after = from_json(Attribution, study.artifact("R0001", Artifact.ATTRIBUTION))
        assert after.unsure == ("S1",)


def test_the_recording_they_were_in_does_not_come_back(tmp_path: Path) -> None:
    """The same file, found on the recorder again, is known, removed, and not put in the silent one's place."""
    with make_group(tmp_path, recordings=1) as study:
        leave(study)
        make_wav(tmp_path / "again.wav", 0)
        (taken,) = take(study, tmp_path / "again.wav")
        assert (taken.outcome, taken.recording, taken.removed) == ("known", "R0001", True)
        with study.open_source("R0001") as source:
            assert not decode(source, name="x").samples[2 * 16000 : 4 * 16000].any()


def test_an_approved_transcript_gets_a_version_that_can_be_destroyed_and_reopened(tmp_path: Path) -> None:
    """The approvals stand for it by the change that is named; the digest is another."""
    with make_group(tmp_path, recordings=2, bring=to_verified) as study:
        before = read_approved(study, "R0001")
        leave(study)
        after = read_approved(study, "R0001")
        assert before is not None
        assert after is not None
        assert (after.version, before.version) == (2, 1)
        assert after.digest != before.digest
        assert after.changes[0].before == before.digest
        assert after.standing() == before.approvals
        gone = destroy(study, "R0001", by="tester")
        told = gone.certificate.read_text()
        assert "version 2, participant withdrew (P03) on" in told
        assert "the recording without their voice" in told
        from pipeline.study.reopening import reopen

        reopen(study, "R0002", "a place was missed", by="tester")
        verify(study, "R0002", 0)
        assert study.recording("R0002").state is State.VERIFIED
        assert_gone(study)


def test_labels_that_stood_in_a_transcript_made_elsewhere_go_with_the_names_beside_them(
    tmp_path: Path,
) -> None:
    """Partly de-identified when it came: a name and a label in one line, and a label of two people; the others stay."""
    given = tmp_path / "interview.txt"
    given.write_text(
        f"Ottoline Brask: I think {NAME} was right and [{LEAVER}] said so twice.\n"
        f"{NAME}: My word is marzipan.\n"
        f"Fenwick Dray: Yes, [P01 or {LEAVER}] said it before [P01] left.\n"
    )
    with make_group(tmp_path, recordings=0) as study:
        (taken,) = import_transcript(study, given, sleep=lambda _: None)
        run_study(study, with_stages(GroupStages), lambda _: None, sleep=lambda _: None)
        left = certificate_of(study, leave(study))
        assert [(each.turns, each.mentions) for each in left.recordings] == [(1, 3)]
        for record, kind in ((Artifact.ATTRIBUTION, Attribution), (Artifact.REDACTION, Redaction)):
            said = from_json(kind, study.artifact(taken.recording, record)).utterances
            assert [(each.participant, each.text) for each in said] == [
                ("P01", "I think [withdrawn] was right and [withdrawn] said so twice."),
                (LEAVER, f"[{LEAVER} withdrew]"),
                ("P02", "Yes, [withdrawn] said it before [P01] left."),
            ]
            assert [" ".join(word.text for word in each.words) for each in said] == [s.text for s in said]
        held = transcript_of(study, taken.recording)
        assert held is not None
        assert f"P02: {said[2].text}\n".encode() in held.data
        assert_gone(study)


def test_one_recording_alone(tmp_path: Path) -> None:
    """Named, it alone is changed: the other stays whole, the roster entry too, and what it taught of the voice goes."""
    with make_group(tmp_path, bring=to_destroyed) as study:
        other = read_approved(study, "R0002")
        seen = find_loss(study, LEAVER, ("R0001",), asked=ASKED)
        assert seen.study_wide == ("their voiceprints of these recordings",)
        certificate = certificate_of(study, leave(study, "R0001"))
        assert [each.recording for each in certificate.recordings] == ["R0001"]
        voice = load_voices(study).with_code(LEAVER)
        assert voice is not None
        assert {each.recording for each in voice.prints} == {"R0002"}
        assert any("stays" in limit for limit in certificate.limits)
        assert read_approved(study, "R0002") == other
        first = read_approved(study, "R0001")
        assert first is not None
        assert LEAVER in {person.code for person in study.roster.load().people}
        assert count(everything_opened(study), [NAME.split()[0]]) > 0
        assert certificate_of(study, leave(study)).recordings
        assert_gone(study)
        assert [each.file for each in all_requests(study, LEAVER)] == ["P03-1.withdrawal", "P03-2.withdrawal"]


def test_the_log_of_requests(tmp_path: Path) -> None:
    """Asked when, stated by whom, done when, confirmed when."""
    with make_group(tmp_path, recordings=1) as study:
        with pytest.raises(NotWithdrawableError):
            confirm(study, LEAVER, "2021-05-09", by="Rev Iewer")
        leave(study)
        confirm(study, LEAVER, "2021-05-09", by="Rev Iewer")
        (request,) = all_requests(study)
        assert (request.asked, request.confirmed) == (ASKED, "2021-05-09")
        assert request.done[:4] == study.audit.events("participant withdrawn")[0].at[:4]
        assert [name for name, _ in request.stated] == ["Rev Iewer"]


def test_where_two_verify_two_state_it(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1, reviewers=2) as study:
        assert leave(study, reviewer="One") is None
        assert unfinished(study, LEAVER) is None
        with pytest.raises(NotWithdrawableError, match="stated it already"):
            leave(study, reviewer=" one ")
        assert [s.name for s in certificate_of(study, leave(study, reviewer="Two")).statements] == [
            "One",
            "Two",
        ]
        assert_gone(study)


def test_two_who_were_not_shown_the_same_did_not_state_the_same(tmp_path: Path) -> None:
    """Between the two a transcript was given out: the second's statement is of something else, and the first's is asked
    for again."""
    with make_group(tmp_path, recordings=1, bring=to_verified, reviewers=1) as study:
        write_settings(study.folder, study.settings.model_copy(update={"reviewers": 2}))
    with open_group(tmp_path) as study:
        assert leave(study, reviewer="One") is None
        note_export(study, list(documents(study)), ("docx",), draft=False, to="the archive")
        assert leave(study, reviewer="Two") is None
        assert [s.name for s in certificate_of(study, leave(study, reviewer="One")).statements] == [
            "Two",
            "One",
        ]


def test_a_recording_withdrawn_as_a_whole_meanwhile_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """Killed after the first recording, which somebody withdrew then: the rest is finished all the same."""
    make_group(tmp_path).close()

    def begin() -> None:
        with open_group(tmp_path) as study:
            leave(study)

    assert in_child(begin, fault="participant.recording:kill") == KILLED
    with open_group(tmp_path) as study:
        withdraw_for(study, "R0001", ("Rev Iewer",), by="tester")
        certificate = certificate_of(study, finish_participant(study, LEAVER, by="tester"))
        assert all(check.passed for check in certificate.checks)
        assert study.recording("R0001").state is State.WITHDRAWN
        assert_gone(study)


def test_the_rule_whole_recording(tmp_path: Path) -> None:
    with make_group(tmp_path, bring=to_destroyed, withdrawal="whole recording") as study:
        certificate = certificate_of(study, leave(study))
        assert all(each.whole for each in certificate.recordings)
        assert {row.state for row in study.recordings()} == {State.WITHDRAWN}
        assert_gone(study)


def test_the_rule_from_now_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded stays, the voice is forgotten, and what comes in later is taken out when it is asked for."""
    monkeypatch.setattr("pipeline.study.intake.receiving.now", lambda: "2021-05-01T10:00:00+00:00")
    with make_group(tmp_path, bring=to_destroyed, withdrawal="from now on") as study:
        seen = find_loss(study, LEAVER, (), asked=ASKED)
        assert (seen.touched, seen.study_wide) == ((), ("their voiceprints",))
        left = withdraw_participant(study, PersonClaim("A", seen, ASKED), by="t")
        assert certificate_of(study, left).recordings == ()
        assert [d.utterances[1].participant for d in documents(study)] == [LEAVER, LEAVER]
        assert str(THEIR_PRINT[0]).encode() not in everything_opened(study)
        check_study(study)


def test_a_day_that_has_not_come_is_refused(tmp_path: Path) -> None:
    """With the rule "from now on" it would keep out of reach all that comes in until then."""
    with make_group(tmp_path, recordings=1, withdrawal="from now on") as study:
        with pytest.raises(NotWithdrawableError, match="has not come yet"):
            find_loss(study, LEAVER, (), asked="2999-01-01")
        assert not study.audit.events("participant withdrawal stated")


@pytest.mark.parametrize("moved", ["vault", "vault/R0001", "vault/study"])
def test_a_vault_behind_a_link_is_refused(tmp_path: Path, moved: str) -> None:
    """The certificate would tell of the wrong disk, and what lies there would not be looked at."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        place = study.folder / moved
        place.rename(tmp_path / "elsewhere")
        place.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        with pytest.raises(VaultMovedError):
            leave(study)
        assert not study.audit.events("participant withdrawal stated")


def test_corrections_and_waiting_amendments_go_with_them(tmp_path: Path) -> None:
    """What they sent, what others sent that names them, and edits of a transcript that is another one now."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed, reviewers=1) as study:
        enter(study, "R0001", LEAVER, "I said haberdashery", day=ASKED, by="t")
        enter(study, "R0001", "P01", f"{NICKNAME} never said so", day=ASKED, by="t")
        enter(study, "R0001", "P02", "The vestibule was green", day=ASKED, by="t")
        certificate = certificate_of(study, leave(study))
        assert [(c.participant, c.text) for c in read_corrections(study).corrections] == [
            ("P01", "(it named a participant who withdrew)"),
            ("P02", "The vestibule was green"),
        ]
        assert any("corrections they had sent" in each for each in certificate.study_wide)
        assert count(everything_opened(study), ["haberdashery"]) == 0
        assert_gone(study)


def test_an_amendment_that_waits_for_a_second_person_goes(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        waiting = Proposal("R0001", "a", "b", "the word zucchetto is theirs", (TakeOut(1, 0, 4),))
        change_corrections(
            study, lambda held: replace(held, proposals=(waiting,)), event="amendment stated", by="t"
        )
        certificate_of(study, leave(study, "R0001"))
        assert read_corrections(study).proposals == ()
        assert count(everything_opened(study), ["zucchetto"]) == 0


def test_a_waiting_amendment_of_another_recording_stays_without_their_name(tmp_path: Path) -> None:
    """In the first the one who leaves says nothing and is not named; why it is amended named them all the same."""
    with make_group(tmp_path, bring=to_destroyed) as study:
        leave(study, "R0001")
        other = Proposal("R0001", "a", "b", f"{NAME} asked for it", (TakeOut(1, 0, 4),))
        plain = Proposal("R0001", "a", "b", "a place was missed", (TakeOut(1, 0, 4),))
        change_corrections(
            study, lambda held: replace(held, proposals=(other, plain)), event="amendment stated", by="t"
        )
        leave(study)
        assert [each.reason for each in read_corrections(study).proposals] == [
            "(it named a participant who withdrew)",
            "a place was missed",
        ]
        assert_gone(study)


def test_what_was_given_out_is_named_with_where_to(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        note_export(study, list(documents(study)), ("docx",), draft=False, to="the archive")
        (line,) = certificate_of(study, leave(study)).given_out
        assert line.startswith("R0001: ")
        assert line.endswith("by tester: transcript exported as docx, to the archive")


def test_a_note_that_names_them_goes(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1) as study:
        leave(study, note=f"{NAME} wrote to us")
        assert_gone(study)


def test_a_review_goes_on_from_where_it_stood(tmp_path: Path) -> None:
    """What was read and noted of others stays, with answers; a note at their line or that names them goes."""
    with make_group(tmp_path, recordings=1) as study:
        decide(
            study,
            Read(("u0", "u4"), (9.0, 9.0), (0.0, 0.0)),
            Note("u0", "Is this a place?", asks=True),
            Answer(2, "It is not."),
            Note("u1", "said of the harbour"),
            Note("u4", f"{NICKNAME} told us"),
        )
        leave(study)
        assert_gone(study)
        state = ReviewSession(StudyReviewStore(study, no_sound), "R0001").state
        assert state.read == {"u0", "u4"}
        ((note, reply),) = [(each.text, each.replies[0].text) for each in state.notes]
        assert (note, reply) == ("Is this a place?", "It is not.")
        assert count(everything_opened(study), ["harbour"]) == 0


def copies_of_before(study: Study, owner: str) -> dict[Path, bytes]:
    """Every sealed file of an owner as it is now, to be put somewhere else in the study's folder."""
    folder = study.folder / "notes"
    return {folder / f"{owner}-{p.name}.bak": p.read_bytes() for p in (study.vault.folder / owner).iterdir()}


def assert_copy_stops_it(study: Study, copies: dict[Path, bytes]) -> None:
    """With each of these in the folder alone it is not called done, and the file is named; without, it is, and told of."""
    (study.folder / "notes").mkdir(exist_ok=True)
    for place, content in copies.items():
        place.write_bytes(content)
        with pytest.raises(DestructionUnprovenError, match=f"notes/{re.escape(place.name)} holds one"):
            finish_participant(study, LEAVER, by="tester") if unfinished(study, LEAVER) else leave(study)
        place.unlink()
    certificate = certificate_of(study, finish_participant(study, LEAVER, by="tester"))
    for place in copies:
        (told,) = [limit for limit in certificate.limits if place.name in limit]
        assert "this check failed" in told
        assert "moved elsewhere is not known" in told
    assert study.ledger.query("SELECT count(*) FROM traces")[0][0] == 0
    assert_gone(study)


def test_a_copied_file_of_before_is_found_and_named(tmp_path: Path) -> None:
    """Of transcripts and reports, of raw words, of the study's own records; nothing a key opens, yet it is looked for."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        before = {**copies_of_before(study, "R0001"), **copies_of_before(study, STUDY_OWNER)}
        gone = {
            place
            for place in before
            if re.match(r"R0001-(approved|report)|study-(roster|voices)", place.name)
        }
        assert len(gone) == 4
        assert_copy_stops_it(study, {place: before[place] for place in sorted(gone)})


def test_copied_keys_and_copied_raw_words_are_found_in_an_open_recording(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1) as study:
        before = copies_of_before(study, "R0001")
        words = {
            p: b
            for p, b in before.items()
            if re.match(r"R0001-(redaction|attribution|transcription)", p.name)
        }
        assert len(words) == 3
        key = study.rows.key("R0001", "words")
        assert key is not None
        assert_copy_stops_it(study, {**words, study.folder / "notes" / "key.txt": key.hex().encode()})


class NeverHere(GroupStages):
    """A recording in which the one who leaves neither speaks nor is named; its copy of the label map knows them."""

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        heard = super().transcribe(audio, progress)
        return replace(heard, words=tuple(w for w in heard.words if w.start >= 6.0))

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        heard = super().diarize(audio, progress)
        return replace(heard, turns=heard.turns[-1:], voiceprints=heard.voiceprints[:1])

    def settled(self, found: Attribution) -> Attribution:
        return replace(
            found,
            utterances=found.utterances[-1:],
            codes=found.codes[:1],
            spoken_by=("S1",),
            links=found.links[:1],
            claims=(),
        )


def test_copies_of_the_label_map_in_a_recording_that_holds_nothing_else_of_them(tmp_path: Path) -> None:
    """A recording under review keeps the study's labels: its old file and its old key are looked for as well."""
    with make_group(tmp_path, recordings=1) as study:
        make_wav(study.folder / "inbox" / "other.wav", 5)
        run_study(study, with_stages(NeverHere), lambda _: None, sleep=lambda _: None)
        seen = find_loss(study, LEAVER, (), asked=ASKED)
        assert seen.recordings == ("R0001",)
        before = copies_of_before(study, "R0002")
        (redaction,) = [place for place in before if place.name.startswith("R0002-redaction")]
        key = study.rows.key("R0002", "words")
        assert key is not None
        assert_copy_stops_it(study, {redaction: before[redaction], study.folder / "notes" / "old.key": key})
        assert "R0002" in {entry.recording for entry in study.audit.events(COPIES_REMOVED)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "enospc"])
@pytest.mark.parametrize("bring", [to_redacted, to_destroyed])
def test_killed_at_every_write_the_same_command_finishes_it(
    tmp_path: Path, kind: str, bring: Callable[[Study, str], None]
) -> None:
    """Struck at every passage: before it begins all is whole, afterwards the next call ends it, and nothing is left."""
    with make_group(tmp_path, bring=bring) as study:
        folder = study.folder

    def work(place: Path) -> None:
        with open_group(place) as opened:
            if unfinished(opened, LEAVER):
                finish_participant(opened, LEAVER, by="tester")
            elif not any(each.done for each in all_requests(opened, LEAVER)):
                leave(opened)

    struck = 0
    for nth in range(1, 900, 3 if kind == "kill" else 11):
        copy = tmp_path / f"copy{nth}"
        copy.mkdir()
        shutil.copytree(folder, copy / "study")
        shutil.copy(tmp_path / "study.key", copy)
        status = in_child(lambda copy=copy: work(copy), fault=f"*:{kind}:{nth}")  # type: ignore[misc]
        if status == 0:
            break
        assert status in (KILLED, OURS, 41), f"passage {nth}: {status}"
        assert status != BUG
        struck += 1
        with open_group(copy) as after:
            check_study(after)
        assert in_child(lambda copy=copy: work(copy)) == 0  # type: ignore[misc]
        with open_group(copy) as after:
            assert_gone(after)
            assert len(list((after.folder / "certificates").glob("P03-1.*"))) == 2
        shutil.rmtree(copy)
    assert struck > 5
