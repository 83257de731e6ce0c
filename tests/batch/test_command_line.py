"""`session-deid run` as a process: several workers, Ctrl-C, kill -9, the log and the metrics it leaves."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from pipeline.batch.begun import forget_begun
from pipeline.batch.reporting import append_log
from pipeline.errors import FileUnreadableError
from pipeline.study.audit_check import check_study
from pipeline.study.intake.gathering import Taken
from pipeline.study.vault.states import State
from tests.batch.fakes import BROKEN, SPOKEN_NAME
from tests.batch.program import WAIT_S, Program, strike, workers_of

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
EXIT_INTERRUPTED, EXIT_SOME_FAILED = 130, 60
METRIC_LINE = re.compile(
    r"(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+=\"[a-z ]+\"\})? [0-9.eE+-]+)"
)  # of the text format, what we use


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program.make(tmp_path / "computer")


def check_whole(program: Program, recordings: int) -> None:
    with program.open() as study:
        assert [row.state for row in study.recordings()] == [State.REDACTED] * recordings
        assert study.sweep() == 0
        check_study(study)


def test_workers_log_and_metrics(program: Program) -> None:
    """Two workers; the log is JSON lines with ids and no file name, the metrics are Prometheus text."""
    for number in range(3):
        program.put(number)
    program.put(9, BROKEN)
    log, metrics = program.folder / "log.jsonl", program.folder / "session.prom"
    options = ("--workers", 2, "--log", log, "--metrics", metrics)
    said = program.call("run", *options, status=EXIT_SOME_FAILED)
    assert "4 taken in, 3 done, 1 failed" in said
    assert "times real time" in said
    program.call("run", *options)

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines].count("recording") == 4
    assert [line["event"] for line in lines].count("run") == 2
    assert all(line["at"].endswith("+00:00") for line in lines)
    (failed,) = [line for line in lines if line.get("failed_stage")]
    assert failed["recording"] == "R0004"
    assert "no sound" in failed["reason"]
    assert "week-" not in log.read_text()

    shown = metrics.read_text()
    assert shown.endswith("\n")
    assert [line for line in shown.splitlines() if not METRIC_LINE.fullmatch(line)] == []
    assert 'session_deid_recordings{state="redacted"} 3\n' in shown
    assert "session_deid_failed 1\n" in shown
    assert "week-" not in shown


def test_the_log_names_no_file_that_could_not_be_read(tmp_path: Path) -> None:
    """Its reason stands there without the name, which may be a person's."""
    file = tmp_path / f"{SPOKEN_NAME}.wav"
    why = str(FileUnreadableError(file=file.name, why="no permission"))
    append_log(tmp_path / "log", Taken(file, "failed", why=why))
    line = json.loads((tmp_path / "log").read_text())
    assert line["why"].startswith("the file: cannot be read (no permission)")
    assert SPOKEN_NAME not in str(line)


def test_a_log_that_cannot_be_written_is_an_error_of_ours(program: Program) -> None:
    """The message names the file; no traceback."""
    program.put(1)
    process = program.start("run", "--log", program.folder / "missing" / "log")
    _, errors = process.communicate(timeout=WAIT_S)
    assert process.returncode == 17
    assert b"cannot be written" in errors
    assert b"Traceback" not in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_worker_and_goes_on_later(
    program: Program, number: signal.Signals
) -> None:
    """Ctrl-C, kill -9 and kill end the workers too; the next run ends the work."""
    for each in range(3):
        program.put(each)
    process = program.start("run", "--workers", 2, slow_s=60)
    workers = workers_of(process, 2)
    status = strike(process, number)
    assert status == (EXIT_INTERRUPTED if number is signal.SIGINT else -number)
    assert psutil.wait_procs(workers, timeout=WAIT_S)[1] == []
    program.call("run", "--workers", 2)
    check_whole(program, 3)


def test_ctrl_c_is_said_in_one_word(program: Program) -> None:
    """Nobody wants to see the workers' last lines."""
    program.put(1)
    program.put(2)
    process = program.start("run", "--workers", 2, slow_s=60)
    workers_of(process, 2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=WAIT_S)
    assert errors.decode().splitlines()[-1:] == ["Stopped."]
    assert b"Traceback" not in errors


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_interruptions_change_no_byte_of_the_transcripts(tmp_path: Path, program: Program) -> None:
    """Week after week a recording comes and the run is interrupted; the end is that of a run left alone."""
    weeks, chance = 20, random.Random(20261124)
    alone = Program.make(tmp_path / "alone")
    for number in range(weeks):
        alone.put(number)
    alone.call("run", "--workers", 2)
    wanted = alone.transcripts()
    assert (
        len(set(wanted)) == weeks
    )  # they differ, so that one recording's words in another's place would be seen

    for number in range(weeks):
        program.put(number)
        interrupt_once(program, chance)
    program.call("run", "--workers", 2)
    check_whole(program, weeks)
    assert program.transcripts() == wanted


def interrupt_once(program: Program, chance: random.Random) -> None:
    """Interrupt a run at a random moment; one that ended before is no interruption and is begun again."""
    longest_s = 2.0
    for _ in range(50):
        process = program.start("run", "--workers", 2, slow_s=1.0)
        try:
            process.communicate(timeout=chance.uniform(0, longest_s))
        except subprocess.TimeoutExpired:
            if strike(process, chance.choice([signal.SIGINT, signal.SIGKILL])) != 0:
                break
        longest_s /= 2  # it ended by itself, perhaps at this very moment
    else:
        raise AssertionError("no run lasted long enough to be interrupted")
    with program.open() as study:
        check_study(study)
        # What a killed run was at is set aside after two (test_begun.py); here the recordings are not to blame.
        forget_begun(study, [row.id for row in study.recordings()])
