"""A study's run with quick stages: the whole way, failures, resuming, locks."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pipeline.batch.run import RunLine, RunSummary, run_study
from pipeline.errors import DiskFaultError, LockedError, ModelMissingError
from pipeline.flow import Progress
from pipeline.records import Attribution, Audio, Redaction, Transcription, from_json, to_json
from pipeline.speakers.codes import KnownVoices
from pipeline.speakers.participants import rename
from pipeline.study.intake.importing import import_files
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from tests.batch.fakes import BROKEN, FakeStages, with_stages
from tests.study.conftest import CHEAP, make_sound


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as made:
        yield made


def run(study: Study, stages: FakeStages | None = None, told: list[object] | None = None) -> RunSummary:
    chosen = stages if stages is not None else FakeStages()
    tell = told.append if told is not None else lambda _: None
    return run_study(study, with_stages(lambda: chosen), tell, sleep=lambda _: None)


def test_a_recording_goes_the_whole_way(study: Study) -> None:
    """From the inbox to redacted, every artifact sealed, the inbox empty, the chain whole."""
    data = make_sound(study.folder / "inbox" / "week1.wav")
    told: list[object] = []
    summary = run(study, told=told)
    (row,) = study.recordings()
    assert (row.state, row.name, row.size) == (State.REDACTED, "week1", len(data))
    assert summary.done == 1
    assert summary.failed == 0
    assert not list((study.folder / "inbox").iterdir())
    assert study.open_source(row.id).read() == data
    assert (
        from_json(Redaction, study.artifact(row.id, Artifact.REDACTION))
        .utterances[0]
        .text.endswith("[Person 1]")
    )
    assert study.audit.verify() > 5
    assert [type(line) for line in told][-1] is RunLine


def test_a_second_run_has_nothing_to_do_and_loads_no_engine(study: Study) -> None:
    """An idle run never asks for stages."""
    make_sound(study.folder / "inbox" / "week1.wav")
    run(study)

    def never() -> FakeStages:
        raise AssertionError("stages were asked for")

    summary = run_study(study, with_stages(never), lambda _: None)
    assert summary.done == summary.failed == summary.imported == 0


def test_a_bad_file_costs_one_file(study: Study) -> None:
    """The broken recording is set aside with stage and reason; the others are done."""
    make_sound(study.folder / "inbox" / "a.wav")
    make_sound(study.folder / "inbox" / "b.wav", BROKEN + b"x" * 100)
    make_sound(study.folder / "inbox" / "c.wav")
    summary = run(study)
    rows = list(study.recordings())
    assert [row.state for row in rows] == [State.REDACTED, State.SEALED, State.REDACTED]
    assert rows[1].failed_stage == "decode"
    assert "no sound" in (rows[1].reason or "")
    assert (summary.done, summary.failed) == (2, 1)
    assert run(study).failed == 0


def test_retry_takes_a_failed_recording_up_again(study: Study) -> None:
    """After retry the next run goes on from the stage that failed."""
    make_sound(study.folder / "inbox" / "b.wav")

    class Stumbling(FakeStages):
        def redact(self, *_: object) -> Redaction:
            raise ValueError("a secret word")

    run(study, Stumbling())
    (row,) = study.recordings()
    assert (row.failed_stage, row.state) == ("redact", State.ATTRIBUTED)
    assert "secret" not in (row.reason or "")
    study.retry(row.id)
    stages = FakeStages()
    run(study, stages)
    assert stages.calls == ["redact"]
    assert study.recording(row.id).state is State.REDACTED


def test_a_missing_model_stops_the_run_and_sets_nothing_aside(study: Study) -> None:
    """What is not a recording's own fault does not mark it as failed."""
    make_sound(study.folder / "inbox" / "b.wav")

    class NoModel(FakeStages):
        def transcribe(self, *_: object) -> Transcription:
            raise ModelMissingError(model="whisper-base")

    with pytest.raises(ModelMissingError):
        run(study, NoModel())
    assert next(study.recordings()).failed_stage is None
    assert run(study).done == 1


def test_two_runs_at_once(study: Study, tmp_path: Path) -> None:
    """While one run goes on, a second ends at once with an error of its own."""
    make_sound(study.folder / "inbox" / "b.wav")

    class Curious(FakeStages):
        def diarize(self, audio, progress=None):  # type: ignore[no-untyped-def]
            with (
                Study.open(study.folder, KeyFile(tmp_path / "study.key")) as other,
                pytest.raises(LockedError),
            ):
                run(other)
            return super().diarize(audio, progress)

    assert run(study, Curious()).done == 1


def test_labels_and_voices_are_shared_in_the_order_of_arrival(study: Study) -> None:
    """The second recording sees what the first left."""
    make_sound(study.folder / "inbox" / "a.wav", b"first" * 100)
    make_sound(study.folder / "inbox" / "b.wav", b"second" * 100)
    run(study)
    assert [label.text for label in study.labels.load().labels] == ["Person 1", "Person 2"]
    known = from_json(KnownVoices, study.voices.read() or b"")
    assert [voice.recordings for voice in known.voices] == [("R0001", "R0002")]


def test_a_speaker_renamed_later_is_renamed_in_earlier_recordings(study: Study) -> None:
    """When the study's voices say P07 instead of P01, an unreviewed recording follows with the next run."""
    make_sound(study.folder / "inbox" / "a.wav")
    run(study)
    known = from_json(KnownVoices, study.voices.read() or b"")
    study.voices.write(to_json(rename(known, "P01", "P07")))
    stages = FakeStages()
    run(study, stages)
    attribution = from_json(Attribution, study.artifact("R0001", Artifact.ATTRIBUTION))
    assert attribution.codes == (("S1", "P07"),)
    assert attribution.utterances[0].participant == "P07"
    assert stages.calls == ["redact"]
    assert study.recording("R0001").state is State.REDACTED
    again = FakeStages()
    run(study, again)
    assert again.calls == []


def test_a_missing_source_costs_its_recording_alone_when_it_should_travel(study: Study) -> None:
    """Jobs that carry the sealed bytes read them here: one that is gone is set aside, the other is done."""
    for name in "ab":
        make_sound(study.folder / "inbox" / f"{name}.wav", name.encode() * 1000)
    list(import_files(study, [study.folder / "inbox"], sleep=lambda _: None))
    next((study.folder / "vault" / "R0001").glob("source-*")).unlink()
    summary = run_study(study, with_stages(FakeStages), lambda _: None, carry=True, sleep=lambda _: None)
    assert (summary.done, summary.failed) == (1, 1)
    assert "missing" in (study.recording("R0001").reason or "")
    assert study.recording("R0002").state is State.REDACTED


def test_a_broken_disk_is_no_recordings_fault(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a sealed file cannot be read to travel the run ends, and sets nothing aside: the next may do better."""
    make_sound(study.folder / "inbox" / "a.wav")
    list(import_files(study, [study.folder / "inbox"], sleep=lambda _: None))
    whole = Path.open

    def broken(path: Path, *arguments: Any, **more: Any) -> Any:
        if path.suffix == ".sealed":
            raise OSError(errno.EIO, "Input/output error")
        return whole(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", broken)
    with pytest.raises(DiskFaultError):
        run_study(study, with_stages(FakeStages), lambda _: None, carry=True, sleep=lambda _: None)
    monkeypatch.setattr(Path, "open", whole)
    assert study.recording("R0001").failed_stage is None
    assert run(study, FakeStages()).done == 1


def test_stages_side_by_side_leave_what_they_leave_in_turn(study: Study, tmp_path: Path) -> None:
    """The same recordings give the same transcripts, byte for byte."""
    with Study.create(tmp_path / "other", key_file=tmp_path / "k2", by="tester", cost=CHEAP) as other:
        for each, stages in ((study, FakeStages()), (other, FakeStages(side_by_side=True))):
            make_sound(each.folder / "inbox" / "a.wav", b"first" * 100)
            make_sound(each.folder / "inbox" / "b.wav", b"second" * 100)
            assert run(each, stages).done == 2
        kinds = (Artifact.TRANSCRIPTION, Artifact.DIARIZATION, Artifact.REDACTION)
        ids = [row.id for row in study.recordings()]
        assert [study.artifact(i, kind) for i in ids for kind in kinds] == [
            other.artifact(i, kind) for i in ids for kind in kinds
        ]


@pytest.mark.parametrize(("failing", "state"), [("transcribe", State.SEALED), ("diarize", State.TRANSCRIBED)])
def test_of_two_stages_side_by_side_the_one_that_failed_is_named(
    study: Study, failing: str, state: State
) -> None:
    """What the other left is kept where it comes first; the next run needs the failed one alone."""

    def fail(*_: object) -> NoReturn:
        raise MemoryError

    make_sound(study.folder / "inbox" / "b.wav")
    stages = FakeStages(side_by_side=True)
    setattr(stages, failing, fail)
    run(study, stages)
    (row,) = study.recordings()
    assert (row.failed_stage, row.state) == (failing, state)
    study.retry(row.id)
    again = FakeStages(side_by_side=True)
    assert run(study, again).done == 1
    assert ("transcribe" in again.calls) is (failing == "transcribe")


def test_a_recording_is_de_identified_in_the_language_that_was_heard(study: Study) -> None:
    """Where the settings name none: a French recording is not read as English."""
    asked: list[str] = []

    class French(FakeStages):
        def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
            return replace(super().transcribe(audio, progress), language="fr")

        def redact(self, *args: Any, language: str = "", **more: Any) -> Redaction:
            asked.append(language)
            return super().redact(*args, **more)

    make_sound(study.folder / "inbox" / "a.wav")
    run(study, French())
    assert asked == ["fr"]
