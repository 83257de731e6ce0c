"""Where two speak at once: marked on what was written, also where what the other says was not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from pipeline.records import Turn, Utterance
from pipeline.speakers.marking import INAUDIBLE
from pipeline.speakers.timeline import overlapped_seconds, turns_by_speaker

# Taking turns overlaps by a few tenths of a second (Heldner & Edlund 2010); that is not talking at once.
_LEAST_SECONDS, _SECONDS, _SHARE = 0.25, 1.0, 0.5
_WORD_REACH_SECONDS = 0.2  # times of words and of turns differ by so much


def mark_overlaps(utterances: Sequence[Utterance], turns: Sequence[Turn]) -> tuple[Utterance, ...]:
    """The utterances, marked where another speaks for a second or half of it, or where another's words are missing.

    `participant` of an utterance is the `speaker` of its turns.
    """
    unheard = turns_without_words(utterances, turns)
    return tuple(_marked(u, turns, unheard) for u in utterances)


def turns_without_words(utterances: Iterable[Utterance], turns: Sequence[Turn]) -> list[Turn]:
    """Turns in which nothing was written for their own voice; those of a voice that touch count as one."""
    said: dict[str, list[tuple[float, float]]] = {}
    for u in utterances:
        said.setdefault(u.participant, []).extend((w.start, w.end) for w in u.words if w.text != INAUDIBLE)
    found = []
    for voice in turns_by_speaker(turns):
        words = sorted(said.get(voice.speaker, ()))
        ends = list(accumulate((end for _, end in words), max))
        for start, end in zip(voice.starts, voice.ends, strict=True):
            before = bisect_left(words, (end + _WORD_REACH_SECONDS,))
            if not before or ends[before - 1] <= start - _WORD_REACH_SECONDS:
                found.append(Turn(start, end, voice.speaker))
    return found


def _marked(utterance: Utterance, turns: Sequence[Turn], unheard: Sequence[Turn]) -> Utterance:
    enough = max(_LEAST_SECONDS, min(_SECONDS, _SHARE * (utterance.end - utterance.start)))
    at_once = _shared(utterance, turns) >= enough or _shared(utterance, unheard) >= _LEAST_SECONDS
    return replace(utterance, overlap=True) if at_once else utterance


def _shared(utterance: Utterance, turns: Sequence[Turn]) -> float:
    others = [t for t in turns if t.speaker != utterance.participant]
    return overlapped_seconds(utterance.start, utterance.end, others)
