"""Numbers said again: read back whole or in part, corrected, completed. "Oh two one, five five oh" -
"Five five oh?" - "No, five five one." Only the first has a cue; the rest lean on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.numbers import ORDINAL, ORDINALS, PIECE, digits_of, is_number
from pipeline.language.wordlists import rule_words

_NUMERIC = frozenset({"AGE", "DATE", "ADDRESS", "PHONE", "ID", "EMAIL"})
_READ_OUT = frozenset({"PHONE", "ID"})
_PLACED = frozenset({"ADDRESS", "DATE"})
_WHOLE_TURNS = 3
_PART_TURNS = 5
_CORRECTED_TURNS = 2
_FRAME = rule_words("number_echoes", "frame")
_RUN = re.compile(rf"(?<![\w']){PIECE}(?: (?:or |no )?{PIECE})*(?: [a-f](?= ))?(?![\w'])")
_DAY = re.compile(rf"\b(?:the )?{ORDINAL}\b")
_COUNTED = r"\b(?! (?:\w+ )?(?:hours?|minutes?|weeks?|months?|days?|times|milligrams?|percent))"


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of number words: where, what digits, and whether it is a sentence by itself."""

    start: int
    end: int
    turn: int
    digits: str
    parts: frozenset[str]
    alone: bool


def echoes(view: View, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Further mentions of numbers, dates, addresses and ages that were found, as candidates."""
    numbers = [c for c in found if c.type in _NUMERIC]
    for c in numbers:
        yield from _said_again(view.dialogue, c)
    dates = [c for c in numbers if c.type == "DATE"]
    yield from _corrected_days(view.dialogue, dates)
    runs = list(_runs(view.dialogue)) if numbers else []
    for c in numbers:
        yield from _in_part(view.dialogue, c, runs)


def _said_again(dialogue: Dialogue, c: Candidate) -> Iterator[Candidate]:
    """The same words again: "Ninety four, wow." """
    words = _words(dialogue, c)
    if c.type == "AGE":
        words = [w for w in words if is_number(w) and w not in ORDINALS]
    if not words or (len(words) == 1 and not (len(words[0]) > 4 or words[0].isdigit())):
        return
    far = len(words) >= 3 or c.type in ("PHONE", "ID", "EMAIL")
    for m in re.finditer(r"\b" + " ".join(map(re.escape, words)) + _COUNTED, dialogue.plain):
        start, end = dialogue.span(m.start(), m.end())
        turns = dialogue.turn_at(start) - dialogue.turn_at(c.start)
        if far or 0 <= turns <= _WHOLE_TURNS or (c.tier == "direct" and c.type == "AGE"):
            yield Candidate(start, end, c.type, c.score * 0.97, "mentions", c.tier)


def _corrected_days(dialogue: Dialogue, dates: Iterable[Candidate]) -> Iterator[Candidate]:
    """A day alone right behind a date: "No, the fourteenth." """
    turns = {dialogue.turn_at(c.end) + n: c for c in dates for n in range(1, _CORRECTED_TURNS + 1)}
    for m in _DAY.finditer(dialogue.plain) if turns else ():
        first, stop = dialogue.token_at(m.start()), dialogue.token_at(m.end() - 1) + 1
        c = turns.get(dialogue.content[first].turn)
        if c and _is_alone(dialogue, first, stop):
            start, end = dialogue.span(m.start(), m.end())
            yield Candidate(start, end, "DATE", c.score * 0.95, "mentions", c.tier)


def _in_part(dialogue: Dialogue, c: Candidate, runs: list[_Run]) -> Iterator[Candidate]:
    digits = digits_of(" ".join(_words(dialogue, c)))
    turn = dialogue.turn_at(c.start)
    if c.type not in _READ_OUT | _PLACED or not digits:
        return
    for run in runs:
        behind = run.turn - turn
        if run.start < c.end or not 0 <= behind <= _PART_TURNS:
            continue
        part = any(p in digits for p in run.parts)
        if c.type in _READ_OUT:
            told = len(run.digits) >= 3 and (part or (run.alone and behind <= _CORRECTED_TURNS))
        else:
            told = part and run.alone
        if told:
            yield Candidate(run.start, run.end, c.type, c.score * 0.95, "mentions", c.tier)


def _runs(dialogue: Dialogue) -> Iterator[_Run]:
    """All runs of at least two figures."""
    tokens = dialogue.content
    for m in _RUN.finditer(dialogue.plain):
        first, stop = dialogue.token_at(m.start()), dialogue.token_at(m.end() - 1) + 1
        ends = [at for at in range(first + 1, stop) if tokens[at].opens_sentence]
        for lo, hi in pairwise([first, *ends, stop]):
            said = [t.fold for t in tokens[lo:hi]]
            digits, parts = digits_of(" ".join(said)), _parts(said)
            if len(digits) >= 2:
                alone = _is_alone(dialogue, lo, hi)
                yield _Run(tokens[lo].start, tokens[hi - 1].end, tokens[lo].turn, digits, parts, alone)


def _parts(said: Sequence[str]) -> frozenset[str]:
    """What is said on either side of "or"."""
    return frozenset(d for d in map(digits_of, " ".join(said).split(" or ")) if len(d) >= 2)


def _is_alone(dialogue: Dialogue, first: int, stop: int) -> bool:
    """Nothing else is said in the sentence, but for "sorry", "it's" and their like."""
    tokens = dialogue.content
    while first and not tokens[first].opens_sentence:
        first -= 1
        if tokens[first].fold not in _FRAME:
            return False
    end = tokens[stop - 1].end
    return dialogue.text[end : end + 1] in ("", "\n", ".", "?", "!", ",")


def _words(dialogue: Dialogue, c: Candidate) -> list[str]:
    return [t.fold for t in dialogue.content if c.start <= t.start < c.end]
