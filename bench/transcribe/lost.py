"""Which words a recogniser loses: in the clear, in short turns, where two speak at once, in identifiers.

    python -m bench.transcribe.lost --data DIR [--only NAME...] [--model whisper-base] [--small]

DIR holds study/ (NAME.flac, NAME.json with who said what when, roster.csv). A word of the truth counts as heard where it stands
in an alignment of both texts (least edits), or else, in its order, among the words heard during its own contribution that
no other word of the truth has taken: a "Mm." in the middle of somebody else's sentence stands elsewhere in the two
texts, and is not lost for that. Numbers are compared digit by digit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.transcribe.__main__ import THREADS
from bench.transcribe.calibration import tokens
from bench.transcribe.options import read_options
from pipeline.audio.decode import decode
from pipeline.audio.quality import normalise
from pipeline.records import Word
from pipeline.transcribe import INAUDIBLE, load
from pipeline.transcribe.hints import read_hints

KINDS = ("clear", "short turns", "overlapped", "identifiers")
SHORT_WORDS = 3
BESIDE_S = 0.5  # words are a few tenths of a second off their contribution


@dataclass(frozen=True)
class Said:
    """One word of the truth: its kind, and its contribution's time (seconds)."""

    text: str
    kind: str
    start: float
    end: float


def said_in(utterances: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Every word of a truth, with numbers digit by digit, in order of time.

    Identifiers first; then contributions of at most three words, and answers inside others' turns; then words of which
    the greater part is spoken while another speaks (a word's time is its share of its contribution's characters).
    """
    ordered = sorted(utterances, key=lambda u: u["start"])
    found: list[Said] = []
    for at, u in enumerate(ordered):
        others = [(o["start"], o["end"]) for n, o in enumerate(ordered) if n != at]
        found += _words_of(u, others)
    return found


def _words_of(u: Mapping[str, Any], others: Sequence[tuple[float, float]]) -> Iterator[Said]:
    words = u["text"].split()
    places, at = [], 0
    for word in words:
        at = u["text"].index(word, at)
        places.append((at, at + len(word)))
        at += len(word)
    a_second = len(u["text"]) / max(0.01, u["end"] - u["start"])
    short = u.get("backchannel", False) or len(words) <= SHORT_WORDS
    for token, n in tokens(words):
        first, last = places[n]
        named = any(i["start_char"] < last and first < i["end_char"] for i in u.get("identifiers", ()))
        middle = u["start"] + (first + last) / 2 / a_second
        overlapped = any(start < middle < end for start, end in others)
        kind = KINDS[3] if named else KINDS[1] if short else KINDS[2] if overlapped else KINDS[0]
        yield Said(token, kind, u["start"], u["end"])


def heard_of(said: Sequence[Said], words: Sequence[Word]) -> list[bool]:
    """Whether each word of the truth was heard."""
    from rapidfuzz.distance import Levenshtein

    kept = [w for w in words if w.text != INAUDIBLE]
    heard = [(token, (kept[n].start + kept[n].end) / 2) for token, n in tokens([w.text for w in kept])]
    right, taken = [False] * len(said), [False] * len(heard)
    for step in Levenshtein.opcodes([s.text for s in said], [token for token, _ in heard]):
        if step.tag == "equal":
            right[step.src_start : step.src_end] = [True] * (step.src_end - step.src_start)
            taken[step.dest_start : step.dest_end] = [True] * (step.dest_end - step.dest_start)
    for n, each in enumerate(said):
        if not right[n]:
            place = next((m for m, h in enumerate(heard) if not taken[m] and _is_it(each, *h)), None)
            if place is not None:
                right[n] = taken[place] = True
    return right


def _is_it(said: Said, token: str, middle: float) -> bool:
    return token == said.text and said.start - BESIDE_S <= middle <= said.end + BESIDE_S


def counted(said: Sequence[Said], right: Sequence[bool]) -> dict[str, tuple[int, int]]:
    """Of each kind the words lost, and all."""
    return {
        kind: (
            sum(s.kind == kind and not r for s, r in zip(said, right, strict=True)),
            sum(s.kind == kind for s in said),
        )
        for kind in KINDS
    }


def row(name: str, hints: str, lost: Mapping[str, tuple[int, int]]) -> str:
    """One line of Markdown."""
    cells = (f"{a} of {b} ({100 * a / b:.1f} %)" if b else "" for a, b in lost.values())
    return f"| {name} | {hints} | {' | '.join(cells)} |"


def main() -> None:
    """Run and print."""
    asked = read_options(__doc__)
    lines = [row_of for truth in asked.truths() for row_of in measure(truth.parent, truth, asked.model)]
    if not lines:
        asked.parser.error("no recording with a truth found")
    print("| recording | hints | " + " | ".join(f"lost: {kind}" for kind in KINDS) + " |")
    print("|" + "---|" * (2 + len(KINDS)))
    print("\n".join(lines))


def measure(folder: Path, truth: Path, model: str) -> Iterator[str]:
    """A recording without hints and with its group's own."""
    sound = truth.with_suffix(".flac")
    audio = normalise(decode(sound, name=sound.name))
    engine = load("faster-whisper", model, threads=THREADS, device="cpu")
    said = said_in(json.loads(truth.read_text(encoding="utf-8"))["utterances"])
    roster = folder / "roster.csv"
    for hints, names in (("none", ()), ("own", read_hints(roster) if roster.exists() else ())):
        words = engine.transcribe(audio, language="en", hints=names).words
        yield row(truth.stem, hints, counted(said, heard_of(said, words)))


if __name__ == "__main__":
    main()
