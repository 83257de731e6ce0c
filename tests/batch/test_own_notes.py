"""What a worker notes of a recording reaches the output, the log and the report in our own words alone."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio.quality import Quality, check
from pipeline.audio.tracks import _Losses
from pipeline.batch.job import Finding, Job, perform
from pipeline.batch.own_names import ANOTHER_ENGINE, ANOTHER_MODEL, named_by_us, voices_named_by_us
from pipeline.batch.own_notes import FORMS, LEFT_OUT, MOST_NOTES, own_notes
from pipeline.batch.reporting import append_log
from pipeline.batch.run import run_study
from pipeline.batch.run_line import RunLine
from pipeline.records import Audio, Diarization, Transcription, Word, from_json
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact
from pipeline.transcribe.alignment import _notes
from pipeline.transcribe.doubts import doubts
from pipeline.transcribe.loading import ENGINES
from pipeline.verify.versions import MADE_ELSEWHERE
from tests.batch.fakes import SPOKEN_NAME, FakeStages
from tests.study.conftest import make_sound
from tests.web.house import verify


class Talkative(FakeStages):
    """Notes what was said, beside a note of ours."""

    def transcribe(self, audio: Audio, progress: object = None) -> Transcription:
        return replace(super().transcribe(audio), notes=NOTED)


OURS = "the recording is faint: move the recorder closer or turn its input level up"
NOTED = (
    OURS,
    f"{SPOKEN_NAME} lives in Oakfield",
    f"{OURS} {SPOKEN_NAME}",
    f"it has 2 tracks, sound in {SPOKEN_NAME} of them",
    "it was heard as the language 'tim', not 'en': where that is wrong, give --language (study.toml: language)",
)


class Elsewhere:
    """A worker that does the jobs with stages of its own."""

    def __init__(self, stages: FakeStages) -> None:
        self.stages = stages

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        for job in jobs:
            yield from perform(job, self.stages)


def test_a_worker_that_lies_in_its_notes_says_nothing(study: Study, tmp_path: Path) -> None:
    """Not in the run's lines, not in the log, not in what is sealed, not in the redaction report; the rest is kept."""
    make_sound(study.folder / "inbox" / "week one.wav", 2000)
    told: list[RunLine] = []
    log = tmp_path / "log.jsonl"

    def tell(line: object) -> None:
        append_log(log, line)  # type: ignore[arg-type]
        if isinstance(line, RunLine):
            told.append(line)

    run_study(study, lambda: (Elsewhere(Talkative()), FakeStages()), tell, sleep=lambda _: None)
    assert [line.notes for line in told] == [(OURS, LEFT_OUT)]
    assert SPOKEN_NAME not in log.read_text(encoding="utf-8")
    assert json.loads(log.read_text(encoding="utf-8").splitlines()[-1])["notes"] == [OURS, LEFT_OUT]
    kept = from_json(Transcription, study.artifact("R0001", Artifact.TRANSCRIPTION))
    assert kept.notes == (OURS, LEFT_OUT)
    assert any(SPOKEN_NAME in word.text for word in kept.words)  # its words are what it was asked for
    store = StudyReviewStore(study, lambda *_: None)  # type: ignore[arg-type, return-value]
    assert SPOKEN_NAME not in repr(store.load("R0001").redaction.utterances)


class Namer(FakeStages):
    """Says what was said where the engine and the models are named."""

    def transcribe(self, audio: Audio, progress: object = None) -> Transcription:
        return replace(super().transcribe(audio), engine=SPOKEN_NAME, model=f"whisper-base {SPOKEN_NAME}")

    def diarize(self, audio: Audio, progress: object = None) -> Diarization:
        return replace(super().diarize(audio), model=f"segmentation-3.0+{SPOKEN_NAME}")


def test_a_worker_that_lies_in_its_names_says_nothing(study: Study) -> None:
    """What it worked with is called by a name of ours, or another's: in what is kept, the report, exports, certificate."""
    from pipeline.erase.destroy import destroy
    from pipeline.study.exporting import documents

    make_sound(study.folder / "inbox" / "week one.wav", 2000)
    run_study(study, lambda: (Elsewhere(Namer()), FakeStages()), lambda _: None, sleep=lambda _: None)
    heard = from_json(Transcription, study.artifact("R0001", Artifact.TRANSCRIPTION))
    assert (heard.engine, heard.model) == (ANOTHER_ENGINE, ANOTHER_MODEL)
    assert from_json(Diarization, study.artifact("R0001", Artifact.DIARIZATION)).model == ANOTHER_MODEL
    verify(study, "R0001")
    assert SPOKEN_NAME not in study.artifact("R0001", Artifact.REPORT).decode()
    assert [document.models for document in documents(study)] == [
        (("transcriber", "another engine another model"), ("speakers", "another model"))
    ]
    told = destroy(study, "R0001", by="tester").certificate.read_text()
    assert "another engine another model" in told
    assert SPOKEN_NAME not in told


def test_names_of_our_own_engines_pass() -> None:
    """Each engine with each model of the manifest, also where it gave a transcript its times; the diarizer's own name."""
    from pipeline.speakers.diarization.choice import diarizers
    from pipeline.transcribe.choosing import MODELS

    for engine in (*ENGINES, *(f"{MADE_ELSEWHERE} + {each}" for each in ENGINES)):
        for model in MODELS:
            heard = Transcription(1.0, "en", engine, model, ())
            assert named_by_us(heard) is heard
    for pair in diarizers():
        spoken = Diarization(1.0, (), model=pair)
        assert voices_named_by_us(spoken) is spoken


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_of_anybody_passes(engine: str, model: str) -> None:
    after = named_by_us(Transcription(1.0, "en", engine, model, ()))
    assert after.engine in (*ENGINES, ANOTHER_ENGINE)
    assert after.model in (ANOTHER_MODEL, "whisper-base")
    assert voices_named_by_us(Diarization(1.0, (), model=model)).model == ANOTHER_MODEL


@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_text_of_anybody_passes(notes: list[str]) -> None:
    """Whatever is noted, only what is ours comes out."""
    out = own_notes(notes)
    assert all(note == LEFT_OUT or any(form.fullmatch(note) for form in FORMS) for note in out)
    assert (LEFT_OUT in out) == any(note not in out for note in notes)


def test_a_flood_of_notes_is_cut() -> None:
    """A worker cannot fill a report."""
    assert len(own_notes([OURS] * 100_000)) == MOST_NOTES + 1


@pytest.mark.parametrize("mine", range(8))
def test_what_our_own_stages_note_passes(mine: int) -> None:
    """Each room's notes, made by that room."""
    loud = Audio(
        np.ones(16_000 * 30, dtype=np.float32) * np.sign(np.sin(np.arange(16_000 * 30))).astype(np.float32)
    )
    few = Transcription(30.0, "mi", "e", "m", (Word(0.0, 1.0, "one"),))
    words = [Word(0.0, 1.0, "one"), Word(1.0, 2.0, "two")]
    spoken = [Word(float(n), n + 0.9, f"w{n}") for n in range(3700, 3760)]
    made = [
        Quality(0.0, -60.0, 0.5, 0.0).warnings,
        check(loud, name="x").warnings,
        tuple(_Losses(10, 2, [(1.5, 3.25), (100.0, 12.0)]).notes),
        doubts(loud, few, chosen=None),
        tuple(_notes(words, words, {0: 0})),
        tuple(_notes([], spoken, {})),
        ("it has 3 tracks, 2 of them heard together", "it has 2 tracks, sound in 1 of them", "track 2 of 3 cannot be heard (NotAudioError)"),
        ("only channel 2, 3 was taken: the others are noise or cancel it", "its header says 1,024 bytes of sound, there are 72,000: all of them were read"),
    ]  # fmt: skip
    assert made[mine]
    assert own_notes(made[mine]) == tuple(made[mine])


def test_every_note_of_the_rooms_has_a_form() -> None:
    """A room that learns to note something else must say its form here, or it would be left out."""
    told = {
        "pipeline/audio/quality.py": 2,
        "pipeline/audio/tracks.py": 4,
        "pipeline/audio/understated.py": 1,
        "pipeline/transcribe/doubts.py": 2,
        "pipeline/transcribe/alignment.py": 2,
    }
    assert sum(told.values()) == len(FORMS)


def test_notes_of_the_transcript_a_recording_came_with_are_known() -> None:
    """As whoever keeps them reads it, and no other."""
    assert own_notes(["left out: 3 comments", "left out: 3 Quillfeathers"], ["left out: 3 comments"]) == (
        "left out: 3 comments",
        LEFT_OUT,
    )
