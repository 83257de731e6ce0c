"""What may identify somebody and still stands in the open: a last look before a transcript is verified.

The same look goes over words that a person typed. It knows what no finder had to guess: the roster, the words
that have a label in the study, digits said one by one, and words heard faintly where a name is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from typing import Literal

from pipeline.identifiers import type_of
from pipeline.language.cues import INTRODUCES, NAME_DUE, NAME_MAY_BE_DUE, NO_NAME_PARTS
from pipeline.language.lexicon import is_ambiguous, is_name, is_plain_word
from pipeline.language.numbers import REPEATS, UNITS, ZEROS, counts_up, digits_of
from pipeline.language.text import fold
from pipeline.verify.labels import names_of
from pipeline.verify.state import Line, Mark, ReviewedTranscript

Why = Literal["roster", "label", "number", "faint"]
Stretch = tuple[int, int]  # characters of a line
WHY_WORDS: Mapping[str, str] = {
    "roster": "a name of the roster",
    "label": "words that have a label in the study",
    "number": "digits said one by one",
    "faint": "heard faintly where a name is due",
}
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")  # of a word with an apostrophe
_POSSESSIVE = re.compile(r"[’']s?$", re.IGNORECASE)
_SHORTEST = 3  # letters of a known word that is listed by itself; shorter ones are said for other reasons
_DIGITS = {word for word, value in UNITS.items() if value < 10} | set(ZEROS) | set(REPEATS)
_APART = 3  # words that may stand between two digits of one number ("oh seven, yes, seven")
_MOST_DIGITS_FREE = 5  # a number of more digits than this is a telephone's, a record's, an account's
_LEAD = 4  # words before a faint one that tell whether a name is due


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place of a line that is in the open: its characters, what kind of thing it may be, and why it is shown."""

    line: str
    start_char: int
    end_char: int
    type: str
    why: Why


@dataclass(frozen=True, slots=True)
class SaidWord:
    """One word in the open or hidden, with the line and characters it stands at."""

    line: str
    plain: str = field(repr=False)
    start: int
    end: int
    capital: bool
    hidden: bool
    decided: bool


@dataclass(frozen=True, slots=True)
class KnownWords:
    """A name of the roster, or words that have a label in the study, folded."""

    words: tuple[str, ...] = field(repr=False)
    type: str
    why: Why


def look_again(state: ReviewedTranscript) -> tuple[Sighting, ...]:
    """All that still stands in the open, by time. What a person decided to keep was looked at, and is left out."""
    said = {line.id: _words_of(line) for line in state.in_order()}
    known = known_words(state)
    found = [s for line in state.in_order() for s in _in_line(line, said[line.id], known)]
    found += _numbers([word for name in state.order for word in said[name]])
    at = {name: number for number, name in enumerate(state.order)}
    kept = _without_overlaps(found)
    return tuple(sorted(kept, key=lambda s: (at[s.line], s.start_char)))


def look_at(state: ReviewedTranscript, places: Mapping[str, Sequence[Stretch]]) -> tuple[Sighting, ...]:
    """The same look at some lines, each by itself: what is seen there of some of their characters."""
    known = known_words(state)
    telling = frozenset(word for of_first in known.values() for each in of_first for word in each.words)
    found: list[Sighting] = []
    for name, stretches in places.items():
        line = state.lines[name]
        if _is_worth_a_look(line, stretches, telling):
            found += (s for s in _look_at_one(line, known) if _meets(s, stretches))
    return tuple(found)


def look_in(state: ReviewedTranscript, text: str) -> tuple[Sighting, ...]:
    """The same look at a text that stands by itself."""
    return tuple(_look_at_one(Line("", "", 0.0, 0.0, text), known_words(state)))


def _meets(seen: Sighting, stretches: Sequence[Stretch]) -> bool:
    return any(seen.start_char < end and start < seen.end_char for start, end in stretches)


def _is_worth_a_look(line: Line, stretches: Sequence[Stretch], telling: frozenset[str]) -> bool:
    """False where nothing can be seen of these characters, which is so in most lines: none of their words is telling, a
    digit, or heard faintly, and they do not lie between two digits."""
    return _says_digits(line.text) or any(_is_telling(line, *each, telling) for each in stretches)


def _is_telling(line: Line, start: int, end: int, telling: frozenset[str]) -> bool:
    while start and not line.text[start - 1].isspace():
        start -= 1  # where a word may begin, so that none is cut
    words = list(takewhile(lambda w: w.start() < end, _WORD.finditer(line.text, start)))
    if not words or any(_plain(w) in telling or _is_digits(_plain(w)) for w in words):
        return True
    end = words[-1].end()
    return any(t.faint and t.start_char < end and start < t.end_char for t in line.tokens)


def _says_digits(text: str) -> bool:
    """Whether a text may hold so many digits that they are asked about: then what stands between two may be a part of
    their number."""
    words = [word for word in _PART.findall(fold(text)) if _is_digits(word)]
    figures = sum(len(word) if word.isdecimal() else 1 for word in words)
    return figures * max((REPEATS.get(word, 1) for word in words), default=0) > _MOST_DIGITS_FREE


def _look_at_one(line: Line, known: Mapping[str, Sequence[KnownWords]]) -> list[Sighting]:
    said = _words_of(line)
    found = [*_in_line(line, said, known), *_numbers(said)]
    return sorted(_without_overlaps(found), key=lambda s: s.start_char)


def _plain(found: re.Match[str]) -> str:
    """A word as it is looked up."""
    return fold(_POSSESSIVE.sub("", found[0]))


def _words_of(line: Line) -> list[SaidWord]:
    words = []
    for found in _WORD.finditer(line.text):
        plain = _POSSESSIVE.sub("", found[0])
        if not line.marks:
            start = found.start()
            end = start + len(plain)
            words.append(SaidWord(line.id, fold(plain), start, end, plain[:1].isupper(), False, False))
            continue
        start, end = found.start(), found.start() + len(plain)
        over = [m for m in line.marks if m.start_char < end and start < m.end_char]
        hidden = any(m.hides for m in over)
        decided = any(_keeps(m, start, end) for m in over)  # kept word for word by a person
        words.append(SaidWord(line.id, fold(plain), start, end, plain[:1].isupper(), hidden, decided))
    return words


def _keeps(mark: Mark, start: int, end: int) -> bool:
    return mark.verdict == "rejected" and mark.start_char <= start and end <= mark.end_char


def _in_line(
    line: Line, said: Sequence[SaidWord], known: Mapping[str, Sequence[KnownWords]]
) -> Iterator[Sighting]:
    for at, word in enumerate(said):
        for candidate in known.get(word.plain, ()):
            run = said[at : at + len(candidate.words)]
            if tuple(w.plain for w in run) == candidate.words and _in_the_open(run):
                bare = [w for w in run if not w.hidden]
                yield Sighting(line.id, bare[0].start, bare[-1].end, candidate.type, candidate.why)
                break
    yield from _faint_names(line, said)


def _in_the_open(run: Sequence[SaidWord]) -> bool:
    """Not hidden, not decided on, and no ordinary word: "will" and "may" in lower case name nobody."""
    if all(w.hidden or w.decided for w in run):
        return False
    return len(run) > 1 or run[0].capital or not is_ordinary(run[0].plain)


@cache
def is_ordinary(word: str) -> bool:
    """True for a word (folded) that is said for other reasons than to name somebody."""
    return is_ambiguous(word) or is_plain_word(word)


def _faint_names(line: Line, said: Sequence[SaidWord]) -> Iterator[Sighting]:
    """Words heard faintly behind "my name is", a title, a greeting; or that are names and nothing else."""
    faint = [t for t in line.tokens if t.faint]
    for at, word in enumerate(said):
        if not any(t.start_char < word.end and word.start < t.end_char for t in faint):
            continue
        if word.hidden or word.decided or len(word.plain) < _SHORTEST or is_ordinary(word.plain):
            continue
        lead = "".join(f"{w.plain} " for w in said[max(0, at - _LEAD) : at])
        if is_name(word.plain) or any(cue.search(lead) for cue in (INTRODUCES, NAME_DUE, NAME_MAY_BE_DUE)):
            yield Sighting(line.id, word.start, word.end, "PERSON", "faint")


def _numbers(said: Sequence[SaidWord]) -> Iterator[Sighting]:
    """Digits one by one, also where other words or another speaker come between them."""
    run: list[SaidWord] = []
    gap = 0
    for word in said:
        if _is_digits(word.plain) and not word.hidden:
            run.append(word)
            gap = 0
        elif run and (gap := gap + 1) > _APART:
            yield from _number(run)
            run, gap = [], 0
    yield from _number(run)


def _is_digits(figures: str) -> bool:
    """A digit, said or written, or several; a year is none of a number's pieces."""
    year = len(figures) == 4 and figures.startswith(("19", "20"))
    return figures in _DIGITS or (figures.isdecimal() and not year)


def _number(run: Sequence[SaidWord]) -> Iterator[Sighting]:
    words = " ".join(w.plain for w in run)
    if len(digits_of(words)) <= _MOST_DIGITS_FREE or all(w.decided for w in run) or counts_up(words):
        return
    for name in dict.fromkeys(w.line for w in run):
        here = [w for w in run if w.line == name]
        yield Sighting(name, here[0].start, here[-1].end, "PHONE", "number")


def plain_words(text: str) -> list[SaidWord]:
    """The words of a text that stands by itself."""
    return _words_of(Line("", "", 0.0, 0.0, text))


def known_words(state: ReviewedTranscript) -> dict[str, list[KnownWords]]:
    """What the roster and the labels know, by its first word, the longest first."""
    known: list[KnownWords] = []
    for person in state.roster:
        names = map(_split, names_of(person.name, person.nicknames))
        known += [
            KnownWords(name, "PERSON", "roster") for name in names if not NO_NAME_PARTS.issuperset(name)
        ]
    for label in state.labels.labels:
        kind = type_of(label.kind)
        known.append(KnownWords(_split(label.words), kind, "label"))
        if kind == "PERSON":
            known += [
                KnownWords((part,), kind, "label")
                for part in _split(label.words)
                if part not in NO_NAME_PARTS
            ]
    by_first: dict[str, list[KnownWords]] = {}
    for each in sorted(known, key=lambda k: -len(k.words)):
        if sum(map(len, each.words)) >= _SHORTEST:
            by_first.setdefault(each.words[0], []).append(each)
    return by_first


def _split(text: str) -> tuple[str, ...]:
    return tuple(fold(_POSSESSIVE.sub("", word)) for word in _WORD.findall(text))


def _without_overlaps(found: Iterable[Sighting]) -> list[Sighting]:
    """The first of those that share characters: what is known before what is guessed, the longer before the shorter."""
    kept: list[Sighting] = []
    for each in found:
        if not any(
            k.line == each.line and k.start_char < each.end_char and each.start_char < k.end_char
            for k in kept
        ):
            kept.append(each)
    return kept
