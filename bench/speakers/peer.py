"""A diarizer of another project, run as a program of its own so that its packages need not be ours.

The program says "ready" once loaded. For each line with the path of a WAV file (16 kHz, mono, 16 bits) it writes PATH
with the ending .rttm and says the processor seconds that took; at the end of input it says its peak memory in KiB.
"""

from __future__ import annotations

import shlex
import subprocess
import tempfile
import time
import wave
from pathlib import Path

from pipeline.records import Audio, Turn
from pipeline.speakers import rttm


class Peer:
    """The running program; `loading` is how many seconds it took to be ready."""

    def __init__(self, command: str) -> None:
        began = time.perf_counter()
        self._folder = tempfile.TemporaryDirectory()
        self._program = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer(expected="ready")
        self.loading = time.perf_counter() - began

    def diarize(self, audio: Audio) -> tuple[tuple[Turn, ...], float]:
        """The turns it finds, and the processor seconds it took."""
        sound = Path(self._folder.name) / "recording.wav"
        write_wav(sound, audio)
        assert self._program.stdin
        print(sound, file=self._program.stdin, flush=True)
        spent = float(self._answer())
        return rttm.read(sound.with_suffix(".rttm")), spent

    def close(self) -> int:
        """End the program; its peak memory in KiB."""
        assert self._program.stdin
        self._program.stdin.close()
        peak = int(self._answer())
        self._program.wait()
        self._folder.cleanup()
        return peak

    def _answer(self, expected: str = "") -> str:
        assert self._program.stdout
        said = self._program.stdout.readline().strip()
        if not said or (expected and said != expected):
            raise SystemExit(f"the peer said {said!r} and not {expected or 'a number'!r}")
        return said


def write_wav(path: Path, audio: Audio) -> None:
    """16 bits, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(audio.rate)
        file.writeframes((audio.samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
