"""What is gained when a voice that no word was written for is heard by itself, and what is invented.

    python -m bench.transcribe.alone --data DIR [--only NAME...] [--model whisper-base] [--small]

DIR holds study/ (NAME.flac, NAME.json with who said what when, roster.csv). Heard by themselves are the turns that diarization
finds and attribution gives no word, and, as the most that better turns could gain, the true times of short contributions
of which a word was lost. What is heard counts as credible with a mean probability of at least a half, when at
least half of its words are not said by the neighbours within a second. Then each of its words is gained (a lost word of that time) or
invented.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.transcribe.__main__ import THREADS
from bench.transcribe.lost import BESIDE_S, KINDS, Said, heard_of, said_in
from bench.transcribe.options import read_options
from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Audio, Turn, Word
from pipeline.speakers.attribution import attribute
from pipeline.speakers.diarization import diarize
from pipeline.speakers.overlap import turns_without_words
from pipeline.transcribe import INAUDIBLE, Transcriber, load
from pipeline.transcribe.hints import read_hints

PAD_S = 0.2
NEAR_S = 1.0
CREDIBLE = 0.5
Span = tuple[float, float]


@dataclass(frozen=True)
class Result:
    """Some stretches of one recording heard by themselves; `voices`: how many turns have the voice of who speaks there."""

    recording: str
    what: str
    spans: int
    voices: int | None
    credible: int
    gained: int
    invented: int
    cpu: float


def voices_right(turns: Sequence[Turn], all_turns: Sequence[Turn], truth: Sequence[Mapping[str, Any]]) -> int:
    """How many turns have the voice of a person who speaks during at least half of them."""
    person = {t.speaker: _mostly(t.speaker, all_turns, truth) for t in all_turns}
    return sum(
        any(u["speaker"] == person[t.speaker] and _shared(t, u) >= (t.end - t.start) / 2 for u in truth)
        for t in turns
    )


def _mostly(speaker: str, turns: Sequence[Turn], truth: Sequence[Mapping[str, Any]]) -> str:
    seconds: dict[str, float] = {}
    for u in truth:
        shared = sum(_shared(t, u) for t in turns if t.speaker == speaker)
        seconds[u["speaker"]] = seconds.get(u["speaker"], 0.0) + shared
    return max(seconds, key=lambda who: seconds[who])


def _shared(turn: Turn, u: Mapping[str, Any]) -> float:
    return max(0.0, min(turn.end, float(u["end"])) - max(turn.start, float(u["start"])))


def hear_alone(
    engine: Transcriber, audio: Audio, spans: Sequence[Span], words: Sequence[Word], lost: Sequence[Said]
) -> tuple[int, int, int]:
    """Of stretches heard by themselves: the credible ones, and the words gained and invented in those."""
    credible = gained = invented = 0
    for start, end in spans:
        first, last = round(max(0.0, start - PAD_S) * audio.rate), round((end + PAD_S) * audio.rate)
        part = Audio(audio.samples[first:last])
        heard = [w for w in engine.transcribe(part, language="en").words if w.text != INAUDIBLE]
        if not is_credible(heard, _near(words, (start, end), NEAR_S)):
            continue
        credible += 1
        left = [s.text for s in lost if s.start - BESIDE_S < end and start < s.end + BESIDE_S]
        for word in heard:
            if _bare(word.text) in left:
                left.remove(_bare(word.text))
                gained += 1
            else:
                invented += 1
    return credible, gained, invented


def is_credible(heard: Sequence[Word], near: Sequence[Word]) -> bool:
    """Whether it may be written: sure enough, and not the neighbours' words again."""
    said = {_bare(w.text) for w in near}
    new = sum(_bare(w.text) not in said for w in heard)
    sure = sum(w.probability for w in heard)
    return bool(heard) and sure >= CREDIBLE * len(heard) and 2 * new >= len(heard)


def _near(words: Sequence[Word], span: Span, reach: float) -> list[Word]:
    return [w for w in words if w.start - reach < span[1] and span[0] < w.end + reach]


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text).casefold()


def measure(folder: Path, truth: Path, model: str) -> list[Result]:
    """A recording with its group's own hints; its turns without words, and its lost short contributions."""
    sound = truth.with_suffix(".flac")
    audio = normalise(decode(sound, name=sound.name))
    engine = load("faster-whisper", model, threads=THREADS, device="cpu")
    said = json.loads(truth.read_text(encoding="utf-8"))["utterances"]
    roster = folder / "roster.csv"
    heard = engine.transcribe(audio, language="en", hints=read_hints(roster) if roster.exists() else ())
    every = said_in(said)
    lost = [s for s, right in zip(every, heard_of(every, heard.words), strict=True) if not right]
    found = diarize.load(threads=THREADS).diarize(audio)
    turns = turns_without_words(attribute(heard, found), found.turns)
    short = sorted({(s.start, s.end) for s in lost if s.kind == KINDS[1]})
    results = []
    for what, spans, voices in (
        ("turns without words", [(t.start, t.end) for t in turns], voices_right(turns, found.turns, said)),
        ("true times of lost short turns", short, None),
    ):
        begun = time.process_time()
        counts = hear_alone(engine, audio, spans, heard.words, lost)
        cpu = (time.process_time() - begun) / audio.duration
        results.append(Result(truth.stem, what, len(spans), voices, *counts, cpu))
    return results


def row(r: Result) -> str:
    """One line of Markdown."""
    voices = "" if r.voices is None else f"{r.voices} of {r.spans}"
    cells = (r.recording, r.what, r.spans, voices, r.credible, r.gained, r.invented, f"{r.cpu:.3f}")
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Run and print."""
    asked = read_options(__doc__)
    results = [r for t in asked.truths() for r in measure(t.parent, t, asked.model)]
    if not results:
        asked.parser.error("no recording with a truth found")
    print(
        "| recording | heard by itself | stretches | right voice | credible | words gained | invented | processor s per s |"
    )
    print("|" + "---|" * 8)
    print("\n".join(map(row, results)))


if __name__ == "__main__":
    main()
