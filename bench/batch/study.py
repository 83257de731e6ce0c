"""A study in a temporary folder, and session-deid called on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.audio.decode import decode
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile, ScryptCost
from pipeline.study.vault.states import State

RATE_HZ = 16_000


@dataclass(frozen=True)
class Timed:
    """What a command printed, what it and all its processes cost, and the most memory that one of them took."""

    out: str
    wall_s: float
    cpu_s: float
    largest_gb: float

    def summary(self) -> dict[str, Any]:
        """The summary `run --json` ends with."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])["summary"]
        return found


@dataclass(frozen=True)
class BenchStudy:
    """The folder of a study and its key file."""

    folder: Path
    key_file: Path

    @classmethod
    def make(cls, place: Path) -> BenchStudy:
        place.mkdir(parents=True)
        made = cls(place / "study", place / "study.key")
        Study.create(made.folder, key_file=made.key_file, name="bench", cost=ScryptCost(n=1 << 14)).close()
        toml = made.folder / "study.toml"
        toml.write_text(toml.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0"))
        return made

    def open(self) -> Study:
        return Study.open(self.folder, KeyFile(self.key_file))

    def command(self, *arguments: object) -> list[str]:
        words = [sys.executable, "-m", "pipeline", *map(str, arguments)]
        return [*words, "--study", str(self.folder), "--key-file", str(self.key_file)]

    def call(self, *arguments: object) -> Timed:
        """A command to its end; raises when it fails."""
        started = time.perf_counter()
        with subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            out = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)  # with what its own processes used, and their peak
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, "session-deid")
        wall_s, cpu_s = time.perf_counter() - started, used.ru_utime + used.ru_stime
        return Timed(out, wall_s, cpu_s, used.ru_maxrss / 1e6)

    def states(self) -> list[State]:
        with self.open() as study:
            return [row.state for row in study.recordings()]


def cut_clips(sources: list[Path], inbox: Path, *, count: int, seconds: float) -> float:
    """Write clips as WAV files, taken in turn from the sources; returns their length together, in seconds."""
    sounds = [decode(source, name=source.name).samples for source in sources]
    length, total = round(seconds * RATE_HZ), 0
    for number in range(count):
        sound = sounds[number % len(sounds)]
        at = (number // len(sounds)) * length
        clip = (np.clip(sound[at : at + length], -1, 1) * 32767).astype(np.int16)
        with wave.open(os.fspath(inbox / f"clip-{number:02}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(clip.tobytes())
        total += len(clip)
    return total / RATE_HZ
