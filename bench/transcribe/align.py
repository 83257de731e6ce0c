"""Error of the times of given words: the study's truth aligned with its sound, beside the recogniser's own times.

    python -m bench.transcribe.align --data DATA [--model whisper-base] [--engine faster-whisper] [--seconds N] [--small]

DATA/study holds session-*.json (when each contribution begins and ends, by construction) and session-*.flac. The
peer is the recogniser: its own words where they are the truth's, from the same run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.small import add_data, data_of
from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Audio
from pipeline.transcribe import load
from pipeline.transcribe.alignment import Line, fold, match, time_words


def main() -> None:
    """Print the errors of the borders of contributions, in seconds, by session and together."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data(parser)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--engine", default="faster-whisper")
    parser.add_argument("--seconds", type=float, default=1e9, help="only the first seconds of each session")
    arguments = parser.parse_args()
    engine = load(arguments.engine, arguments.model)
    ours: list[float] = []
    turns: list[float] = []
    peers: list[float] = []
    for path in sorted((data_of(arguments) / "study").glob("session-*.json")):
        mine, told, its, seconds = measure(engine, path, arguments.seconds)
        print(
            f"{path.stem}: all {_say(mine)}; turns {_say(told)}; recogniser's own {_say(its)}; took {seconds:.0f} s"
        )
        ours += mine
        turns += told
        peers += its
    print(f"together: all {_say(ours)}; turns {_say(turns)}; recogniser's own {_say(peers)}")


Measured = tuple[list[float], list[float], list[float], float]


def measure(engine: object, path: Path, most_s: float) -> Measured:
    """Errors (seconds) of aligned borders, of those of turns alone (no "Mm." in somebody else's turn), of the
    recogniser's own, and how long aligning took."""
    truth = [u for u in json.loads(path.read_text())["utterances"] if u["end"] <= most_s]
    audio = normalise(decode(path.with_suffix(".flac"), name=path.name))
    audio = replace(audio, samples=audio.samples[: round(min(most_s + 1, audio.duration) * audio.rate)])
    return _errors(engine, truth, Audio(audio.samples))


def _errors(engine: object, truth: list[dict], audio: Audio) -> Measured:  # type: ignore[type-arg]
    """The truth says when each contribution begins and ends: its first word's start, its last word's end."""
    lines = [Line(tuple(u["text"].split())) for u in truth]
    heard = engine.transcribe(audio, language="en")  # type: ignore[attr-defined]
    began = time.monotonic()
    aligned = time_words(audio, lines, heard, engine)  # type: ignore[arg-type]
    took = time.monotonic() - began
    same = match([fold(w.text) for w in aligned.words], [fold(w.text) for w in heard.words])
    mine: list[float] = []
    turns: list[float] = []
    its: list[float] = []
    at = 0
    for said, line in zip(truth, lines, strict=True):
        first, last = at, at + len(line.words) - 1
        at += len(line.words)
        own = [abs(aligned.words[first].start - said["start"]), abs(aligned.words[last].end - said["end"])]
        mine += own
        turns += [] if said["backchannel"] else own
        its += [abs(heard.words[same[first]].start - said["start"])] if first in same else []
        its += [abs(heard.words[same[last]].end - said["end"])] if last in same else []
    return mine, turns, its, took


def _say(errors: list[float]) -> str:
    ordered = sorted(errors)
    return (
        f"{len(errors)} borders, median {statistics.median(errors):.3f} s, "
        f"90 % under {ordered[int(0.9 * len(ordered))]:.3f} s, 99 % under {ordered[int(0.99 * len(ordered))]:.3f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
