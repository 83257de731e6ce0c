"""Times for the words of a transcript that somebody else wrote, from its sound.

    text + what a recogniser heard --match--> provisional times --pieces--> the model's attention --> times

The recogniser's own words, matched with the text's, say where in the sound each part of the text is; then the text
itself, in pieces of at most 25 s, is aligned by the cross-attention of the model's alignment heads, as Whisper
times its own words (openai-whisper's `timing.py`, CTranslate2's `Whisper.align`). Where text and sound disagree the words
keep a low probability, and what was heard and stands in no text is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

from pipeline.language.text import letters
from pipeline.records import Audio, Transcription, Word
from pipeline.transcribe.base import INAUDIBLE, Progress
from pipeline.transcribe.vad import Region, SpeechDetector, find_speech
from pipeline.transcribe.words import clip_to_speech

PIECE_S = 25.0
PIECE_WORDS = 120  # the model takes 448 tokens at once
CONTEXT_WORDS = 2  # beside words that were heard otherwise, so that the attention finds its way
GAP_WORDS = 40
MARGIN_S = 0.2  # sound on both sides of a piece
PER_WORD_S = 0.35  # where nothing is known, how long a word is taken to be
DISAGREES = 0.3  # the most that a word counts as heard where something else was
UNHEARD_S = 3.0  # speech of this length that stands in no text is told
UNHEARD_WORDS = 5
SHOWN_MOMENTS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One contribution of a transcript: its words, and when it begins (seconds), None where that is not said."""

    words: tuple[str, ...] = field(repr=False)
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row, and the stretch of sound they are in (seconds)."""

    first: int
    words: tuple[str, ...] = field(repr=False)
    start: float
    end: float

    @property
    def places(self) -> range:
        """Which words of the text they are."""
        return range(self.first, self.first + len(self.words))


class Aligner(Protocol):
    """An engine that times given words. See pipeline.transcribe.base.Transcriber for what it is else."""

    def align(self, audio: Audio, pieces: Sequence[Piece], language: str) -> list[list[Word]]:
        """For each piece its words, each with its time in the recording and how surely the sound says it."""
        ...


def time_words(
    audio: Audio,
    lines: Sequence[Line],
    heard: Transcription,
    engine: Aligner,
    progress: Progress | None = None,
) -> Transcription:
    """The text's words with times, in the text's order; `heard` is what the engine itself heard.

    Words that were heard as they stand keep the time they were heard at (the same attention's); the others are
    aligned, in the speech between them. A word whose sound says something else has a probability of at most 0.3. Notes tell (by times) where text and
    sound disagree, and where speech stands in no text.
    """
    words = [word for line in lines for word in line.words]
    spoken = [word for word in heard.words if word.text != INAUDIBLE]
    matched = match([fold(w) for w in words], [fold(w.text) for w in spoken])
    times = _provisional(lines, spoken, matched, audio.duration)
    timed = {at: replace(spoken[n], text=words[at], alternative="") for at, n in matched.items()}
    pieces = [
        p
        for first, last in _gaps(len(words), matched)
        for p in _pieces(words, times, first, last, audio.duration)
    ]
    for number, (piece, found) in enumerate(
        zip(pieces, engine.align(audio, pieces, heard.language), strict=True)
    ):
        fitted = found if len(found) == len(piece.words) else _spread(piece)
        fitted = clip_to_speech(fitted, speech_in(audio, piece.start, piece.end))
        timed |= {
            at: replace(word, probability=min(word.probability, DISAGREES))
            for at, word in zip(piece.places, fitted, strict=True)
            if at not in timed
        }
        if progress:
            progress((number + 1) / len(pieces))
    ordered = _in_order(lines, timed, audio.duration)
    notes = (*heard.notes, *_notes(ordered, spoken, matched))
    return replace(heard, words=tuple(ordered), notes=notes)


def speech_in(audio: Audio, start: float, end: float) -> list[Region]:
    """Where somebody speaks in a stretch, in times of the recording."""
    piece = replace(audio, samples=audio.samples[round(start * audio.rate) : round(end * audio.rate)])
    found = find_speech(_detector().probabilities(piece))
    return [Region(r.start + start, r.end + start) for r in found]


@cache
def _detector() -> SpeechDetector:
    return SpeechDetector()


def fold(word: str) -> str:
    """A word as it sounds: lower case, without accents and marks."""
    return letters(word)


def match(text: Sequence[str], heard: Sequence[str]) -> dict[int, int]:
    """Places in `text` with the place in `heard` that says the same, in order (a longest common subsequence)."""
    from rapidfuzz.distance import LCSseq

    found: dict[int, int] = {}
    for step in LCSseq.opcodes(list(text), list(heard)):
        if step.tag == "equal":
            places = zip(
                range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True
            )
            found |= {at: place for at, place in places if text[at]}
    return found


# --- where each part of the text is ------------------------------------------------------------------


def _provisional(
    lines: Sequence[Line], spoken: Sequence[Word], matched: dict[int, int], duration: float
) -> list[tuple[float, float]]:
    """A first idea of every word's time: as it was heard, else between its neighbours, or from the line's own."""
    known: dict[int, tuple[float, float]] = {
        at: (spoken[n].start, spoken[n].end) for at, n in matched.items()
    }
    at = 0
    for line in lines:
        if line.start is not None and at not in known and line.words and _fits(at, line.start, known):
            known[at] = (line.start, min(duration, line.start + PER_WORD_S))
        at += len(line.words)
    return _between(known, at, duration)


def _fits(at: int, start: float, known: dict[int, tuple[float, float]]) -> bool:
    """A line's own time is believed where no word that was heard contradicts it."""
    before = max((k for k in known if k < at), default=None)
    after = min((k for k in known if k > at), default=None)
    return (before is None or known[before][0] <= start) and (after is None or start <= known[after][1])


def _between(known: dict[int, tuple[float, float]], count: int, duration: float) -> list[tuple[float, float]]:
    times: list[tuple[float, float]] = []
    places = sorted(known)
    following = 0
    for at in range(count):
        while following < len(places) and places[following] < at:
            following += 1
        if at in known:
            times.append(known[at])
            continue
        before = places[following - 1] if following else -1
        after = places[following] if following < len(places) else count
        low = known[before][1] if before >= 0 else 0.0
        high = known[after][0] if after < count else min(duration, low + PER_WORD_S * (count - before))
        step = max(0.0, high - low) / (after - before - (0 if after < count else 1) or 1)
        start = low + step * (at - before - (1 if before >= 0 or after < count else 0))
        times.append((min(start, duration), min(start + step, duration)))
    return times


def _gaps(count: int, matched: Mapping[int, int]) -> list[tuple[int, int]]:
    """Runs of words that were not heard as they stand, with the words beside them that were; near ones together."""
    found: list[tuple[int, int]] = []
    for first, last in _runs([at for at in range(count) if at not in matched]):
        low, high = max(0, first - CONTEXT_WORDS), min(count, last + CONTEXT_WORDS)
        if found and low - found[-1][1] <= CONTEXT_WORDS and high - found[-1][0] <= GAP_WORDS:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _pieces(
    words: Sequence[str], times: Sequence[tuple[float, float]], first: int, last: int, duration: float
) -> list[Piece]:
    """Words of a run in pieces of at most 25 s, cut in their longest pauses."""
    waiting = [(first, last)]
    done: list[Piece] = []
    while waiting:
        first, last = waiting.pop()
        start, end = min(t[0] for t in times[first:last]), max(t[1] for t in times[first:last])
        if (end - start <= PIECE_S and last - first <= PIECE_WORDS) or last - first == 1:
            low, high = max(0.0, start - MARGIN_S), min(duration, end + MARGIN_S)
            done.append(Piece(first, tuple(words[first:last]), low, min(high, low + PIECE_S + 2 * MARGIN_S)))
            continue
        cut = _cut(times, first, last)
        waiting += [(cut, last), (first, cut)]
    return done


def _cut(times: Sequence[tuple[float, float]], first: int, last: int) -> int:
    """Before which word to cut: at the longest pause, rather near the middle."""
    middle, half = (first + last) / 2, (last - first) / 2

    def worth(at: int) -> float:
        return (times[at][0] - times[at - 1][1]) + 2.0 * (1.0 - abs(at - middle) / half)

    return max(range(first + 1, last), key=worth)


def _spread(piece: Piece) -> list[Word]:
    """Words over their stretch evenly, sure of nothing."""
    step = (piece.end - piece.start) / len(piece.words)
    return [
        Word(piece.start + n * step, piece.start + (n + 1) * step, word, 0.0)
        for n, word in enumerate(piece.words)
    ]


def _in_order(lines: Sequence[Line], timed: dict[int, Word], duration: float) -> list[Word]:
    """The words of each line one after another; two lines may be at the same time, as people are."""
    found: list[Word] = []
    place = 0
    for line in lines:
        at = 0.0
        later = [timed[n].start for n in range(place, place + len(line.words))]
        for number in range(len(line.words)):
            word = timed[place + number]
            start = min(max(word.start, at), min(later[number + 1 :], default=duration), duration)
            start = max(start, at)
            found.append(
                replace(word, start=round(start, 3), end=round(min(max(word.end, start), duration), 3))
            )
            at = found[-1].start
        place += len(line.words)
    return found


# --- where text and sound disagree ------------------------------------------------------------------


def _notes(words: Sequence[Word], spoken: Sequence[Word], matched: dict[int, int]) -> list[str]:
    differing = [word.start for at, word in enumerate(words) if at not in matched and fold(word.text)]
    said = set(matched.values())
    runs = _runs([n for n in range(len(spoken)) if n not in said])
    missing = [
        spoken[first].start
        for first, last in runs
        if last - first >= UNHEARD_WORDS
        and spoken[last - 1].end - spoken[first].start >= UNHEARD_S
        and not any(spoken[first].start <= at <= spoken[last - 1].end for at in differing)
    ]
    found = []
    if differing:
        share = len(differing) / max(1, len(words))
        found.append(
            f"{len(differing)} words of the text ({share:.0%}) were heard otherwise; they are marked as faint"
        )
    if missing:
        found.append(
            f"speech that stands in no text, from {_moments(missing)} on: listen whether the transcript is whole"
        )
    return found


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _moments(seconds: Sequence[float]) -> str:
    shown = [f"{int(s) // 3600:02}:{int(s) // 60 % 60:02}:{int(s) % 60:02}" for s in seconds[:SHOWN_MOMENTS]]
    more = len(seconds) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def fit_pieces(piece: Piece, parts: Sequence[tuple[str, float, float, float]]) -> list[Word]:
    """An alignment's parts (text, start and end in the piece's sound, probability; together the words' text) as the
    words they are of, in times of the recording."""
    found: list[Word] = []
    bounds: list[tuple[int, int, tuple[str, float, float, float]]] = []
    at = 0
    for part in parts:
        size = len("".join(part[0].split()))
        bounds.append((at, at + size, part))
        at += size
    place = 0
    for word in piece.words:
        size = len("".join(word.split()))
        mine = [p for a, b, p in bounds if a < place + size and b > place] or [p for _, _, p in bounds[-1:]]
        place += size
        start, end = (
            (piece.start + mine[0][1], piece.start + mine[-1][2]) if mine else (piece.start, piece.start)
        )
        sure = sum(p[3] for p in mine) / len(mine) if mine else 0.0
        found.append(Word(max(0.0, start), max(0.0, start, end), word, min(1.0, max(0.0, sure))))
    return found
