"""session-deid with quick stages as a process of its own on a study of its own, to be interrupted and looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from tests.conftest import ROOT
from tests.study.conftest import CHEAP, make_sound

WAIT_S = 400.0  # only against waiting without end: a busy machine may take minutes


@dataclass
class Program:
    """Calls and interrupts commands on the study in `folder`."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Program:
        made = cls(folder)
        folder.mkdir()
        with Study.create(made.study, key_file=made.key_file, by="tester", cost=CHEAP):
            toml = made.study / "study.toml"
            toml.write_text(toml.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0"))
        return made

    @property
    def study(self) -> Path:
        return self.folder / "study"

    @property
    def key_file(self) -> Path:
        return self.folder / "study.key"

    def put(self, number: int, content: bytes | None = None) -> None:
        """A sound in the inbox; its content follows from its number."""
        make_sound(
            self.study / "inbox" / f"week-{number:02}.wav", content or bytes([number]) * (9_000 + number)
        )

    def start(self, *arguments: object, slow_s: float = 0.0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.batch.driver", *map(str, arguments)]
        command += ["--study", str(self.study), "--key-file", str(self.key_file)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLOW_SECONDS": str(slow_s)}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,
        )

    def call(self, *arguments: object, status: int = 0, slow_s: float = 0.0) -> str:
        """What a command prints; it must end with `status`."""
        process = self.start(*arguments, slow_s=slow_s)
        out, errors = process.communicate(timeout=WAIT_S)
        assert process.returncode == status, errors.decode()
        return out.decode()

    def open(self) -> Study:
        return Study.open(self.study, KeyFile(self.key_file), by="tester")

    def transcripts(self) -> list[bytes]:
        """All redactions in order, as they were sealed."""
        with self.open() as study:
            return [study.artifact(row.id, Artifact.REDACTION) for row in study.recordings(State.REDACTED)]


def _hear_ctrl_c() -> None:
    """A shell's background job, and so the tests in it, begins with Ctrl-C ignored; the program must hear it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def workers_of(process: subprocess.Popen[bytes], count: int) -> list[psutil.Process]:
    """Its child processes, as soon as there are that many."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        found = psutil.Process(process.pid).children(recursive=True)
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError("no workers came")


def strike(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Ctrl-C reaches the whole process group, as from a terminal; kill -9 the process alone. Its exit status."""
    if number is signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    process.communicate(timeout=WAIT_S)
    return process.returncode
