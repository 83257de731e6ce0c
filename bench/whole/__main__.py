"""The whole way by stage: decode, transcribe, diarize, attribute, redact; time, and peak memory.

    python -m bench.whole AUDIO [--minutes N] [--roster FILE] [--stages decode transcribe ...]

`--minutes` repeats the recording up to that length, in memory, as a FLAC file. Time is given as
processor seconds and wall seconds a second of sound; memory is the process's peak so far.
"""

from __future__ import annotations

import argparse
import io
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

STAGES = ("decode", "transcribe", "diarize", "attribute", "redact")
Outcome = TypeVar("Outcome")


def lengthened(source: Path, minutes: float) -> bytes:
    """The recording again and again up to `minutes`, as FLAC; the last time cut off."""
    import av
    import numpy as np

    from pipeline.audio.decode import decode

    samples = (decode(source, name=source.name).samples * 32767).astype(np.int16)
    left = round(minutes * 60 * 16_000)
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as file:
        stream = file.add_stream("flac", rate=16_000, layout="mono")
        at = 0
        while left > 0:
            piece = samples[at : at + min(4096, left)]
            frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1).copy(), format="s16", layout="mono")
            frame.sample_rate = 16_000
            file.mux(stream.encode(frame))
            left -= len(piece)
            at = (at + len(piece)) % len(samples)
        file.mux(stream.encode(None))
    return out.getvalue()


class Meter:
    """Runs stages and prints a line for each."""

    def __init__(self) -> None:
        self.seconds = 0.0
        print("| stage | processor s per s | wall s per s | peak memory GB |\n|---|---|---|---|")

    def run(self, stage: str, work: Callable[[], Outcome]) -> Outcome:
        cpu, wall = time.process_time(), time.perf_counter()
        outcome = work()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.seconds = self.seconds or getattr(outcome, "duration", 0.0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"| {stage} | {cpu / self.seconds:.4f} | {wall / self.seconds:.4f} | {peak:.2f} |", flush=True)
        return outcome


def main() -> None:
    """Run the stages in order up to the last one asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("audio", type=Path)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--roster", type=Path)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--threads", type=int)
    args = parser.parse_args()

    from pipeline.flow import Choices, Engines, Stages

    people = None
    if args.roster:
        from pipeline.speakers import roster as rosters

        people = rosters.read(args.roster)
    stages = Stages(Engines(Choices(language="en", threads=args.threads)), people)
    source: Path | bytes = lengthened(args.audio, args.minutes) if args.minutes else args.audio
    meter = Meter()
    audio = meter.run("decode", lambda: stages.decode(source, name=args.audio.name))
    if "transcribe" in args.stages:
        _ = stages.engines.transcriber  # loading is not the stage's work
        heard = meter.run("transcribe", lambda: stages.transcribe(audio))
    if "diarize" in args.stages:
        _ = stages.engines.diarizer
        turns = meter.run("diarize", lambda: stages.diarize(audio))
    if "attribute" not in args.stages:
        return
    from pipeline.speakers.codes import KnownVoices

    attributed = meter.run("attribute", lambda: stages.attribute(heard, turns, KnownVoices()))
    if "redact" in args.stages:
        _ = stages.engines.deidentifier()
        meter.run("redact", lambda: stages.redact(attributed))


if __name__ == "__main__":
    main()
