"""What a word's probability is worth: of the words heard with so much, how many are right; and where the bar of a faint
number lies.

    python -m bench.transcribe.calibration --data DIR [--only NAME...] [--model whisper-base] [--small]

DIR holds study/ (NAME.flac, NAME.json with the truth, roster.csv). A word is right where it stands in the truth at its place
in an alignment of the two texts. Numbers are words with a digit and the number words of English; names those of the roster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from bench.transcribe.__main__ import THREADS
from bench.transcribe.hints import Recording, read
from bench.transcribe.options import read_options
from pipeline.language.numbers import TENS, UNITS, ZEROS
from pipeline.transcribe import INAUDIBLE, Transcriber, load
from pipeline.transcribe.hints import read_hints
from pipeline.verify.state import FAINT_PROBABILITY

BARS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001)


@dataclass(frozen=True)
class Judged:
    """A word heard: how surely, what kind, and whether it is right."""

    probability: float
    kind: str
    right: bool


def judge(engine: Transcriber, recording: Recording) -> Iterator[Judged]:
    """Every word heard of a recording with a truth."""
    hints = read_hints(recording.roster) if recording.roster else ()
    names = {_bare(part) for name in hints for part in name.split()}
    heard = [
        w
        for w in engine.transcribe(recording.audio, language="en", hints=hints).words
        if w.text != INAUDIBLE and _bare(w.text)
    ]
    said = [token for token, _ in tokens((recording.truth or "").split())]
    texts = tokens([w.text for w in heard])
    right: set[int] = set()
    only = [token for token, _ in texts]
    for at, _, count in SequenceMatcher(a=only, b=said, autojunk=False).get_matching_blocks():
        right.update(range(at, at + count))
    wrong = {place for n, (_, place) in enumerate(texts) if n not in right}
    for n, word in enumerate(heard):
        yield Judged(word.probability, _kind(_bare(word.text), names), n not in wrong)


def tokens(words: Sequence[str]) -> list[tuple[str, int]]:
    """Words bare, numbers digit by digit ("ninety-four" and "94" alike), each with the place of its word."""
    parts = [
        (part.casefold(), place)
        for place, word in enumerate(words)
        for part in re.findall(r"[^\W_]+", re.sub(r"['’]", "", word))
    ]
    found = []
    for n, (part, place) in enumerate(parts):
        following = UNITS.get(parts[n + 1][0], 0) if n + 1 < len(parts) else 0
        found += [(token, place) for token in _digits(part, following)]
    return found


def _digits(part: str, following: int) -> list[str]:
    if part in TENS:
        return list(str(TENS[part])[:1] if 0 < following < 10 else str(TENS[part]))
    if part in UNITS or part in ZEROS:
        return list(str({**UNITS, **ZEROS}[part]))
    return list(part) if part.isdigit() else [part]


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text).casefold()


def _kind(word: str, names: set[str]) -> str:
    if word in names:
        return "names"
    return "numbers" if re.search(r"\d", word) or word in UNITS or word in TENS else "others"


def curve(judged: Sequence[Judged]) -> str:
    """Markdown: right of all, by probability and kind."""
    lines = ["| probability | all | numbers | names |", "|---|---|---|---|"]
    for low, high in pairwise(BARS):
        there = [j for j in judged if low <= j.probability < high]
        cells = (_share(there), *(_share([j for j in there if j.kind == k]) for k in ("numbers", "names")))
        lines.append(f"| {low:.1f} to {min(high, 1.0):.1f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def bars(judged: Sequence[Judged]) -> str:
    """What a bar asks of the numbers, and how many of the wrong ones it finds."""
    numbers = [j for j in judged if j.kind == "numbers"]
    wrong = [j for j in numbers if not j.right]
    lines = ["| numbers under | asked about | wrong ones among them | of all wrong |", "|---|---|---|---|"]
    for bar in (0.3, FAINT_PROBABILITY, 0.5, 0.6, 0.7, 0.8):
        asked = [j for j in numbers if j.probability < bar]
        found = sum(not j.right for j in asked)
        lines.append(f"| {bar:.1f} | {len(asked)} of {len(numbers)} | {found} | {len(wrong)} |")
    return "\n".join(lines)


def _share(there: Sequence[Judged]) -> str:
    return f"{sum(j.right for j in there)} of {len(there)}" if there else ""


def main() -> None:
    """Run and print."""
    asked = read_options(__doc__)
    engine = load("faster-whisper", asked.model, threads=THREADS, device="cpu")
    judged = [j for r in read(asked.data, asked.only) if r.truth for j in judge(engine, r)]
    if not judged:
        asked.parser.error("no recording with a truth found")
    print(curve(judged))
    print()
    print(bars(judged))


if __name__ == "__main__":
    main()
