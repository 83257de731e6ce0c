"""A recording set aside under other settings is taken up again by the next run, once; until then it is left alone and told of."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.batch.hearing_again import hear_again
from pipeline.batch.run import RunSummary, run_study
from pipeline.cli.main import main
from pipeline.errors import LanguageUnsupportedError, ModelMissingError, StateError
from pipeline.flow import Progress
from pipeline.records import Attribution, Audio, Diarization, LabelMap, Redaction, Transcription, from_json
from pipeline.speakers.diarization.choice import DIARIZER
from pipeline.study.audit_check import check_study
from pipeline.study.settings import FILE_NAME
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact, State
from tests.batch.fakes import BROKEN, FakeStages, with_stages
from tests.conftest import SAMPLES
from tests.study.conftest import make_sound, reopen
from tests.web.house import page_on

MODEL = "de_core_news_sm"


class Foreign(FakeStages):
    """Hears Norwegian where no language was chosen, and knows English alone."""

    chosen: str | None = None

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        heard = super().transcribe(audio, progress)
        return Transcription(
            heard.duration, self.chosen or "nn", "faster-whisper", "whisper-base", heard.words
        )

    def redact(
        self,
        attribution: Attribution,
        labels: LabelMap | None = None,
        progress: Progress | None = None,
        *,
        language: str = "",
    ) -> Redaction:
        if (self.chosen or language) != "en":
            self.calls.append("redact")
            raise LanguageUnsupportedError(language=language)
        return super().redact(attribution, labels, progress, language=language)


def night(study: Study) -> tuple[RunSummary, list[str]]:
    """A run under the settings as they are: its summary, and what the engines were asked for."""
    stages = Foreign()
    stages.chosen = study.settings.language
    summary = run_study(study, with_stages(lambda: stages), lambda _: None, sleep=lambda _: None)
    return summary, [call.split()[0] for call in stages.calls]


def choose(study: Study, key_file: Path, **settings: str) -> Study:
    """study.toml with other values, as an editor leaves it, and the study opened again."""
    path = study.folder / FILE_NAME
    lines = [
        line
        for line in path.read_text().splitlines()
        if line.removeprefix("# ").split(" =")[0] not in settings
    ]
    given = [f'{name} = "{value}"' for name, value in settings.items()]
    path.write_text("\n".join([*given, *lines]) + "\n")
    return reopen(study, key_file)


def test_the_run_after_a_setting_was_put_right_takes_it_up(study: Study, key_file: Path) -> None:
    """It was heard as another language than it is: in the right one it is heard again, and not the old words kept."""
    make_sound(study.folder / "inbox" / "a.wav")
    assert night(study)[0].failed == 1
    row = study.recording("R0001")
    assert row.state is State.ATTRIBUTED
    assert "language in study.toml" in (row.reason or "")
    assert "--" not in (row.reason or "")
    study = choose(study, key_file, language="en")
    summary, calls = night(study)
    assert (summary.done, summary.failed, summary.aside) == (1, 0, 0)
    assert calls == ["decode", "transcribe", "attribute", "redact"]
    assert study.recording("R0001").state is State.REDACTED
    heard = from_json(Transcription, study.artifact("R0001", Artifact.TRANSCRIPTION))
    assert heard.language == "en"
    (taken_up,) = study.audit.events("retry")
    assert taken_up.facts() == {"stage": "redact", "why": "what it failed under is different since"}
    check_study(study)


def test_as_long_as_nothing_changed_it_is_left_alone(study: Study, key_file: Path) -> None:
    """Night after night no engine is asked; other settings are tried once, and not every night."""
    make_sound(study.folder / "inbox" / "a.wav")
    night(study)
    for _ in range(3):
        assert night(study) == (RunSummary(aside=1, seconds=pytest.approx(0, abs=60)), [])
    study = choose(study, key_file, policy="gdpr")
    summary, calls = night(study)
    assert (summary.failed, summary.aside, calls) == (1, 0, ["redact"])
    assert night(study)[1] == []


@pytest.mark.parametrize("setting", [{"name": "Another"}, {"reviewers": "2"}, {"model": "whisper-small"}])
def test_a_setting_the_stage_does_not_depend_on_changes_nothing(
    study: Study, key_file: Path, setting: dict[str, str]
) -> None:
    """De-identification was at fault: neither the study's name nor the recogniser's model mends it."""
    make_sound(study.folder / "inbox" / "a.wav")
    night(study)
    path = study.folder / FILE_NAME
    name, value = next(iter(setting.items()))
    text = path.read_text()
    before = next(line for line in text.splitlines() if line.startswith(f"{name} ="))
    path.write_text(text.replace(before, f"{name} = {value if value.isdigit() else json.dumps(value)}"))
    study = reopen(study, key_file)
    assert night(study)[1] == []


def test_another_diarizer_takes_up_what_the_first_one_failed_at(study: Study, key_file: Path) -> None:
    """Its words, which were heard, are kept."""

    class TooLarge(FakeStages):
        def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
            if study.settings.diarizer == DIARIZER:
                raise MemoryError
            return super().diarize(audio, progress)

    make_sound(study.folder / "inbox" / "a.wav")
    stages = TooLarge()
    run_study(study, with_stages(lambda: stages), lambda _: None, sleep=lambda _: None)
    assert study.recording("R0001").failed_stage == "diarize"
    assert run_study(study, with_stages(lambda: stages), lambda _: None, sleep=lambda _: None).aside == 1
    study = choose(study, key_file, diarizer="segmentation-3.0+eres2netv2-zh")
    stages.calls.clear()
    assert run_study(study, with_stages(lambda: stages), lambda _: None, sleep=lambda _: None).done == 1
    assert [call.split()[0] for call in stages.calls] == ["decode", "diarize", "attribute", "redact"]


def test_a_file_that_is_no_sound_waits_for_a_person(study: Study, key_file: Path) -> None:
    """No setting makes sound of it."""
    make_sound(study.folder / "inbox" / "bad.wav", BROKEN)
    night(study)
    study = choose(study, key_file, language="en", policy="gdpr", model="whisper-small")
    assert night(study)[1] == []


def test_a_policy_that_was_put_right_counts_as_another_setting(study: Study, key_file: Path) -> None:
    """Its name in study.toml stays: what it says is another."""
    ours = study.folder / "ours.toml"
    ours.write_text("# first")
    make_sound(study.folder / "inbox" / "a.wav")
    study = choose(study, key_file, policy="ours.toml")
    night(study)
    assert night(study)[1] == []
    ours.write_text("# second")
    assert night(study)[1] == ["redact"]


def test_a_model_missing_for_a_language_that_was_heard_costs_its_recording_alone(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go on; once it is installed the next run takes the recording up."""
    there: set[str] = set()
    monkeypatch.setattr("pipeline.models.store.installed", lambda name: name in there)

    class German(FakeStages):
        def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
            heard = super().transcribe(audio, progress)
            language = "de" if heard.words[0].text == first else "en"
            return Transcription(heard.duration, language, "faster-whisper", "whisper-base", heard.words)

        def redact(self, *args: Any, language: str = "", **more: Any) -> Redaction:
            if language == "de" and MODEL not in there:
                raise ModelMissingError(model=MODEL)
            return super().redact(*args, language=language, **more)

    for name in ("a", "b"):
        make_sound(study.folder / "inbox" / f"{name}.wav")
    probe = FakeStages()
    with (study.folder / "inbox" / "a.wav").open("rb") as sound:
        first = probe.transcribe(probe.decode(sound, name="")).words[0].text

    def night() -> RunSummary:
        return run_study(study, with_stages(German), lambda _: None, sleep=lambda _: None)

    assert (night().done, study.recording("R0002").state) == (1, State.REDACTED)
    assert MODEL in (study.recording("R0001").reason or "")
    assert night().aside == 1
    there.add(MODEL)
    assert night().done == 1
    assert study.recording("R0001").state is State.REDACTED


def test_what_an_older_program_set_aside_waits_for_retry(study: Study, key_file: Path) -> None:
    """It left no mark of the settings."""
    make_sound(study.folder / "inbox" / "a.wav")
    night(study)
    with study.ledger.transaction():
        study.ledger.query("DELETE FROM marks WHERE name LIKE 'set aside%'")
    study = choose(study, key_file, language="en")
    assert night(study)[1] == []
    study.retry("R0001")
    assert night(study)[0].done == 1


def test_the_page_offers_to_work_on_it(study: Study, key_file: Path) -> None:
    """Its card says so, among what goes on by itself; with the same settings it waits for a person."""
    make_sound(study.folder / "inbox" / "a.wav")
    night(study)
    week = page_on(study).send("GET", "/api/week").json()
    assert (week["next"]["kind"], week["cards"][0]["again"], week["cards"][0]["group"]) == (
        "failed",
        False,
        "you",
    )
    study = choose(study, key_file, language="en")
    week = page_on(study).send("GET", "/api/week").json()
    assert (week["next"]["kind"], week["cards"][0]["again"], week["cards"][0]["group"]) == (
        "run",
        True,
        "machine",
    )


def test_a_recording_heard_wrongly_is_heard_again_when_somebody_asks(
    study: Study, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through `retry`, as the run's own note says; killed before it is heard, it still waits; asked once, heard once."""
    monkeypatch.setenv("SESSION_DEID_STUDY", str(study.folder))
    make_sound(study.folder / "inbox" / "a.wav")
    monkeypatch.setattr(Foreign, "redact", FakeStages.redact)
    assert night(study)[0].done == 1
    study = choose(study, key_file, language="en")
    assert night(study)[1] == []
    told = CliRunner().invoke(main, ["retry", "R0001", "--key-file", str(key_file)])
    assert "R0001   a: will be heard again" in told.output, (told.output, told.exception)
    summary, calls = night(study)
    assert (summary.done, calls) == (1, ["decode", "transcribe", "attribute", "redact"])
    heard = from_json(Transcription, study.artifact("R0001", Artifact.TRANSCRIPTION))
    assert (heard.language, study.recording("R0001").state) == ("en", State.REDACTED)
    assert night(study)[1] == []
    check_study(study)


def test_what_somebody_decided_on_is_not_heard_again(study: Study) -> None:
    """Their work would be lost; the message says where it stands."""
    make_sound(study.folder / "inbox" / "a.wav")
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    study.move("R0001", State.IN_REVIEW)
    with pytest.raises(StateError, match="in review, so it cannot be heard again"):
        hear_again(study, "R0001")


def test_an_impossible_language_stops_a_run_before_anything_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the command: nothing is set aside, the message names the setting, and the run goes on once it is right."""
    folder, runner = tmp_path / "study", CliRunner()
    assert runner.invoke(main, ["init", str(folder), "--key-file", str(tmp_path / "k")]).exit_code == 0
    monkeypatch.setenv("SESSION_DEID_STUDY", str(folder))
    path = folder / FILE_NAME
    text = path.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0")
    path.write_text('language = "xx"\n' + text.replace("# language =", ""))
    (folder / "inbox" / "week1.m4a").write_bytes((SAMPLES / "session-s3.m4a").read_bytes())
    ended = runner.invoke(main, ["run"])
    assert isinstance(ended.exception, LanguageUnsupportedError)
    assert "the language xx" in str(ended.exception)
    assert "language in study.toml" in str(ended.exception)
    row = json.loads(runner.invoke(main, ["status", "--json"]).output)
    assert (row["state"], row["reason"]) == ("sealed", None)


def test_run_says_what_earlier_runs_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with 0, as nothing new failed, and names the commands; `--json` counts them."""
    folder, runner = tmp_path / "study", CliRunner()
    runner.invoke(main, ["init", str(folder), "--key-file", str(tmp_path / "k")])
    monkeypatch.setenv("SESSION_DEID_STUDY", str(folder))
    monkeypatch.setattr(
        "pipeline.batch.executor.executor_for", lambda *_args, **_more: with_stages(FakeStages)()
    )
    for name in ("bad", "worse"):
        make_sound(folder / "inbox" / f"{name}.wav", BROKEN + os.urandom(9))
        os.utime(folder / "inbox" / f"{name}.wav", (1, 1))
    path = folder / FILE_NAME
    path.write_text(path.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0"))
    assert "2 failed" in runner.invoke(main, ["run"]).output
    again = runner.invoke(main, ["run"])
    assert again.exit_code == 0
    assert again.output == (
        "Nothing to do. There are 2 recordings set aside by an earlier run: session-deid status says why, "
        "session-deid retry --all takes them up again.\n"
    )
    told = json.loads(runner.invoke(main, ["run", "--json"]).output)["summary"]
    assert (told["failed"], told["aside"]) == (0, 2)
