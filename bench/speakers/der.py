"""Diarization error rate, speaker counts, speed and memory on recordings with truth.

    python -m bench.speakers.der --data DIR [--sets ami meetings study] [--with-number] [--rttm DIR] [--diarizer PAIR]
                                [--peer COMMAND]

DIR holds a folder a set, with NAME.flac and NAME.rttm, and all.uem (which part of a recording is scored). Errors are
pyannote.metrics' (overlap scored, no collar). With --with-number the engine is told how many people speak.
PAIR names two other networks (docs/speakers.md, "Other networks"), to be heard beside the usual ones in the same run.
COMMAND starts another diarizer (bench/speakers/peer.py says what it must answer; peer_senko.py is one), which hears the
same sound in the same run.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.small import add_data, data_of
from bench.speakers.peer import Peer
from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Audio, Turn
from pipeline.speakers import rttm
from pipeline.speakers.diarization.diarize import SpeakerDiarizer, load

Diarize = Callable[[Audio, int | None], tuple[tuple[Turn, ...], float]]


@dataclass
class Score:
    """One diarizer's figures over a set."""

    error: Any = field(default_factory=lambda: _metric())
    right: int = 0
    recordings: int = 0
    cpu: float = 0.0
    length: float = 0.0

    def add(self, turns: tuple[Turn, ...], truth: tuple[Turn, ...], scored: Any) -> str:
        """Count one recording; its figures as text."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without a UEM the metric takes the turns' extent, and says so
            error = self.error(annotation(truth), annotation(turns), uem=scored)
        people, found = ({t.speaker for t in some} for some in (truth, turns))
        self.right += len(found) == len(people)
        self.recordings += 1
        return f"{error:6.1%} {len(found)} of {len(people)}"

    def __str__(self) -> str:
        return (
            f"DER {abs(self.error):.1%}, counts right {self.right} of {self.recordings}; "
            f"{self.cpu / max(self.length, 1e-9):.3f} CPU s a second of sound"
        )


def _metric() -> Any:
    from pyannote.metrics.diarization import DiarizationErrorRate

    return DiarizationErrorRate()


def main() -> None:
    """Print a line a recording and one a set."""
    options = read_options()
    data = data_of(options)
    began = time.perf_counter()
    engine = load(options.threads)
    print(f"loading {time.perf_counter() - began:.2f} s")
    diarizers: dict[str, Diarize] = {"session-deid": lambda audio, people: timed(engine, audio, people)}
    for name in options.diarizer:
        diarizers[name] = partial(timed, load(options.threads, name))
    peer = Peer(options.peer) if options.peer else None
    if peer:
        print(f"loading the peer {peer.loading:.2f} s")
        diarizers["peer"] = lambda audio, _people: peer.diarize(audio)
    scored = read_uem(data / "all.uem")
    for name in options.sets:
        run_set(diarizers, data / name, scored, options.with_number, options.rttm)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if peer:
        print(f"peak memory of the peer {peer.close() / 1e6:.2f} GB")


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data(parser)
    parser.add_argument("--sets", nargs="+", default=["ami", "meetings", "study"])
    parser.add_argument("--with-number", action="store_true")
    parser.add_argument("--rttm", type=Path, help="Keep what was found here.")
    parser.add_argument(
        "--diarizer", metavar="PAIR", nargs="+", default=[], help="Other networks, heard beside."
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer", metavar="COMMAND", help="Another diarizer, to be heard beside this one.")
    return parser.parse_args()


def timed(engine: SpeakerDiarizer, audio: Audio, people: int | None) -> tuple[tuple[Turn, ...], float]:
    """The turns, and the processor seconds they took."""
    began = time.process_time()
    heard = engine.diarize(audio, speakers=people)
    return heard.turns, time.process_time() - began


def run_set(
    diarizers: Mapping[str, Diarize], folder: Path, scored: Mapping[str, Any], hinted: bool, keep: Path | None
) -> None:
    """Diarize and score every recording of a set."""
    scores = {name: Score() for name in diarizers}
    for path in sorted(p for p in folder.glob("*.flac") if p.with_suffix(".rttm").exists()):
        truth = rttm.read(path.with_suffix(".rttm"))
        people = len({t.speaker for t in truth})
        audio = normalise(decode(path, name=path.name))
        print(f"  {path.stem:12s} {audio.duration:6.0f} s", end="", flush=True)
        for name, diarize in diarizers.items():
            turns, cpu = diarize(audio, people if hinted else None)
            scores[name].cpu += cpu
            scores[name].length += audio.duration
            print(f" {name} {scores[name].add(turns, truth, scored.get(path.stem))}", end="", flush=True)
            if keep:
                (keep / name).mkdir(parents=True, exist_ok=True)
                rttm.write(keep / name / f"{path.stem}.rttm", path.stem, turns)
        print()
    for name, score in scores.items():
        print(f"{folder.name}, {name}: {score}", flush=True)


def annotation(turns: tuple[Turn, ...]) -> Any:
    """Turns as pyannote's record."""
    from pyannote.core import Annotation, Segment

    result = Annotation()
    for number, turn in enumerate(turns):
        result[Segment(turn.start, turn.end), number] = turn.speaker
    return result


def read_uem(path: Path) -> dict[str, Any]:
    """The scored part of each recording; none when there is no such file."""
    from pyannote.core import Segment, Timeline

    if not path.is_file():
        return {}
    rows = [line.split() for line in path.read_text().splitlines()]
    return {name: Timeline([Segment(float(start), float(end))]) for name, _, start, end in rows}


if __name__ == "__main__":
    main()
