"""What a worker returns is taken only when it is what was asked for; nothing it says is told in its words."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.batch.answers import pack, pack_stop, unpack
from pipeline.batch.checking import StrangeRecordError, check_record
from pipeline.batch.failures import OWN_ERRORS, SENTENCES, Failure, failure_of
from pipeline.batch.job import LEAVES, Finding, HeavyStage, Job, perform
from pipeline.batch.run import run_study
from pipeline.errors import ClusterError, ModelMissingError, SealBrokenError, TruncatedAudioError
from pipeline.records import Diarization, Transcription, Turn, Voiceprint, Word, to_json
from pipeline.study.audit_check import check_study
from pipeline.study.audit_export import as_json_lines
from pipeline.study.changing import change_settings
from pipeline.study.study import Study
from pipeline.study.vault.sealed_reader import open_bytes
from pipeline.study.vault.sealed_records import Sealed
from pipeline.study.vault.sealing import CHUNK_BYTES, EXTRA_BYTES, START, Binding, seal_bytes
from pipeline.study.vault.states import PART_OF, Artifact, Part, State
from tests.batch.fakes import SPOKEN_NAME, FakeStages
from tests.study.conftest import make_sound

WORDS = (Word(0.0, 0.3, "hello"),)
HEARD = Transcription(0.5, "en", "fake", "fake-1", WORDS)
SPOKEN = Diarization(0.5, (Turn(0.0, 0.3, "S1"),), (Voiceprint("S1", (0.5,), 0.3),), "fake-2")
RECORDS = {"transcribe": HEARD, "diarize": SPOKEN}
Lie = Callable[[Job], list[Finding]]


def left(job: Job, stage: HeavyStage, content: bytes | None = None, kind: Artifact | None = None) -> Finding:
    """A finding sealed as a worker seals it, which has the recording's two keys."""
    kind = kind or LEAVES[stage]
    data = to_json(RECORDS[stage]) if content is None else content
    key = job.keys.get(PART_OF[kind], job.keys[Part.WORDS])
    return Finding(job.recording, stage, Sealed(kind, seal_bytes(data, key, job.binding(kind))))


def honest(job: Job) -> list[Finding]:
    return [left(job, stage) for stage in job.stages]


class Liar:
    """An executor whose worker lies about the first recording and does the others, with quick stages or as told."""

    def __init__(self, lie: Lie, others: Lie = lambda job: list(perform(job, FakeStages()))):
        self.lie, self.others = lie, others

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        for job in jobs:
            yield from (self.lie if job.recording == "R0001" else self.others)(job)


def with_word(**changes: object) -> bytes:
    """A transcription with a changed word, as JSON that no honest code writes."""
    plain = to_json(HEARD).decode()
    for name, value in changes.items():
        held = f'"{name}":{getattr(WORDS[0], name)}'
        assert held in plain
        plain = plain.replace(held, f'"{name}":{value}')
    return plain.encode()


def of_heard(**changes: object) -> Lie:
    return lambda job: [left(job, "transcribe", to_json(replace(HEARD, **changes))), left(job, "diarize")]  # type: ignore[arg-type]


def of_spoken(**changes: object) -> Lie:
    return lambda job: [left(job, "transcribe"), left(job, "diarize", to_json(replace(SPOKEN, **changes)))]  # type: ignore[arg-type]


def of_bytes(content: bytes) -> Lie:
    return lambda job: [left(job, "transcribe", content), left(job, "diarize")]


LIES: dict[str, Lie] = {
    "the source itself": lambda job: [
        Finding(
            job.recording,
            "transcribe",
            Sealed(Artifact.SOURCE, seal_bytes(b"gone", job.keys[Part.AUDIO], job.binding(Artifact.SOURCE))),
        )
    ],
    "another kind": lambda job: [left(job, "transcribe", kind=Artifact.REDACTION)],
    "another stage": lambda job: [replace(left(job, "transcribe"), stage="redact")],
    "the second stage as the first": lambda job: [replace(left(job, "diarize"), stage="transcribe")],
    "another recording": lambda job: [replace(each, recording="R0002") for each in honest(job)],
    "an unknown recording": lambda job: [replace(each, recording="R9999") for each in honest(job)],
    "nothing": lambda job: [],
    "half of it": lambda job: honest(job)[:1],
    "no reason": lambda job: [Finding(job.recording, "transcribe")],
    "sealed with another key": lambda job: [
        Finding(
            job.recording,
            "transcribe",
            Sealed(Artifact.TRANSCRIPTION, seal_bytes(b"x", bytes(32), job.binding(Artifact.TRANSCRIPTION))),
        )
    ],
    "no record": of_bytes(b"no json"),
    "nested": of_bytes(b"[" * 100_000),
    "the other record": of_bytes(to_json(SPOKEN)),
    "no length": of_heard(duration=math.nan),
    "endless": of_heard(duration=math.inf),
    "negative": of_heard(duration=-1.0),
    "years": of_heard(duration=1e9),
    "empty": of_heard(duration=0.0),
    "a language in words": of_heard(language=f"spoken by {SPOKEN_NAME}"),
    "a language of three letters that is a name": of_heard(language="tim"),
    "a language and a name": of_heard(language="en_Tim"),
    "no language": of_heard(language=""),
    "a model in lines": of_heard(model="a\nb"),
    "a probability that is none": of_bytes(with_word(probability="NaN")),
    "a word without an end": of_bytes(with_word(end="Infinity")),
    "a word after the end": of_bytes(with_word(end="9999.0")),
    "too many words": of_heard(words=WORDS * 5000),
    "a word too long": of_heard(words=(Word(0.0, 0.3, "x" * 5000),)),
    "a turn after the end": of_spoken(turns=(Turn(0.0, 9999.0, "S1"),)),
    "a speaker by name": of_spoken(turns=(Turn(0.0, 0.3, SPOKEN_NAME),)),
    "a print by name": of_spoken(voiceprints=(Voiceprint(SPOKEN_NAME, (0.5,), 0.3),)),
    "a print that is none": of_spoken(voiceprints=(Voiceprint("S1", (math.nan,), 0.3),)),
    "a print without length": of_spoken(voiceprints=(Voiceprint("S1", (0.5,), math.inf),)),
    "a negative print": of_spoken(voiceprints=(Voiceprint("S1", (0.5,), -0.3),)),
    "two lengths": of_spoken(duration=200.0),
    "free text as a reason": lambda job: [
        Finding(job.recording, "decode", failure=Failure(f"spoken by {SPOKEN_NAME}"))
    ],
    "free text as a fact": lambda job: [
        Finding(
            job.recording,
            "decode",
            failure=Failure("TruncatedAudioError", {"seconds": SPOKEN_NAME, "expected": "5"}),
        )
    ],
    "free text as an error": lambda job: [
        Finding(
            job.recording, "decode", failure=Failure("internal", {"error": SPOKEN_NAME, "place": SPOKEN_NAME})
        )
    ],
    "free text as a stage": lambda job: [
        Finding(job.recording, f"spoken by {SPOKEN_NAME}", failure=Failure("memory"))
    ],
}


@pytest.mark.parametrize("name", list(LIES))
def test_a_lie_costs_its_recording_alone_and_no_sound(study: Study, name: str) -> None:
    """It is set aside with its sound whole; the other is done; the study opens, holds, and says nothing of a worker's."""
    data = make_sound(study.folder / "inbox" / "a.wav", b"first" * 2000)
    make_sound(study.folder / "inbox" / "b.wav", b"second" * 2000)
    executor = Liar(LIES[name])
    run_study(study, lambda: (executor, FakeStages()), lambda _: None, sleep=lambda _: None)
    lied, fine = study.recordings()
    assert lied.failed_stage in ("decode", "transcribe", "diarize")
    assert (fine.state, fine.failed_stage) == (State.REDACTED, None)
    assert study.open_source("R0001").read() == data
    check_study(study)
    told = as_json_lines(study, list(study.audit.entries())).decode()
    assert SPOKEN_NAME not in told + (lied.reason or "")
    study.retry("R0001")
    run_study(study, lambda: (Liar(honest), FakeStages()), lambda _: None, sleep=lambda _: None)
    assert study.recording("R0001").state in (State.REDACTED, State.ATTRIBUTED, State.TRANSCRIBED)


@pytest.mark.parametrize("stage", ["transcribe", "align"])
def test_a_language_the_study_fixed_is_the_only_one_taken(study: Study, stage: HeavyStage) -> None:
    """Where none was fixed, any that Whisper knows is; at either stage that leaves words."""
    assert check_record(stage, to_json(replace(HEARD, language="yue")), None) == HEARD.duration
    assert check_record(stage, to_json(HEARD), None, "en") == HEARD.duration
    with pytest.raises(StrangeRecordError):
        check_record(stage, to_json(HEARD), None, "de")
    change_settings(study, {"language": "de"})
    make_sound(study.folder / "inbox" / "a.wav", b"first" * 2000)
    make_sound(study.folder / "inbox" / "b.wav", b"second" * 2000)
    executor = Liar(of_heard(language="en"), of_heard(language="de"))
    run_study(study, lambda: (executor, FakeStages()), lambda _: None, sleep=lambda _: None)
    lied, fine = study.recordings()
    assert (lied.failed_stage, lied.state, fine.state) == ("transcribe", State.SEALED, State.REDACTED)


@pytest.fixture
def job() -> Job:
    keys = {Part.AUDIO: bytes(32), Part.WORDS: bytes(range(32))}
    return Job("0" * 32, "R0001", ("transcribe", "diarize"), b"", "", keys)


def test_an_honest_answer_comes_through(job: Job) -> None:
    """As it was given, whole or as far as it went."""
    found = honest(job)
    assert unpack(pack(found), job) == found
    failed = [found[0], Finding(job.recording, "diarize", failure=Failure("memory"))]
    assert unpack(pack(failed), job) == failed
    decode = [
        Finding(
            job.recording,
            "decode",
            failure=failure_of(TruncatedAudioError(file="R0001", seconds=1.5, expected=9)),
        )
    ]
    (told,) = unpack(pack(decode), job)
    assert told.failure is not None
    assert "after 1.5 s of 9 s" in told.failure.in_words("R0001")


@pytest.mark.parametrize(
    "lie",
    [
        lambda job: pack([*honest(job), left(job, "transcribe")]),
        lambda job: pack(honest(job)[:1]),
        lambda job: pack(reversed(honest(job))),
        lambda job: pack(replace(each, recording="R0002") for each in honest(job)),
        lambda job: pack([Finding(job.recording, "decode", failure=Failure("memory")), *honest(job)]),
        lambda job: pack([Finding(job.recording, "redact", failure=Failure("memory"))]),
        lambda job: pack([]),
        lambda job: pack(honest(job)) + b"x",
        lambda job: pack(honest(job))[:-1],
        lambda job: b"",
        lambda job: b"\xff\xff\xff\xff" + b"x" * 100,
        lambda job: pickle.dumps(honest(job)),
        honest,
        lambda job: None,
    ],
)  # fmt: skip
def test_what_is_no_answer_to_this_job_is_none(job: Job, lie: Callable[[Job], object]) -> None:
    """One finding, of this recording, that says so in our words."""
    (told,) = unpack(lie(job), job)
    assert (told.recording, told.stage, told.sealed) == ("R0001", "transcribe", None)
    assert told.failure is not None
    assert "not what it was asked for" in told.failure.in_words("R0001")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_bytes_make_it_stumble(job: Job, noise: bytes, at: int) -> None:
    """Whatever comes: findings of this job, or an error that stops the run."""
    whole = pack(honest(job))
    for answer in (noise, whole[:at] + noise + whole[at + len(noise) :]):
        try:
            found = unpack(answer, job)
        except (ClusterError, ModelMissingError):
            continue
        assert found
        assert {each.recording for each in found} == {"R0001"}


def test_what_stops_a_run_is_told_without_a_workers_words(job: Job) -> None:
    """A missing model by its name; what is no plain name is told by its kind alone."""
    with pytest.raises(ModelMissingError, match="whisper-base"):
        unpack(pack_stop(ModelMissingError(model="whisper-base")), job)
    with pytest.raises(ClusterError) as caught:
        unpack(pack_stop(ModelMissingError(model=f"said {SPOKEN_NAME}")), job)
    assert SPOKEN_NAME not in str(caught.value)


@given(
    st.sampled_from([*SENTENCES, *OWN_ERRORS, "internal", "?"]),
    st.dictionaries(
        st.sampled_from(["why", "seconds", "expected", "peak", "error", "place", "file"]), st.text()
    ),
)
def test_a_reason_holds_nothing_a_worker_wrote(kind: str, facts: dict[str, str]) -> None:
    """For every kind of failure and whatever facts: words of ours and numbers."""
    marked = {name: f"{SPOKEN_NAME}{value}" for name, value in facts.items()}
    said = Failure(kind, marked).in_words("R0001")
    assert SPOKEN_NAME not in said
    assert said.isprintable()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda sealed: b"no seal" + sealed, "it does not begin like a sealed file"),
        (lambda sealed: sealed[:-20], "its authentication fails"),
        (lambda sealed: sealed[: START + CHUNK_BYTES + EXTRA_BYTES], "it breaks off before its end"),
        (lambda sealed: sealed + b"more", "bytes follow its end"),
    ],
)
def test_what_is_wrong_with_a_sealed_file_is_told_by_name(damage: Callable[[bytes], bytes], why: str) -> None:
    """A worker's reason is a sentence of the vault's own, so it comes through: the two know the same ones."""
    binding = Binding("study", "R0001", "source")
    key = bytes(32)
    sealed = seal_bytes(b"x" * (2 * CHUNK_BYTES), key, binding)
    with pytest.raises(SealBrokenError) as raised:
        open_bytes(damage(sealed), key, binding)
    assert why in failure_of(raised.value).in_words("R0001")
    with pytest.raises(SealBrokenError) as raised:
        open_bytes(sealed, key, binding, digest="0" * 64)
    assert "it is not the file the ledger knows" in failure_of(raised.value).in_words("R0001")
