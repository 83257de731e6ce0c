"""What the names of a roster, given as hints, gain and what they cost: with the group's own roster, with one of another
group, and without.

    python -m bench.transcribe.hints --data DIR [--rosters DIR] [--only NAME...] [--model whisper-base] [--small]

DIR holds study/ (NAME.flac, NAME.json with the truth, roster.csv) and, where there are more, meetings/ (NAME.flac, a truth
or none). The rosters in --rosters (*.csv; bench/transcribe/rosters when not given) are foreign to all of them: a name of
theirs that nobody says is a false statement about a person. Without a truth only words and foreign names are counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.small import data_of
from bench.transcribe.__main__ import THREADS, count_names
from bench.transcribe.options import make_parser
from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Audio, Word
from pipeline.transcribe import INAUDIBLE, Transcriber, load
from pipeline.transcribe.hints import read_hints

ROSTERS = Path(__file__).parent / "rosters"
SMALL = ("session-s1", "xs1A")


@dataclass(frozen=True)
class Recording:
    """A recording, what is said in it where that is known, and its group's roster where there is one."""

    name: str
    audio: Audio
    truth: str | None
    roster: Path | None


@dataclass(frozen=True)
class Result:
    """One hearing. `asked`: names that became questions, of those written."""

    recording: str
    hints: str
    words: int
    error_rate: float | None
    said: int
    heard: int
    extra: int
    asked: int


def read(folder: Path, only: Sequence[str]) -> Iterator[Recording]:
    """Every recording of study/ and meetings/, or those named."""
    for place in (folder / "study", folder / "meetings"):
        roster = place / "roster.csv"
        for sound in sorted(place.glob("*.flac")):
            if only and sound.stem not in only:
                continue
            audio = normalise(decode(sound, name=sound.name))
            yield Recording(sound.stem, audio, _truth(sound), roster if roster.exists() else None)


def _truth(sound: Path) -> str | None:
    beside = sound.with_suffix(".json")
    if not beside.exists():
        return None
    said = sorted(json.loads(beside.read_text(encoding="utf-8"))["utterances"], key=lambda u: u["start"])
    return " ".join(u["text"] for u in said)


def hear(engine: Transcriber, recording: Recording, hints: str, names: Sequence[str]) -> Result:
    """One hearing with those names as hints (none of them where `hints` is "none"), counted."""
    given = () if hints.startswith("none") else names
    words = engine.transcribe(recording.audio, language="en", hints=given).words
    written = [w for w in words if w.text != INAUDIBLE]
    text = " ".join(w.text for w in written)
    heard, said = count_names(text, names), count_names(recording.truth or "", names)
    return Result(
        recording.name,
        hints,
        len(written),
        _error_rate(recording.truth, text),
        sum(said.values()),
        sum(min(said[name], heard[name]) for name in said),
        sum(max(0, heard[name] - said[name]) for name in heard),
        _asked(written),
    )


def _asked(words: Sequence[Word]) -> int:
    return sum(w.without_hint is not None for w in words)


def _error_rate(truth: str | None, text: str) -> float | None:
    import jiwer
    from whisper.normalizers import EnglishTextNormalizer

    level = EnglishTextNormalizer()
    return None if truth is None else float(jiwer.wer(level(truth), level(text)))


def measure(engine: Transcriber, recording: Recording, rosters: Sequence[Path]) -> Iterator[Result]:
    """Without hints, with the group's own names where there is a roster, and with each foreign roster."""
    own = read_hints(recording.roster) if recording.roster else ()
    yield hear(engine, recording, "none", own)
    if own:
        yield hear(engine, recording, "own", own)
    for roster in rosters:
        yield hear(engine, recording, f"foreign, {roster.stem}", read_hints(roster))


def table(results: Sequence[Result]) -> str:
    """Markdown."""
    lines = [
        "| recording | hints | words | WER % | names heard | names nobody said | of all, asked about |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in results:
        errors = "" if r.error_rate is None else f"{100 * r.error_rate:.2f}"
        names = f"{r.heard} of {r.said}" if r.said else ""
        lines.append(
            f"| {r.recording} | {r.hints} | {r.words} | {errors} | {names} | {r.extra} | {r.asked} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run and print."""
    parser = make_parser(__doc__)
    parser.add_argument("--rosters", type=Path, default=ROSTERS, help="folder of foreign rosters (*.csv)")
    args = parser.parse_args()
    rosters = sorted(args.rosters.glob("*.csv"))
    if not rosters:
        parser.error(f"{args.rosters} holds no roster (*.csv)")
    engine = load("faster-whisper", args.model, threads=THREADS, device="cpu")
    results: list[Result] = []
    for recording in read(data_of(args), args.only or (SMALL if args.small else ())):
        for result in measure(engine, recording, rosters[:1] if args.small else rosters):
            print(result, flush=True)
            results.append(result)
    if not results:
        parser.error("no recording found")
    print(table(results))


if __name__ == "__main__":
    main()
