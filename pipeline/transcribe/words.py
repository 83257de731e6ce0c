"""From what a recogniser returns to words that keep the contract: ordered, in time, nothing missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Word
from pipeline.transcribe.base import INAUDIBLE
from pipeline.transcribe.vad import Region

# Languages written without spaces: each token is a word of its own
UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})

WORD_REACH_S = 0.5  # a word's surroundings that count as covered by it
MISSED_S = 1.0  # uncovered speech of this length is worth a second look and a mark
ECHO_S = 0.6  # how far around a second look its neighbours' words may be heard again
STRETCH_S = 0.7  # beyond the longest a word can well take: two short words have room there


def glue(pieces: Sequence[tuple[str, float, float, float]], language: str) -> list[Word]:
    """(text, start, end, probability) as recognisers give them to words.

    A piece that does not begin with a space belongs to the word before it ("day", "-to", "-day");
    its probability counts by its characters.
    """
    words: list[Word] = []
    for raw, start, end, probability in pieces:
        text = raw.strip()
        if not text:
            continue
        start, end, probability = max(0.0, float(start)), float(end), float(probability)
        if words and not raw.startswith(" ") and (language not in UNSPACED or not text[0].isalnum()):
            words[-1] = _merged(words[-1], Word(start, max(start, end), text, probability))
        else:
            words.append(Word(start, max(start, end), text, min(1.0, max(0.0, probability))))
    return words


def _merged(first: Word, second: Word) -> Word:
    a, b = len(first.text), len(second.text)
    probability = (first.probability * a + second.probability * b) / (a + b)
    end = max(first.end, second.end)
    return Word(first.start, end, first.text + second.text, min(1.0, max(0.0, probability)))


def in_order(words: Sequence[Word], duration: float) -> list[Word]:
    """Words sorted by start, each ending within the recording."""
    kept = [
        replace(w, start=_within(w.start, duration), end=_within(max(w.start, w.end), duration))
        for w in words
    ]
    return sorted(kept, key=lambda w: (w.start, w.end))


def _within(seconds: float, duration: float) -> float:
    return min(round(seconds, 3), duration)


def clip_to_speech(words: Sequence[Word], regions: Sequence[Region]) -> list[Word]:
    """Words that reach over a pause keep only their part in speech (the larger one).

    Whisper's attention lets the word before or after a pause spread over it; who speaks is decided
    by time, so a word must not reach into another person's turn.
    """
    clipped = []
    for word in words:
        parts = [
            (max(word.start, region.start), min(word.end, region.end))
            for region in regions
            if region.start < word.end and region.end > word.start
        ]
        start, end = max(parts, key=lambda p: p[1] - p[0]) if parts else (word.start, word.end)
        clipped.append(replace(word, start=start, end=end))
    return clipped


def longest(text: str) -> float:
    """The longest a word can well take, in seconds: slow speech, digits and capitals spelled out."""
    return 0.5 + sum(0.4 if c.isdigit() or c.isupper() else 0.12 for c in text)


def stretched(word: Word) -> bool:
    """True when a word's time has room for words that were passed over."""
    return word.end - word.start > longest(word.text) + STRETCH_S


def uncovered(regions: Sequence[Region], words: Sequence[Word]) -> list[Region]:
    """Speech of a second or more near which no word stands."""
    missed: list[Region] = []
    spans = sorted((w.start - WORD_REACH_S, w.end + WORD_REACH_S) for w in words)
    at = 0
    for region in regions:
        while at < len(spans) and spans[at][1] < region.start:
            at += 1
        begin = region.start
        for start, end in spans[at:]:
            if start >= region.end:
                break
            if start - begin >= MISSED_S:
                missed.append(Region(begin, start))
            begin = max(begin, end)
        if region.end - begin >= MISSED_S:
            missed.append(Region(begin, region.end))
    return missed


def mark_inaudible(words: Sequence[Word], missed: Sequence[Region], duration: float) -> list[Word]:
    """The words with one `[inaudible]` of probability 0 for each missed stretch."""
    marks = [Word(region.start, min(region.end, duration), INAUDIBLE, 0.0) for region in missed]
    return in_order([*words, *marks], duration)


def merge_again(words: Sequence[Word], found: Sequence[Word], span: Region) -> list[Word]:
    """The words with what a second look at `span` found there.

    Words of the first look inside the span (a stretched one) stay unless more was found. What the
    span's edges hold of the neighbouring words is not written twice.
    """
    inside = [w for w in words if span.start <= w.start and w.end <= span.end]
    outside = [w for w in words if not (span.start <= w.start and w.end <= span.end)]
    new = _without_echo(found, outside, span)
    if len(new) <= len(inside):
        return list(words)
    return sorted([*outside, *new], key=lambda w: (w.start, w.end))


def _without_echo(found: Sequence[Word], around: Sequence[Word], span: Region) -> list[Word]:
    """Drops at both ends of `found` what the neighbouring words say already."""
    before = [_key(w) for w in around if span.start - ECHO_S < w.end <= span.start + ECHO_S][-len(found) :]
    after = [_key(w) for w in around if span.end - ECHO_S <= w.start < span.end + ECHO_S][: len(found)]
    keys = [_key(w) for w in found]
    first = max((n for n in range(len(keys) + 1) if n and keys[:n] == before[-n:]), default=0)
    last = max((n for n in range(len(keys) - first + 1) if n and keys[-n:] == after[:n]), default=0)
    return list(found[first : len(found) - last])


def _key(word: Word) -> str:
    return word.text.strip(".,?!…\"'").lower()
