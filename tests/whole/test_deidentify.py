"""`session-deid deidentify` as its users meet it: a process of its own, real engines, real sound."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from pipeline.errors import PolicyError
from tests.conftest import CASES, SAMPLES
from tests.whole.conftest import Run

TINY = ("--model", "whisper-tiny.en", "--language", "en")
ROSTER = ("--roster", str(SAMPLES / "roster.csv"))


def found_in(folder: Path, words: list[str]) -> list[str]:
    """Which words stand, as whole words, in any file below a folder."""
    texts = [p.read_bytes().decode("utf-8", "replace") for p in folder.rglob("*") if p.is_file()]
    return [w for w in words if any(re.search(rf"\b{re.escape(w)}\b", t, re.IGNORECASE) for t in texts)]


def test_a_policy_that_cannot_be_used_is_told_before_a_recording_is_opened(run: Run, tmp_path: Path) -> None:
    """Hearing an hour takes minutes: nobody learns of a mistyped name only after them."""
    result = run("deidentify", "not-there.wav", "--out", "out", "--policy", "no-such-policy", *TINY)
    assert result.returncode == PolicyError.exit_code, result.stderr
    assert "no-such-policy" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_recording_becomes_four_files_offline(
    run: Run, clip: Path, tmp_path: Path, planted: list[str]
) -> None:
    """Without any network: transcript, JSON and both reports; no planted identifier in them or printed;
    nothing left in the temp and home folders; the recording is as it was."""
    before = hashlib.sha256(clip.read_bytes()).hexdigest()
    result = run("deidentify", clip, "--out", "out", *ROSTER, *TINY, offline=True)
    assert result.returncode == 0, result.stderr
    out = tmp_path / "out"
    assert sorted(p.name for p in out.iterdir()) == [
        "week-1.json",
        "week-1.report.html",
        "week-1.report.json",
        "week-1.txt",
    ]
    assert found_in(out, planted) == []
    assert [w for w in planted if re.search(rf"\b{w}\b", result.stdout + result.stderr)] == []
    assert found_in(tmp_path / "tmp", planted) == []
    assert found_in(tmp_path / "home", planted) == []
    assert hashlib.sha256(clip.read_bytes()).hexdigest() == before
    document = json.loads((out / "week-1.json").read_text(encoding="utf-8"))
    assert document["recording"] == "week-1"
    assert abs(document["duration"] - 45) < 0.1
    assert document["utterances"]
    for utterance in document["utterances"]:
        assert 0 <= utterance["start"] <= utterance["end"] <= 45.1
        assert utterance["participant"]
    assert re.search(
        r"^[A-Z]\d+\s+\[00:00:\d\d\]  \S", (out / "week-1.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    report = json.loads((out / "week-1.report.json").read_text(encoding="utf-8"))
    assert sum(c["replaced"] + c["generalised"] for c in report["classes"]) > 0


def test_a_recording_without_any_name_becomes_a_transcript(run: Run, tmp_path: Path) -> None:
    """Nothing in it looks like a name, and no roster names anybody."""
    result = run("deidentify", CASES / "no-name-said.flac", "--out", "out", *TINY)
    assert result.returncode == 0, result.stderr
    assert "bus was late again" in (tmp_path / "out" / "no-name-said.txt").read_text(encoding="utf-8")


def test_bad_files_cost_only_themselves(run: Run, clip: Path, tmp_path: Path) -> None:
    """An empty file and a text file each get a line and a reason; the good one is done; exit code 60."""
    empty, text = tmp_path / "empty.wav", tmp_path / "text.mp3"
    empty.touch()
    text.write_text("no sound here")
    result = run("deidentify", empty, text, clip, "--out", "out", *TINY)
    assert result.returncode == 60
    assert "empty.wav" in result.stderr
    assert "text.mp3" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "out" / "week-1.json").is_file()


def test_one_bad_file_gives_its_own_exit_code(run: Run, tmp_path: Path) -> None:
    """A missing file: exit code 10, one line, no results."""
    result = run("deidentify", "nothing.wav", "--out", "out", *TINY)
    assert result.returncode == 10
    assert len(result.stderr.strip().splitlines()) == 1
    assert not list((tmp_path / "out").glob("*"))


def test_a_model_that_is_not_there_is_named(run: Run, clip: Path) -> None:
    """The error says which command installs it."""
    result = run("deidentify", clip, "--out", "out", "--model", "whisper-large-v3-turbo")
    assert result.returncode == 20
    assert "models install whisper-large-v3-turbo" in result.stderr


@pytest.mark.slow
def test_codes_hold_over_the_recordings_of_one_call(run: Run, tmp_path: Path) -> None:
    """Two sample sessions without a roster: the same people carry the same codes in both."""
    from tests.whole.scoring import code_accuracy

    names = ("session-s1", "session-s3")
    result = run("deidentify", *(SAMPLES / f"{n}.m4a" for n in names), "--out", "out", "--language", "en")
    assert result.returncode == 0, result.stderr
    pairs = [(SAMPLES / "truth" / f"{n}.json", tmp_path / "out" / f"{n}.json") for n in names]
    assert code_accuracy(pairs) > 0.85
