"""The whole way by stage: decode, hear (transcribe and diarize at once), attribute, redact; time, peak memory.

    python -m bench.whole [AUDIO | --data DIR] [--minutes N] [--quiet-middle] [--roster FILE] [--stages decode transcribe ...]

`--minutes` repeats the recording up to that length, in memory, as a FLAC file; with `--quiet-middle` it
is heard at both ends alone, room noise between. Time is given as processor seconds and wall seconds a
second of sound; memory is the process's peak so far. `--stages decode transcribe diarize` measures the two
one after the other. With `--quiet-middle` it also prints how far the words at the end are from where they
are at the beginning: drift.
"""

from __future__ import annotations

import argparse
import io
import resource
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from bench.small import add_data, data_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.flow import Stages
    from pipeline.records import Audio, Diarization, Transcription, Word

RATE_HZ = 16_000
FRAME = 4096

STAGES = ("decode", "transcribe", "diarize", "hear", "attribute", "redact")
DEFAULT_STAGES = ("decode", "hear", "attribute", "redact")
NOISE = 0.001  # of full scale: a quiet room
Outcome = TypeVar("Outcome")


def lengthened(source: Path, minutes: float, *, quiet_middle: bool) -> bytes:
    """The recording again and again up to `minutes` (or once at each end, noise between), as FLAC."""
    import numpy as np

    from pipeline.audio.decode import decode

    once = decode(source, name=source.name).samples
    length = round(minutes * 60 * RATE_HZ)
    if not quiet_middle:
        return as_flac(np.resize(once, length))
    samples = np.random.default_rng(1).standard_normal(length, dtype=np.float32)
    samples *= NOISE
    samples[: len(once)] = once
    samples[-len(once) :] = once
    return as_flac(samples)


def as_flac(samples: NDArray[np.float32]) -> bytes:
    """Mono sound as a FLAC file."""
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="flac") as file:
        stream = file.add_stream("flac", rate=RATE_HZ, layout="mono")
        for at in range(0, len(samples), FRAME):
            piece = (samples[at : at + FRAME] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = RATE_HZ
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def drift(words: Sequence[Word], once_s: float, whole_s: float) -> str:
    """How far words at the end are from where the same ones are at the beginning."""
    first = [word for word in words if word.end < once_s]
    last = [word for word in words if word.start > whole_s - once_s]
    matcher = SequenceMatcher(None, [w.text for w in first], [w.text for w in last], autojunk=False)
    same = [
        abs(last[block.b + n].start - (whole_s - once_s) - first[block.a + n].start)
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    ]
    between = len(words) - len(first) - len(last)
    return (
        f"{len(same)} of {len(first)} words of the beginning again at the end, there "
        f"{median(same):.3f} s (median) and at most {max(same):.3f} s from their place; {between} words between"
    )


class Meter:
    """Runs stages and prints a line for each."""

    def __init__(self) -> None:
        self.seconds = self.cpu = self.wall = 0.0
        print("| stage | processor s per s | wall s per s | peak memory GB |\n|---|---|---|---|")

    def run(self, stage: str, work: Callable[[], Outcome]) -> Outcome:
        cpu, wall = time.process_time(), time.perf_counter()
        outcome = work()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        self.seconds = self.seconds or getattr(outcome, "duration", 0.0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        self.cpu, self.wall = self.cpu + cpu, self.wall + wall
        print(f"| {stage} | {cpu / self.seconds:.4f} | {wall / self.seconds:.4f} | {peak:.2f} |", flush=True)
        return outcome

    def show_whole(self) -> None:
        """The line of all stages together."""
        print(f"| together | {self.cpu / self.seconds:.4f} | {self.wall / self.seconds:.4f} | |")


def main() -> None:
    """Run the stages in order up to the last one asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("audio", type=Path, nargs="?", help="A recording; without it session-s1 of the data.")
    add_data(parser, required=False)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--quiet-middle", action="store_true")
    parser.add_argument("--roster", type=Path)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(DEFAULT_STAGES))
    parser.add_argument("--threads", type=int)
    args = parser.parse_args()
    if args.audio is None and not (args.data or args.small):
        parser.error("give AUDIO, --data or --small")
    recording = args.audio or data_of(args) / "study" / "session-s1.flac"

    from pipeline.flow import Choices, Engines, Stages
    from pipeline.speakers.codes import KnownVoices

    people = None
    if args.roster:
        from pipeline.speakers import roster as rosters

        people = rosters.read(args.roster)
    stages = Stages(Engines(Choices(language="en", threads=args.threads)), people)
    source: Path | bytes = recording
    if args.minutes:
        source = lengthened(recording, args.minutes, quiet_middle=args.quiet_middle)
    meter = Meter()
    audio = meter.run("decode", lambda: stages.decode(source, name=recording.name))
    source = b""  # a run reads a file; ours would stand in the memory measured
    heard = run_hearing(meter, stages, audio, args.stages)
    if heard and "attribute" in args.stages:
        attributed, _ = meter.run("attribute", lambda: stages.attribute("", *heard, KnownVoices()))
        if "redact" in args.stages:
            _ = stages.engines.deidentifier()
            meter.run("redact", lambda: stages.redact(attributed))
    meter.show_whole()
    if heard and args.quiet_middle:
        once = Stages(stages.engines).decode(recording, name=recording.name).duration
        print(drift(heard[0].words, once, audio.duration))


def run_hearing(
    meter: Meter, stages: Stages, audio: Audio, wanted: Sequence[str]
) -> tuple[Transcription, Diarization] | None:
    """The two stages that need the sound, at the same time or one by one; loading is not their work."""
    _ = stages.engines.transcriber
    if "hear" in wanted:
        _ = stages.engines.diarizer
        return meter.run("hear", lambda: _hear(stages, audio))
    if "transcribe" in wanted:
        heard = meter.run("transcribe", lambda: stages.transcribe(audio))
    if "diarize" not in wanted:
        return None
    _ = stages.engines.diarizer
    turns = meter.run("diarize", lambda: stages.diarize(audio))
    return (heard, turns) if "transcribe" in wanted else None


def _hear(stages: Stages, audio: Audio) -> tuple[Transcription, Diarization]:
    with stages.hear(audio, lambda _: lambda _: None) as (words, voices):
        return words(), voices()


if __name__ == "__main__":
    main()
