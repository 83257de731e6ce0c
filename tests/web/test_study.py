"""The page over a real study folder: sealed, killed, shared between two people."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from pipeline.records import Transcription, to_json
from pipeline.study.intake.importing import import_files
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile, ScryptCost
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.final import redacted_text
from pipeline.verify.session import ReviewSession
from pipeline.verify.store import Material
from tests.conftest import ROOT, SAMPLES
from tests.verify.sample import sample_material

WORDS = ("Nerida", "Quorn", "falconer", "Xylocarp")


@pytest.fixture
def folder(tmp_path: Path, material: Material) -> Path:
    """A study with the small recording ready for review."""
    source = tmp_path / "week one.wav"
    source.write_bytes(os.urandom(50_000))
    return make_study(tmp_path, source, material)


def make_study(tmp_path: Path, source: Path, material: Material) -> Path:
    """A study that took a source in, with what the pipeline would have left of it."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "key", cost=ScryptCost(n=1 << 14)) as study:
        (taken,) = import_files(study, [source], keep=True, sleep=lambda _: None)
        heard = Transcription(15.0, "en", "tests", "tests", ())
        for kind, record, state in (
            (Artifact.TRANSCRIPTION, heard, State.TRANSCRIBED),
            (Artifact.ATTRIBUTION, material.attribution, State.ATTRIBUTED),
            (Artifact.REDACTION, material.redaction, State.REDACTED),
        ):
            study.keep(taken.recording, kind, to_json(record), state=state, duration=15.0)
    return tmp_path / "study"


class Remote:
    """A browser's side of a page served by another process."""

    def __init__(self, link: str, recording: str) -> None:
        self.base, _, entry = link.partition("/open")
        name, _, port = self.base.removeprefix("http://").partition(":")
        # The name is the browser's to resolve; every name below localhost is this computer (RFC 6761).
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"host": f"{name}:{port}"}, timeout=120
        )
        cookie = self.client.get(f"/open{entry}").headers["set-cookie"].partition(";")[0]
        self.client.headers["cookie"] = cookie
        found = re.search(r'data-csrf="([^"]+)"', self.client.get(f"/recordings/{recording}").text)
        assert found
        self.headers = {"origin": self.base, "x-csrf": found[1]}
        self.path = f"/api/recordings/{recording}"

    def post(self, what: str, body: object) -> httpx.Response:
        """One write."""
        return self.client.post(f"{self.path}/{what}", json=body, headers=self.headers)


@contextmanager
def reviewing(folder: Path, output: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`session-deid review` in a process of its own; gives it and its link."""
    command = [sys.executable, "-m", "pipeline", "review", "--study", str(folder), "--no-browser"]
    command += ["--key-file", str(folder.parent / "key"), "--reviewer", "Sam"]
    with output.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, text=True
        )
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def test_killed_after_a_decision_nothing_is_lost_and_nothing_lies_open(folder: Path, tmp_path: Path) -> None:
    """kill -9 the moment the page was answered: the decision is there; no word is on the disk or was printed."""
    with reviewing(folder, tmp_path / "errors.txt") as (process, link):
        page = Remote(link, "R0001")
        assert page.post("pulse", {"holder": "me"}).json()["can"]
        correct = {
            "kind": "correct",
            "place": {"line": "u3", "start_char": 0, "end_char": 2},
            "text": "Xylocarp",
        }
        assert page.post("decisions", {"decision": correct, "holder": "me"}).status_code == 200
        answer = page.post("decisions", {"decision": {"kind": "accept", "marks": ["s3"]}, "holder": "me"})
        assert answer.status_code == 200
        process.send_signal(signal.SIGKILL)
        page.client.close()
    with Study.open(folder, KeyFile(folder.parent / "key")) as study:
        recording = next(iter(study.recordings())).id
        review = ReviewSession(
            StudyReviewStore(study, lambda _source, _name: pytest.fail("no sound")), recording
        )
        assert redacted_text(review.state.lines["u3"]).startswith("Xylocarp")
        assert "[Occupation 1]" in redacted_text(review.state.lines["u1"])
    assert not any(word in (tmp_path / "errors.txt").read_text() for word in WORDS)
    for file in (f for f in folder.rglob("*") if f.is_file()):
        data = file.read_bytes()
        assert not any(word.encode() in data or word.encode("utf-16-le") in data for word in WORDS), file.name


@pytest.mark.slow
def test_the_sealed_sound_is_played_in_ranges(tmp_path: Path) -> None:
    """A sealed M4A, decrypted and decoded in memory: every second is where arithmetic says."""
    material = sample_material()
    folder = make_study(tmp_path, SAMPLES / "session-s1.m4a", material)
    with reviewing(folder, tmp_path / "errors.txt") as (_, link):
        page = Remote(link, "R0001")
        size = int(page.client.head(f"{page.path}/sound").headers["content-length"])
        assert size == pytest.approx(44 + material.duration * 32_000, abs=32_000)
        at = 44 + 32_000 * 200
        part = page.client.get(f"{page.path}/sound", headers={"range": f"bytes={at}-{at + 31_999}"})
        assert part.status_code == 206
        assert np.abs(np.frombuffer(part.content, "<i2")).max() > 500
        page.client.close()


def test_two_people_two_processes(folder: Path, tmp_path: Path) -> None:
    """The second process is told who decides, cannot decide, and sees what the first decided."""
    with (
        reviewing(folder, tmp_path / "one.txt") as (_, first_link),
        reviewing(folder, tmp_path / "two.txt") as (_, second_link),
    ):
        first, second = Remote(first_link, "R0001"), Remote(second_link, "R0001")
        assert first.post("pulse", {"holder": "one"}).json()["can"]
        refused = second.post("pulse", {"holder": "two"}).json()
        assert not refused["can"]
        assert "Sam is deciding" in refused["because"]
        accept = {"decision": {"kind": "accept", "marks": ["s3"]}, "holder": "two"}
        assert second.post("decisions", accept).status_code == 409
        assert first.post("decisions", {**accept, "holder": "one"}).status_code == 200
        assert second.post("pulse", {"holder": "two"}).json()["number"] == 1
        first.post("leave", {"holder": "one"})
        assert second.post("pulse", {"holder": "two"}).json()["can"]
        first.client.close()
        second.client.close()


def test_a_taken_port_is_said_in_one_line(folder: Path, tmp_path: Path) -> None:
    """Another program on the port: an exit code of its own, no traceback."""
    import socket

    from pipeline.errors import PortTakenError

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        command = [sys.executable, "-m", "pipeline", "review", "--study", str(folder), "--no-browser"]
        command += ["--key-file", str(folder.parent / "key"), "--port", str(other.getsockname()[1])]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == PortTakenError.exit_code
    assert "taken by another program" in done.stderr
    assert "Traceback" not in done.stderr
