"""A fault of ours costs its own file alone, in every command that takes several, and no word of it is told."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner

from pipeline import oneshot
from pipeline.batch.job import Finding
from pipeline.batch.processes import Processes
from pipeline.batch.run import run_study
from pipeline.batch.run_line import RunLine
from pipeline.bugs import error_of, place_of
from pipeline.cli.main import report_bug
from pipeline.errors import (
    DiskFullError,
    FileRefusedError,
    InternalError,
    LanguageUnsupportedError,
    OutOfMemoryError,
    RecognizersError,
    SettingsError,
)
from pipeline.flow import Choices, Engines
from pipeline.oneshot import OneShot, Outcome
from pipeline.records import Attribution, Redaction, from_json, to_json
from pipeline.speakers.codes import KnownVoices
from pipeline.speakers.participants import rename
from pipeline.study.intake import importing as intake
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from tests.batch.fakes import FakeStages, with_stages
from tests.study.conftest import CHEAP, make_sound
from tests.whole.pretend import PretendStages, Talk

SECRET = "Quillfeather"  # stands in the messages of errors, which must never be shown
TALKS = {name: Talk(("the", "bus", "was", "late")) for name in ("a", "b", "c")}
PLACE = re.compile(r"pipeline(\.\w+)+:\d+")


@pytest.fixture(scope="module")
def engines() -> Engines:
    """The de-identifier, loaded once."""
    return Engines(Choices())


def process(out: Path, engines: Engines, kind: type[PretendStages] = PretendStages) -> list[Outcome]:
    """Three recordings in one call."""
    work = OneShot(kind(engines, None, TALKS), out)
    return list(work.process([Path(f"{n}.wav") for n in TALKS], lambda _: lambda _: None))


def fail(*_: object, **__: object) -> NoReturn:
    raise ValueError(SECRET)


def second_only(stage: str) -> type[PretendStages]:
    """Stages of which one breaks on the second recording."""

    class Breaking(PretendStages):
        pass

    good = getattr(PretendStages, stage)

    def run(self: PretendStages, *args: Any, **kwargs: Any) -> Any:
        result = good(self, *args, **kwargs)
        if self.heard[-1] == "b.wav":
            fail()
        return result

    setattr(Breaking, stage, run)
    return Breaking


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("decode", "reading its sound"),
        ("diarize", "transcribing and finding speakers"),
        ("attribute", "finding who said what"),
        ("redact", "de-identifying"),
    ],
)
def test_of_several_recordings_the_broken_one_alone_fails(
    tmp_path: Path, engines: Engines, stage: str, said: str
) -> None:
    """Whatever stage breaks: the one before and the one after are done; stage and place are told, no words."""
    good, bad, after = process(tmp_path, engines, second_only(stage))
    assert (good.error, after.error) == (None, None)
    assert isinstance(bad.error, InternalError)
    assert said in str(bad.error)
    assert PLACE.search(str(bad.error))
    assert SECRET not in str(bad.error)
    assert {p.name.split(".")[0] for p in tmp_path.iterdir()} == {"a", "c"}


def test_what_breaks_while_results_are_written_costs_its_recording_alone(
    tmp_path: Path, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report's own faults, and the disk's."""
    true, faults = (
        oneshot.write_atomically,
        iter([ValueError(SECRET), OSError(errno.ENOSPC, "No space left")]),
    )

    def write(path: Path, data: bytes) -> None:
        if path.name in ("a.report.html", "b.report.html"):
            raise next(faults)
        true(path, data)

    monkeypatch.setattr(oneshot, "write_atomically", write)
    errors = [outcome.error for outcome in process(tmp_path, engines)]
    assert [type(e) for e in errors] == [InternalError, DiskFullError, type(None)]
    assert "writing its transcript" in str(errors[0])


def test_what_breaks_afterwards_is_told_of_its_recording(
    tmp_path: Path, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes that later recordings teach are given at the end; the other recordings get theirs."""
    from pipeline.speakers import codes

    true, seen = codes.relabel, []

    def relabel(attribution: Attribution, known: KnownVoices, recording: str) -> Attribution:
        seen.append(recording)
        if recording == "a":
            fail()
        return true(attribution, known, recording)

    monkeypatch.setattr(codes, "relabel", relabel)
    outcomes = process(tmp_path, engines)
    assert [(o.file, o.error is None) for o in outcomes] == [
        ("a.wav", True),
        ("b.wav", True),
        ("c.wav", True),
        ("a.wav", False),
    ]
    assert seen == ["a", "b", "c"]


def test_the_command_goes_on_and_ends_with_some_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`deidentify` with a broken file between good ones: exit code 60; alone: that of an internal error."""
    from pipeline import flow
    from pipeline.cli.deidentify import deidentify

    monkeypatch.setattr(flow, "Stages", lambda engines, roster: second_only("hear")(engines, roster, TALKS))
    everything = ["a.wav", "b.wav", "c.wav", "--out", str(tmp_path)]
    result = CliRunner().invoke(deidentify, everything)
    assert getattr(result.exception, "exit_code", None) == 60
    assert "a.txt" in result.stdout
    assert "c.txt" in result.stdout
    assert "b.wav: an internal error (ValueError) while transcribing" in result.stderr
    assert SECRET not in result.output
    assert CliRunner().invoke(deidentify, ["b.wav", "--out", str(tmp_path)]).exit_code == 70


def test_of_several_with_one_bad_the_code_says_that_others_are_done(tmp_path: Path) -> None:
    """Two that fail for one reason among three are some failed, not that reason."""
    from pipeline.cli.deidentify import deidentify

    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("no sound")
    again = str(tmp_path / "empty.wav")
    both = CliRunner().invoke(deidentify, [again, again, "--out", str(tmp_path / "out")])
    assert both.exit_code == 12
    mixed = CliRunner().invoke(
        deidentify, [again, str(tmp_path / "text.wav"), "--out", str(tmp_path / "out")]
    )
    assert getattr(mixed.exception, "exit_code", None) == 60


# --- a study --------------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(
        "pipeline.study.intake.importing.refuse_unusable", lambda _: None
    )  # any bytes are sound
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as made:
        for number, name in enumerate("abc"):
            make_sound(made.folder / "inbox" / f"{name}.wav", bytes([number]) * 5000)
        yield made


def run(study: Study, stages: FakeStages) -> None:
    run_study(study, with_stages(lambda: stages), lambda _: None, sleep=lambda _: None)


def standing(study: Study) -> list[tuple[State, str | None]]:
    return [(row.state, row.failed_stage) for row in study.recordings()]


@pytest.mark.parametrize(
    ("stage", "kept"),
    [
        ("decode", State.SEALED),
        ("transcribe", State.SEALED),
        ("diarize", State.TRANSCRIBED),
        ("attribute", State.TRANSCRIBED),
        ("redact", State.ATTRIBUTED),
    ],
)
def test_a_studys_recording_is_set_aside_and_taken_up_again(study: Study, stage: str, kept: State) -> None:
    """The others are done; the reason names the place and no word; `retry` then brings it to its end."""
    stages = FakeStages()
    good, calls = getattr(stages, stage), []

    def once(*args: Any, **kwargs: Any) -> Any:
        calls.append(stage)
        return fail() if len(calls) == 2 else good(*args, **kwargs)

    setattr(stages, stage, once)
    run(study, stages)
    assert standing(study) == [(State.REDACTED, None), (kept, stage), (State.REDACTED, None)]
    reason = study.recording("R0002").reason or ""
    assert PLACE.search(reason)
    assert SECRET not in reason
    study.retry("R0002")
    run(study, FakeStages())
    assert standing(study) == [(State.REDACTED, None)] * 3


def test_a_fault_while_earlier_recordings_follow_costs_one_and_can_be_retried(study: Study) -> None:
    """Codes learnt later are given to recordings that nobody reviews yet."""
    run(study, FakeStages())
    study.voices.write(to_json(rename(from_json(KnownVoices, study.voices.read() or b""), "P01", "P07")))

    class Breaking(FakeStages):
        def relabel(self, recording: str, attribution: Attribution, known: KnownVoices) -> Attribution:
            if recording == "R0001":
                fail()
            return super().relabel(recording, attribution, known)

    run(study, Breaking())
    assert standing(study) == [(State.REDACTED, "attribute"), (State.REDACTED, None), (State.REDACTED, None)]
    study.retry("R0001")
    stages = FakeStages()
    run(study, stages)
    assert standing(study) == [(State.REDACTED, None)] * 3
    assert stages.calls == ["redact"]


@pytest.mark.parametrize(
    "error", [LanguageUnsupportedError(language="xx"), RecognizersError(file="xx.yaml", why="it is wrong")]
)
def test_a_language_nobody_reads_costs_its_recording_alone(study: Study, error: SettingsError) -> None:
    """One recording in a language without a model, or with recognizers that are wrong, does not keep the others from
    being done."""

    class Foreign(FakeStages):
        def redact(self, *args: Any, **more: Any) -> Redaction:
            if self.calls.count("redact") == 1:
                self.calls.append("redact")
                raise error
            return super().redact(*args, **more)

    run(study, Foreign())
    assert [stage for _, stage in standing(study)] == [None, "redact", None]


@dataclass(frozen=True)
class NoRecipe:
    """A recipe whose stages cannot even be made."""

    def __call__(self) -> NoReturn:
        fail()


def test_a_worker_that_cannot_begin_costs_its_recordings_and_not_the_run(study: Study) -> None:
    """What strikes outside of a stage is set aside with its place, too."""
    lines: list[RunLine] = []
    run_study(
        study,
        lambda: (Processes(NoRecipe(), 2), FakeStages()),
        lambda line: lines.append(line) if isinstance(line, RunLine) else None,
        sleep=lambda _: None,
    )
    assert len(lines) == 3
    assert all("internal error (ValueError)" in line.reason and SECRET not in line.reason for line in lines)


def test_a_fault_of_ours_while_a_finding_is_kept_is_told_of_its_recording(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes back may be honest, and our own handling of it stumble: it costs one recording, with its reason."""
    monkeypatch.setattr("pipeline.batch.own_words.own_notes", fail)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    rows = list(study.recordings())
    assert [row.failed_stage for row in rows] == ["transcribe"] * 3
    assert all("internal error (ValueError)" in (row.reason or "") for row in rows)
    assert not any(SECRET in (row.reason or "") for row in rows)


def test_what_a_worker_sends_damaged_costs_its_recording_alone(study: Study) -> None:
    """The coordinator checks what comes back; findings after a bad one are left."""

    class Garbling:
        """Flips a byte of the second recording's first finding."""

        def perform(self, jobs: Any) -> Any:
            from dataclasses import replace

            from pipeline.batch.job import perform

            for job in jobs:
                for finding in perform(job, FakeStages()):
                    yield replace(finding, sealed=_garbled(finding)) if job.recording == "R0002" else finding

    def _garbled(finding: Finding) -> Any:
        from dataclasses import replace

        assert finding.sealed is not None
        data = finding.sealed.data
        return replace(finding.sealed, data=data[:-1] + bytes([data[-1] ^ 1]))

    run_study(study, lambda: (Garbling(), FakeStages()), lambda _: None, sleep=lambda _: None)
    assert standing(study) == [(State.REDACTED, None), (State.SEALED, "transcribe"), (State.REDACTED, None)]


def test_a_fault_of_an_import_costs_its_file_alone(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stays where it is."""
    true = intake.digest_of
    monkeypatch.setattr(intake, "digest_of", lambda path: fail() if path.name == "b.wav" else true(path))
    taken = {
        t.file.name: t for t in intake.import_files(study, [study.folder / "inbox"], sleep=lambda _: None)
    }
    assert [taken[f"{n}.wav"].outcome for n in "abc"] == ["sealed", "failed", "sealed"]
    assert PLACE.search(taken["b.wav"].why)
    assert SECRET not in taken["b.wav"].why
    assert [p.name for p in (study.folder / "inbox").iterdir()] == ["b.wav"]


# --- what is said ---------------------------------------------------------------------------------


def test_what_is_told_of_an_error_nobody_foresaw() -> None:
    """The system's errors by their name, memory by its own, anything else by kind and place."""
    assert isinstance(error_of(MemoryError(), file="a", stage="x"), OutOfMemoryError)
    full = error_of(OSError(errno.ENOSPC, "No space left on device", SECRET), file="a", stage="x")
    assert isinstance(full, DiskFullError)
    assert SECRET not in str(full)
    assert isinstance(error_of(PermissionError(errno.EACCES, "no"), file="a", stage="x"), FileRefusedError)
    odd = error_of(OSError(SECRET), file="a", stage="x")
    assert isinstance(odd, InternalError)
    assert SECRET not in str(odd)


def test_the_place_is_ours_even_where_a_library_struck(capsys: pytest.CaptureFixture[str]) -> None:
    """The innermost line of the package, not of a library below it."""
    from pipeline.records import Word

    with pytest.raises(ValueError) as caught:
        from_json(Word, b"{")
    assert place_of(caught.value).startswith("pipeline.records:")
    report_bug(caught.value)
    assert "at pipeline.records:" in capsys.readouterr().err


def test_a_place_that_is_not_ours_is_unknown() -> None:
    """Where no line of ours was passed, that is said."""
    with pytest.raises(ValueError) as caught:
        fail()
    assert place_of(caught.value) == "an unknown place"
