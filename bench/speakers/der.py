"""Diarization error rate, speaker counts, speed and memory on recordings with truth.

    python -m bench.speakers.der --data DIR [--sets ami meetings study] [--with-number] [--rttm DIR]

DIR holds a folder a set, with NAME.flac and NAME.rttm, and all.uem (which part of a recording is scored). Errors are
pyannote.metrics' (overlap scored, no collar). With --with-number the engine is told how many people speak.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from pathlib import Path
from typing import Any

from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Turn
from pipeline.speakers import rttm
from pipeline.speakers.diarize import load


def main() -> None:
    """Print a line a recording and one a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=["ami", "meetings", "study"])
    parser.add_argument("--with-number", action="store_true")
    parser.add_argument("--rttm", type=Path, help="Keep what was found here.")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    began = time.perf_counter()
    engine = load(options.threads)
    print(f"loading {time.perf_counter() - began:.2f} s")
    scored = read_uem(options.data / "all.uem")
    for name in options.sets:
        run_set(engine, options.data / name, scored, options.with_number, options.rttm)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def run_set(engine: Any, folder: Path, scored: dict[str, Any], hinted: bool, keep: Path | None) -> None:
    """Diarize and score every recording of a set."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    total, right, cpu, length = DiarizationErrorRate(), 0, 0.0, 0.0
    recordings = sorted(p for p in folder.glob("*.flac") if p.with_suffix(".rttm").exists())
    for path in recordings:
        truth = rttm.read(path.with_suffix(".rttm"))
        people = len({t.speaker for t in truth})
        audio = normalise(decode(path, name=path.name))
        began = time.process_time()
        heard = engine.diarize(audio, speakers=people if hinted else None)
        cpu, length = cpu + time.process_time() - began, length + audio.duration
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without a UEM the metric takes the turns' extent, and says so
            error = total(annotation(truth), annotation(heard.turns), uem=scored.get(path.stem))
        right += len(heard.voiceprints) == people
        print(
            f"  {path.stem:12s} {audio.duration:6.0f} s {error:6.1%} {len(heard.voiceprints)} of {people}",
            flush=True,
        )
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            rttm.write(keep / f"{path.stem}.rttm", path.stem, heard.turns)
    print(
        f"{folder.name}: DER {abs(total):.1%}, counts right {right} of {len(recordings)}; "
        f"{cpu / max(length, 1e-9):.3f} CPU s a second of sound",
        flush=True,
    )


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
