"""How fast words are heard with more cores than this computer has, by simulation of lanes.

    python -m bench.transcribe.lanes --data DIR [--only NAME...] [--model whisper-base] [--minutes 60] [--small]

A lane decodes one batch of windows after another; a recording has up to eight of them, and a lane's threads share its
cores. Measured here, on the recordings of DIR/study: the seconds of a window in a lane of one thread, by how many windows a batch has;
the gain of a second thread in a lane; what two lanes on two cores lose to each other, beside what the simulation says of them
(memory and caches they share). Simulated with these: --minutes of such sound on 2 to 16 cores, by one process and by several
workers that share the cores, batches given to lanes as the program gives them (pipeline.transcribe.decoding.shared_out). More than two
threads a lane follow Amdahl's law from the gain of two; what lanes lose to each other is taken as it was measured with
two of them, which no simulation knows of sixteen. Words alone: finding speakers is not in it.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from bench.small import data_of
from bench.transcribe.options import make_parser
from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Audio
from pipeline.transcribe import decoding, load, parallel
from pipeline.transcribe.windows import Window

CORES = (2, 4, 8, 16)


@dataclass
class Heard:
    """A hearing: its wall seconds, and of each batch how many windows and wall seconds."""

    seconds: float = 0.0
    batches: list[tuple[int, float]] = field(default_factory=list)

    @property
    def windows(self) -> int:
        """Windows in all batches."""
        return sum(count for count, _ in self.batches)

    @property
    def a_window(self) -> float:
        """Mean wall seconds of a window in its lane."""
        return sum(seconds for _, seconds in self.batches) / max(1, self.windows)


@dataclass(frozen=True)
class Costs:
    """What was measured: seconds of a window by a batch's windows, of everything outside batches by a second of sound,
    windows a second of sound, the share of a lane's work that a second thread takes over, and what lanes lose."""

    by_batch: dict[int, float]
    outside: float
    windows_a_second: float
    shared: float
    lost: float

    def a_window(self, batch: int, threads: int) -> float:
        """Seconds of a window in a lane of so many threads (Amdahl)."""
        nearest = min(self.by_batch, key=lambda size: abs(size - batch))
        return self.by_batch[nearest] * (1 - self.shared + self.shared / threads)


def main() -> None:
    """Measure, simulate, print both."""
    parser = make_parser(__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="of sound, simulated")
    asked = parser.parse_args()
    only = asked.only or (["session-s1"] if asked.small else [])
    files = sorted((data_of(asked) / "study").glob("*.flac"))
    sounds = [normalise(decode(f, name=f.name)) for f in files if not only or f.stem in only]
    costs = measure(sounds, "whisper-tiny.en" if asked.small else asked.model)
    print(
        f"\n| cores | workers x threads | lanes of each | wall s a second of sound | times real time |\n{'|---' * 5}|"
    )
    for cores in CORES:
        for workers in (n for n in (1, 2, 4, 8, 16) if n <= cores):
            lanes, a_lane, share = simulate(costs, cores // workers, workers, asked.minutes * 60.0)
            print(
                f"| {cores} | {workers} x {cores // workers} | {lanes} x {a_lane} | {share:.4f} | {1 / share:.0f} |"
            )


def measure(sounds: Sequence[Audio], model: str) -> Costs:
    """Hear the sounds with one lane in batches of several sizes, with a second thread, and with two lanes."""
    length = sum(sound.duration for sound in sounds)
    one = {size: hear(sounds, model, threads=1, lanes=1, windows=size) for size in (6, 3, 1)}
    threaded = hear(sounds, model, threads=2, lanes=1, windows=6)
    two = hear(sounds, model, threads=2, lanes=2, windows=6)
    shared = max(0.0, min(1.0, 2 * (1 - threaded.a_window / one[6].a_window)))
    lost = max(1.0, two.a_window / one[3].a_window)
    outside = (one[6].seconds - sum(seconds for _, seconds in one[6].batches)) / length
    print(f"{len(sounds)} recordings, {length:.0f} s, {model}\n\n| | s a window |\n|---|---|")
    for size, heard in one.items():
        print(f"| one lane of one thread, batches of {size} | {heard.a_window:.3f} |")
    print(f"| one lane of two threads, batches of 6 | {threaded.a_window:.3f} |")
    print(f"| two lanes of one thread, batches of 3, in each | {two.a_window:.3f} |")
    costs = Costs({s: h.a_window for s, h in one.items()}, outside, one[6].windows / length, shared, lost)
    _, _, said = simulate(costs, 2, 1, length)
    print(
        f"\nTwo lanes on two cores: {two.seconds / length:.4f} s a second of sound measured, {said:.4f} simulated."
    )
    print(f"Parallel in a lane: {shared:.0%}; lost between two lanes: {lost - 1:.0%}.")
    return costs


def hear(sounds: Sequence[Audio], model: str, *, threads: int, lanes: int, windows: int) -> Heard:
    """Hear them one after another with this many lanes, and windows in all lanes together."""
    heard = Heard()
    with (
        patch.object(parallel, "CPU_BATCHES", lanes),
        patch.object(parallel, "CPU_WINDOWS", windows),
        timed_batches(heard),
    ):
        engine = load("faster-whisper", model, threads=threads, device="cpu")
        begun = time.perf_counter()
        for sound in sounds:
            engine.transcribe(sound, language="en")
        heard.seconds = time.perf_counter() - begun
    return heard


@contextmanager
def timed_batches(heard: Heard) -> Iterator[None]:
    """Note each batch while it is decoded."""
    settled = decoding._settled

    def timed(decoder: Any, windows: Sequence[Window]) -> Any:
        begun = time.perf_counter()
        try:
            return settled(decoder, windows)
        finally:
            heard.batches.append((len(windows), time.perf_counter() - begun))

    with patch.object(decoding, "_settled", timed):
        yield


def simulate(costs: Costs, threads: int, workers: int, seconds: float) -> tuple[int, int, float]:
    """Lanes of a worker, threads of a lane, and wall seconds a second of sound while all workers hear sound of this length."""
    lanes = min(threads, parallel.CPU_BATCHES)
    batch, a_lane = max(parallel.CPU_WINDOWS, lanes) // lanes, threads // lanes
    count = max(1, round(costs.windows_a_second * seconds))
    sizes = [len(part) for part in decoding.shared_out(range(count), batch, lanes)]  # type: ignore[arg-type]
    crowded = costs.lost if lanes * workers > 1 else 1.0
    took = makespan([size * costs.a_window(size, a_lane) * crowded for size in sizes], lanes)
    return lanes, a_lane, (took / seconds + costs.outside) / workers


def makespan(batches: Sequence[float], lanes: int) -> float:
    """When the last lane ends, each taking the next batch as soon as it is free."""
    free = [0.0] * lanes
    for seconds in batches:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


if __name__ == "__main__":
    main()
