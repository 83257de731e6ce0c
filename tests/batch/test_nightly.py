"""What cron's mail holds: a line a file, a line a recording, a line at the end, and nothing twice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.batch.run_line import RunLine
from pipeline.speakers.participants import rename
from pipeline.study import who
from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.troubles import read_troubles
from pipeline.study.study import Study
from tests.batch.fakes import FakeStages, with_stages
from tests.conftest import ROOT, SAMPLES
from tests.study.conftest import make_sound
from tests.web.house import page_on


def night(study: Study) -> tuple[list[RunLine | Taken], object]:
    """One run; what it told, and its summary."""
    told: list[RunLine | Taken] = []
    summary = run_study(study, with_stages(FakeStages), told.append, sleep=lambda _: None)
    return told, summary


def test_a_file_that_fails_every_night_is_told_once(study: Study) -> None:
    """The next nights are silent about it until it changes; the page shows it by its name."""
    make_sound(study.folder / "inbox" / "empty.wav", b"")
    told, summary = night(study)
    assert [line.outcome for line in told if isinstance(line, Taken)] == ["failed"]
    assert summary.failed == 1  # type: ignore[attr-defined]
    told, summary = night(study)
    assert told == []
    assert summary.failed == 0  # type: ignore[attr-defined]
    week = page_on(study).send("GET", "/api/week").json()
    assert week["troubles"][0]["name"] == "empty.wav"
    assert "0 bytes" in week["troubles"][0]["why"]
    assert week["next"]["kind"] == "take-in"
    kept = (study.folder / "locks" / "inbox.sealed").read_bytes()
    assert b"empty" not in kept
    os.utime(study.folder / "inbox" / "empty.wav", (1, 1))
    assert len(night(study)[0]) == 1
    (study.folder / "inbox" / "empty.wav").unlink()
    night(study)
    assert read_troubles(study) == ()


def test_a_recording_is_counted_once(study: Study) -> None:
    """One that follows a name that was told in a later one is brought up to date, and not done twice."""
    make_sound(study.folder / "inbox" / "a.wav")
    night(study)
    code = who.list_voices(study)[0].code
    who._change(study, "voices changed", lambda known: rename(known, code, "P44"))
    make_sound(study.folder / "inbox" / "b.wav")
    told, summary = night(study)
    lines = [line for line in told if isinstance(line, RunLine)]
    assert summary.done == len({line.recording for line in lines})  # type: ignore[attr-defined]
    assert {line.recording: line.heard for line in lines} == {"R0001": False, "R0002": True}


@pytest.mark.slow
def test_the_mail_of_one_recording_has_three_lines(study: Study, key_file: Path) -> None:
    """With the real engines and no terminal: taken in, done, the summary; no progress."""
    shutil.copy(SAMPLES / "session-s3.m4a", study.folder / "inbox" / "week.m4a")
    study.close()
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "run",
        "--study",
        str(study.folder),
        "--key-file",
        str(key_file),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [line for line in done.stdout.splitlines() if not line.startswith("        ")]
    assert len(lines) == 3, done.stdout
    assert re.search(
        r"redacted, 4\.\d min of sound in [0-9.]+ min|redacted, [1-9][0-9.]* min of sound in", lines[1]
    )
    assert "1 taken in, 1 done, 0 failed" in lines[2]
