"""Marks qualitative researchers write into a transcript: pauses, overlap, what could not be heard.

Pure functions over utterances, for attribution and for export. Each mark is a word of its own, so that an
utterance's text stays its words joined by single spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.records import Utterance, Word

INAUDIBLE = "[inaudible]"
OVERLAP_OPENS, OVERLAP_CLOSES = "[overlap:", "]"


def inaudible_word(start: float, end: float) -> Word:
    """Stands where a voice was heard but no word (probability 0: nothing was recognised)."""
    return Word(start, end, INAUDIBLE, 0.0)


def pause_word(start: float, end: float) -> Word:
    """A pause with its length in seconds, "(2.4 s)"."""
    return Word(start, end, f"({end - start:.1f} s)")


def mark_pauses(utterances: Iterable[Utterance], seconds: float) -> tuple[Utterance, ...]:
    """Write pauses of at least `seconds` between two words of an utterance into it."""
    return tuple(_mark_pauses(u, seconds) for u in utterances)


def _mark_pauses(utterance: Utterance, seconds: float) -> Utterance:
    words: list[Word] = []
    for word in utterance.words:
        if words and word.start - words[-1].end >= seconds:
            words.append(pause_word(words[-1].end, word.start))
        words.append(word)
    return with_words(utterance, words) if len(words) > len(utterance.words) else utterance


def mark_unheard(utterances: Iterable[Utterance], below: float) -> tuple[Utterance, ...]:
    """Put "[inaudible]" for segments of words recognised with a probability under `below`."""
    return tuple(_mark_unheard(u, below) for u in utterances)


def _mark_unheard(utterance: Utterance, below: float) -> Utterance:
    words: list[Word] = []
    for word in utterance.words:
        if word.probability >= below:
            words.append(word)
        elif words and words[-1].text == INAUDIBLE:
            words[-1] = inaudible_word(words[-1].start, max(words[-1].end, word.end))
        else:
            words.append(inaudible_word(word.start, word.end))
    return with_words(utterance, words) if tuple(words) != utterance.words else utterance


def mark_overlap(text: str, overlap: bool) -> str:
    """An overlapped utterance's text in brackets: "[overlap: oh wow ]"."""
    return f"{OVERLAP_OPENS} {text} {OVERLAP_CLOSES}" if overlap else text


def with_words(utterance: Utterance, words: Sequence[Word]) -> Utterance:
    """The utterance with other words, its text following."""
    return replace(utterance, words=tuple(words), text=" ".join(w.text for w in words))
