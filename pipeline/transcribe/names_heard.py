"""Names that were heard as other words: "there's" for Tess, "away" for Wei, "on her" for Ona.

A recogniser prefers the words it has read most. So once a recording is written down, each place that sounds
somewhat like a name of the hints, or of the transcript itself, is asked about again: how likely are the text as
written and the same text with the name there, given the sound? A place that the name explains about as well is
marked with it (`Word.alternative`); the word itself stays as it was heard, for a person to judge.

The decoder's answer holds its prior for words besides what it hears. The prior is measured on silence and half
of it taken off, as where a recogniser is joined to a language model not its own (density ratio, McDermott et al. 2019).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

from pipeline.language.lexicon import Band, band, is_given, is_plain_word
from pipeline.language.similarity import sound_similarity
from pipeline.records import Word
from pipeline.transcribe.windows import Window

SHORTEST_NAME = 2
# How alike a place must sound to be asked about, by the recogniser's probability; above the last it is not asked.
LIKE_UNSURE, UNSURE = 0.66, 0.7
LIKE_SURE, SURE = 0.85, 0.9
MOST_QUESTIONS = 8  # a window, the most alike first: bounds the time
BEFORE, AFTER = 5, 3  # words of context on either side: the decoder hears a word in its sentence
RIVAL = 0.15  # names less alike than the best by more are not asked about
# How much worse a name may explain a place than what was written, in nats, and what counts besides the sound:
# the share of the decoder's prior for words that is taken off, and how alike the letters sound. Set on two
# invented groups spoken by synthetic voices; docs/benchmarks/redaction.md has a third.
LEAST_SOUND, LEAST_GAIN = -9.0, -3.0
PRIOR = 0.5
LETTERS, MIDDLING = 10.0, 0.7
# What the place adds: a name is called or closes a phrase more often than it stands among everyday words.
CLOSING, AMONG_EVERYDAY = 1.5, -3.0
SHORTEST_SPELT = 3  # letters
_INTRODUCES = frozenset(("i'm", "called", "name", "is", "thanks", "hi", "hello", "well", "okay", "so"))
_SPELT = re.compile(rf"(?:[A-Z]-){{{SHORTEST_SPELT - 1},}}[A-Z](?![A-Za-z-])")
_CLOSING = re.compile(r"(?:['’]s)?[^\w'’]*$")


@dataclass(frozen=True, slots=True)
class Question:
    """Which of several texts is said in a stretch of a window's sound (seconds); the first was written."""

    start: float
    end: float
    texts: tuple[str, ...] = field(repr=False)


class Rescorer(Protocol):
    """An engine set up for one recording that tells how likely texts are, given the sound."""

    @property
    def parallel(self) -> int:
        """Windows it reads at the same time, each in a thread of its own."""

    def rescore(self, window: Window | None, questions: Sequence[Question]) -> list[list[float]]:
        """For each question each text's log probability, given the window's sound, or silence for None."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Words that may be one of some names, how alike each sounds by its letters, and the question about them."""

    said: tuple[Word, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    alike: tuple[float, ...]
    question: Question


def mark_names(
    rescorer: Rescorer, windows: Sequence[Window], words: Sequence[Word], hints: Sequence[str], language: str
) -> list[Word]:
    """The words, those that a name explains about as well marked with it. `words` stand in order of time.

    English alone: how alike letters sound is written for English ears, as is what reads the marks.
    """
    if language != "en":
        return list(words)
    names = tuple(dict.fromkeys([*single_names(hints), *names_written(words)]))
    if not names:
        return list(words)
    parts = [(window, _doubts(window, inside, names)) for window, inside in _by_window(words, windows)]
    parts = [(window, doubts) for window, doubts in parts if doubts]
    rescored = list(_rescore_all(rescorer, parts))
    near = [(d, s) for d, s in rescored if max(s[1:]) - s[0] >= LEAST_SOUND]
    expected = rescorer.rescore(None, [d.question for d, _ in near]) if near else []
    best = _likeliest([(d, s, t) for (d, s), t in zip(near, expected, strict=True)])
    return [replace(w, alternative=best[w][1]) if w in best else w for w in words]


def _rescore_all(
    rescorer: Rescorer, parts: Sequence[tuple[Window, list[_Doubt]]]
) -> Iterator[tuple[_Doubt, list[float]]]:
    """Each doubt with its texts' log probabilities, some windows at a time."""
    threads = ThreadPoolExecutor(rescorer.parallel)
    try:
        heard = threads.map(lambda part: rescorer.rescore(part[0], [d.question for d in part[1]]), parts)
        for (_, doubts), scores in zip(parts, heard, strict=True):
            yield from zip(doubts, scores, strict=True)
    finally:
        threads.shutdown(cancel_futures=True)  # after an error or Ctrl-C only what has begun is ended


def _likeliest(
    rescored: Iterable[tuple[_Doubt, Sequence[float], Sequence[float]]],
) -> dict[Word, tuple[float, str]]:
    """The gain and name of each word that a name explains about as well, the best where places overlap."""
    best: dict[Word, tuple[float, str]] = {}
    for doubt, by_sound, by_prior in rescored:
        for n, name in enumerate(doubt.names, 1):
            sound, prior = by_sound[n] - by_sound[0], by_prior[n] - by_prior[0]
            gain = sound - PRIOR * prior + LETTERS * (doubt.alike[n - 1] - MIDDLING) + _by_place(doubt.said)
            fits = sound >= LEAST_SOUND and gain >= LEAST_GAIN
            if fits and all(gain > best[w][0] for w in doubt.said if w in best):
                best |= dict.fromkeys(doubt.said, (gain, name))
    return best


def _by_place(said: Sequence[Word]) -> float:
    """What the place says for a name, in nats."""
    if _closes(said[-1]):
        return CLOSING
    return AMONG_EVERYDAY if all(band(_bare(w.text)) >= Band.EVERYDAY for w in said) else 0.0


def single_names(hints: Sequence[str]) -> tuple[str, ...]:
    """The single words of the hints that may be names: no ordinary words such as "House" or "Hospital", unless
    they are given names."""
    parts = (part.strip(".,'’") for hint in hints for part in re.split(r"[\s-]+", hint))
    return tuple(
        dict.fromkeys(
            p
            for p in parts
            if len(p) >= SHORTEST_NAME and (is_given(p.lower()) or band(p.lower()) < Band.FREQUENT)
        )
    )


def names_written(words: Sequence[Word]) -> tuple[str, ...]:
    """Given names the transcript itself holds, with a capital inside a sentence, and names it spells ("B-A-O"):
    whoever is spoken of once is likely to be spoken of again."""
    inside = ((a, w) for a, w in pairwise(words) if not a.text.endswith((".", "?", "!", "…")))
    given = [_CLOSING.sub("", w.text) for before, w in inside if _is_given_here(before, w)]
    spelt = [m[0].replace("-", "").capitalize() for w in words if (m := _SPELT.match(w.text))]
    return tuple(dict.fromkeys(n for n in (*given, *spelt) if len(n) > SHORTEST_NAME))


def _is_given_here(before: Word, word: Word) -> bool:
    """A given name with a capital; one that is an ordinary word too where somebody is introduced or called."""
    name, lead = _CLOSING.sub("", word.text), before.text.lower().strip(",.")
    if not (name[:1].isupper() and name.isalpha() and is_given(name.lower())):
        return False
    return not is_plain_word(name.lower()) or (_closes(word) and lead in _INTRODUCES)


def _closes(word: Word) -> bool:
    return word.text.endswith((",", ".", "?", "!", "…"))


def _by_window(words: Sequence[Word], windows: Sequence[Window]) -> Iterator[tuple[Window, list[Word]]]:
    """Each window with the words whose middle lies in it."""
    for window in windows:
        inside = [
            w for w in words if window.start <= (w.start + w.end) / 2 <= window.end and w.probability > 0
        ]
        if inside:
            yield window, inside


def _doubts(window: Window, words: Sequence[Word], names: Sequence[str]) -> list[_Doubt]:
    """Single words and pairs that sound somewhat like names and are not written like one, the most alike alone
    where there are many; a word said twice counts once ("there's, there's" for "Tess, Tess")."""
    known = {_bare(n) for n in names}
    found = []
    for first, last in _ones_and_pairs(len(words)):
        said = [_bare(w.text) for w in words[first:last]]
        sure = min(w.probability for w in words[first:last])
        if not all(said) or known & set(said) or sure >= SURE:
            continue
        alike = _alike("".join(dict.fromkeys(said)), names, sure)
        if alike:
            question = _question(window, words, first, last, tuple(alike))
            found.append(_Doubt(tuple(words[first:last]), tuple(alike), tuple(alike.values()), question))
    return sorted(found, key=lambda d: -max(d.alike))[:MOST_QUESTIONS]


def _ones_and_pairs(count: int) -> Iterator[tuple[int, int]]:
    return ((n, n + size) for n in range(count) for size in (1, 2) if n + size <= count)


def _alike(said: str, names: Sequence[str], sure: float) -> dict[str, float]:
    """The names that sound enough like what was said, more alike where that was heard surely; how much each does."""
    alike = {n: sound_similarity(said, n) for n in names}
    least = max(LIKE_SURE if sure >= UNSURE else LIKE_UNSURE, max(alike.values()) - RIVAL)
    return {n: much for n, much in alike.items() if much >= least}


def _question(window: Window, words: Sequence[Word], first: int, last: int, names: Sequence[str]) -> Question:
    begin, end = max(0, first - BEFORE), min(len(words), last + AFTER)
    before, texts, after = (
        [w.text for w in part] for part in (words[begin:first], words[first:last], words[last:end])
    )
    twice = len(texts) == 2 and _bare(texts[0]) == _bare(texts[1])
    closing = _closing(texts[-1])
    written = " ".join([*before, *texts, *after])
    others = (" ".join([*before, *[f"{n},"] * twice, n + closing, *after]) for n in names)
    return Question(
        window.own_time(words[begin].start), window.own_time(words[end - 1].end), (written, *others)
    )


def _closing(text: str) -> str:
    match = _CLOSING.search(text)
    return match[0] if match else ""


def _bare(text: str) -> str:
    """A word without marks and possessive."""
    return re.sub(r"[^\w]", "", _CLOSING.sub("", text)).lower()
