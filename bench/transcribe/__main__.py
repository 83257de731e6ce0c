"""Both engines and their models on recordings whose words are known: error rate, speed, names, inventions.

    python -m bench.transcribe --data DIR [--models whisper-base] [--engines ...] [--plain] [--seconds N] [--out FILE]

DIR holds NAME.flac (or .m4a), NAME.json or truth/NAME.json ({"utterances": [{"start", "text"}]}) and roster.csv.
`--plain` adds openai-whisper's own `transcribe` on the whole file, with beam 5 and word times: the
yardstick; `--seconds` hears the beginning of each recording alone. Speed is processor seconds a second of sound, so that other work on the machine does not
count; wall time stands beside it. Everything in one table comes from one run.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.small import add_data, data_of
from bench.transcribe.nonspeech import SOUNDS, make
from pipeline.audio.decode import decode
from pipeline.records import Audio
from pipeline.transcribe import INAUDIBLE, load
from pipeline.transcribe.hints import read_hints

Hear = Callable[[Audio, Sequence[str]], list[str]]
THREADS = 2


@dataclass(frozen=True)
class Recording:
    """A recording and what is said in it."""

    name: str
    audio: Audio
    truth: str


@dataclass(frozen=True)
class Result:
    """One way of hearing one recording."""

    way: str
    recording: str
    error_rate: float
    cpu: float
    wall: float
    names_heard: int
    names_said: int
    names_invented: int


def read(folder: Path, seconds: float = math.inf) -> Iterator[Recording]:
    """Every recording with its truth, beside it or in the folder `truth`; up to so many seconds of it."""
    for truth in sorted([*folder.glob("*.json"), *folder.glob("truth/*.json")]):
        places = [folder / (truth.stem + suffix) for suffix in (".flac", ".m4a")]
        sound = next((place for place in places if place.exists()), None)
        if sound is None:
            continue
        every = sorted(json.loads(truth.read_text())["utterances"], key=lambda u: u["start"])
        audio = decode(sound, name=sound.name)
        end = min(seconds, audio.duration)
        said = " ".join(u["text"] for u in every if u["start"] < end)
        yield Recording(truth.stem, Audio(audio.samples[: round(end * audio.rate)], audio.rate), said)


def product(engine: str, model: str) -> Hear:
    """Our engine, as the product runs it."""
    loaded = load(engine, model, threads=THREADS, device="cpu")

    def hear(audio: Audio, hints: Sequence[str]) -> list[str]:
        words = loaded.transcribe(audio, language="en", hints=hints).words
        return [word.text for word in words if word.text != INAUDIBLE]

    return hear


def plain(model: str) -> Hear:
    """openai-whisper's own function on the whole file."""
    loaded: Any = load("openai-whisper", model, threads=THREADS, device="cpu")

    def hear(audio: Audio, hints: Sequence[str]) -> list[str]:
        prompt = ". ".join(hints) or None
        result = loaded._whisper.transcribe(
            audio.samples, language="en", beam_size=5, word_timestamps=True, fp16=False, initial_prompt=prompt
        )
        return str(result["text"]).split()

    return hear


def measure(way: str, hear: Hear, recording: Recording, names: Sequence[str], *, hinted: bool) -> Result:
    """One run over one recording."""
    import jiwer
    from whisper.normalizers import EnglishTextNormalizer

    level = EnglishTextNormalizer()
    cpu, wall = time.process_time(), time.perf_counter()
    text = " ".join(hear(recording.audio, names if hinted else ()))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    said, heard = count_names(recording.truth, names), count_names(text, names)
    length = recording.audio.duration
    return Result(
        way + (", hints" if hinted else ""),
        recording.name,
        float(jiwer.wer(level(recording.truth), level(text))),
        cpu / length,
        wall / length,
        sum(min(said[name], heard[name]) for name in said),
        sum(said.values()),
        sum(max(0, heard[name] - said[name]) for name in heard),
    )


def count_names(text: str, names: Sequence[str]) -> Counter[str]:
    """How often each word of a name occurs, regardless of case; shorter ones than three letters are words."""
    parts = {part.lower() for name in names for part in name.split() if len(part) > 2}
    return Counter(word for word in re.findall(r"[^\W\d_]+", text.lower()) if word in parts)


def invented(hear: Hear) -> dict[str, int]:
    """Words written about a minute of each sound in which nobody speaks."""
    return {name: len(hear(make(name, 60.0), ())) for name in SOUNDS}


def table(results: Sequence[Result]) -> str:
    """Markdown."""
    lines = [
        "| way | recording | WER % | processor s per s | wall s per s | names heard | more than said |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.way} | {r.recording} | {100 * r.error_rate:.2f} | {r.cpu:.3f} | {r.wall:.3f} "
        f"| {r.names_heard} of {r.names_said} | {r.names_invented} |"
        for r in results
    ]
    return "\n".join(lines)


def main() -> None:
    """Run and print; with --out also write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser)
    parser.add_argument("--models", nargs="+", default=["whisper-base"])
    parser.add_argument("--engines", nargs="+", default=["faster-whisper", "openai-whisper"])
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], help="names of recordings")
    parser.add_argument("--seconds", type=float, default=math.inf, help="of each recording, from its start")
    parser.add_argument("--nonspeech", action="store_true")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    folder = data_of(args)
    folder = folder / "study" if (folder / "study").is_dir() else folder
    only = args.only or (["session-s1"] if args.small else [])
    recordings = [r for r in read(folder, args.seconds) if not only or r.name in only]
    if not recordings:
        parser.error(f"{folder} holds no recording with its truth")
    names = read_hints(folder / "roster.csv")
    ways: list[tuple[str, Hear, bool]] = []
    for model in args.models:
        for engine in args.engines:
            hear = product(engine, model)
            ways += [(f"{engine} {model}", hear, False), (f"{engine} {model}", hear, True)]
        if args.plain:
            ways.append((f"openai-whisper's own, {model}", plain(model), False))
    results = []
    for way, hear, hinted in ways:
        for recording in recordings:
            results.append(measure(way, hear, recording, names, hinted=hinted))
            print(results[-1], flush=True)
    report = table(results)
    if args.nonspeech:
        counts = {way: invented(hear) for way, hear, hinted in ways if not hinted}
        report += "\n\n" + "\n".join(f"{way}: words in a minute of {c}" for way, c in counts.items())
    print(report)
    if args.out:
        args.out.write_text(report + "\n")


if __name__ == "__main__":
    main()
