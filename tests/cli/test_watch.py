"""`status --watch` shows counts, the run under way and failures, and never a name from the roster."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.batch import under_way
from pipeline.batch.run import run_study
from pipeline.cli.main import main
from pipeline.cli.watch import watch_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from tests.batch.fakes import BROKEN, SPOKEN_NAME, FakeStages, with_stages
from tests.study.conftest import CHEAP, make_sound


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as made:
        yield made


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ends_after(rounds: int, between: Callable[[], None] = lambda: None) -> Callable[[float], None]:
    """Sleeps not at all, does something in between, and is interrupted by Ctrl-C after some rounds."""
    left = iter(range(rounds))

    def sleep(_: float) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        between()

    return sleep


def process(study: Study) -> None:
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)


def test_elsewhere_than_on_a_terminal_a_line_comes_when_something_changed(
    study: Study, tmp_path: Path
) -> None:
    """Three looks, one change made by another process's connection: two lines."""
    make_sound(study.folder / "inbox" / "a.wav")
    make_sound(study.folder / "inbox" / "b.wav", BROKEN)
    out = io.StringIO()
    with Study.open(study.folder, KeyFile(tmp_path / "study.key")) as other:
        watch_study(study, out, ends_after(3, lambda: process(other)))
    assert out.getvalue().splitlines() == ["no recordings yet", "1 sealed, 1 redacted; 1 failed"]


def test_a_terminal_shows_counts_and_reasons_without_names(study: Study) -> None:
    """Failures with their reasons; a file called after a participant is shown by its id."""
    study.roster.add(SPOKEN_NAME, ())
    make_sound(study.folder / "inbox" / "a.wav")
    make_sound(study.folder / "inbox" / f"{SPOKEN_NAME}.wav", BROKEN)
    process(study)
    out = Terminal()
    watch_study(study, out, ends_after(1))
    shown = out.getvalue()
    assert "redacted" in shown
    assert "failed (decode)" in shown
    assert "No run is going on" in shown
    assert SPOKEN_NAME not in shown


def test_the_run_under_way_is_shown_while_it_lives(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many of how many; one whose process is gone is none."""
    for name in "abc":
        make_sound(study.folder / "inbox" / f"{name}.wav", name.encode() * 1000)
    seen: list[str] = []

    class Looking(FakeStages):
        def transcribe(self, audio, progress=None):  # type: ignore[no-untyped-def]
            out = io.StringIO()
            watch_study(study, out, ends_after(0))
            seen.append(out.getvalue().strip())
            return super().transcribe(audio, progress)

    run_study(study, with_stages(Looking), lambda _: None, sleep=lambda _: None)
    assert [line.partition("; ")[2] for line in seen] == [f"a run is at {done} of 3" for done in range(3)]
    assert under_way.under_way(study) is None
    under_way.Note(study.folder).begin(3)
    assert under_way.under_way(study) is not None
    monkeypatch.setattr(os, "getpid", lambda: 2**22 + 1)  # beyond the highest number of a process
    under_way.Note(study.folder).begin(3)
    assert under_way.under_way(study) is None


def test_watch_is_for_the_whole_study(study: Study) -> None:
    """With recordings or --json it is a wrong command line."""
    result = CliRunner().invoke(main, ["status", "--watch", "--json", "--study", str(study.folder)])
    assert result.exit_code == 2


def test_the_stage_and_how_far_it_is_show_meanwhile(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a recording is transcribed `status` names the stage and its share, for people and for programs."""
    from pipeline.batch.job import InProcess

    make_sound(study.folder / "inbox" / "a.wav", b"a" * 1000)
    note, seen = under_way.Note(study.folder), []

    def status(*more: str) -> str:
        asked = ["status", "--study", str(study.folder), "--key-file", str(tmp_path / "study.key"), *more]
        return CliRunner().invoke(main, asked, catch_exceptions=False).output

    class Looking(FakeStages):
        def transcribe(self, audio, progress=None):  # type: ignore[no-untyped-def]
            done = super().transcribe(audio, progress)
            run = under_way.under_way(study)
            assert run is not None
            seen.extend([run.recording, run.stage, status(), status("--json")])
            return done

    def make():  # type: ignore[no-untyped-def]
        stages = Looking()
        return InProcess(stages, note.beside(None), note.recording), stages

    monkeypatch.setattr(under_way, "WRITE_EVERY_S", 0.0)
    run_study(study, make, lambda _: None, note=note, sleep=lambda _: None)
    assert seen[:2] == ["R0001", "transcribing"]
    assert "(transcribing 50%)" in seen[2]
    assert (json.loads(seen[3])["stage"], json.loads(seen[3])["share"]) == ("transcribing", 0.5)
    last = under_way.last_run(study.folder)
    assert last is not None
    assert (last.done, last.process, last.code) == (1, 0, 0)


def test_a_run_that_was_stopped_says_so(study: Study) -> None:
    """Whoever looks afterwards is told why nothing goes on."""

    class Stopped(FakeStages):
        def transcribe(self, audio, progress=None):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    make_sound(study.folder / "inbox" / "a.wav", b"a" * 1000)
    with pytest.raises(KeyboardInterrupt):
        run_study(study, with_stages(Stopped), lambda _: None, sleep=lambda _: None)
    last = under_way.last_run(study.folder)
    assert last is not None
    assert (last.process, last.code) == (0, 130)
    (study.folder / "locks" / "run.json").write_text("[" * 100)
    assert under_way.last_run(study.folder) is None
