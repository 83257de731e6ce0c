"""What a review made of the transcript: passages before and after, words put right, lines given to another speaker."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline.verify.final import redacted_text
from pipeline.verify.state import Line, ReviewedTranscript

_PIECES = re.compile(r"\[[^\[\]]*\]\S*|\S+")  # a label is one piece
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A line as it was and what it is now: it may have been cut, joined to the one before, or given away."""

    before: tuple[Line, ...] = field(repr=False)
    after: tuple[Line, ...] = field(repr=False)

    @property
    def changed(self) -> bool:
        """True when a reader sees another text, or another speaker."""
        return [*map(_seen, self.before)] != [*map(_seen, self.after)]


@dataclass(frozen=True, slots=True)
class PutRight:
    """How many words a reviewer put right (changed, added, taken out), and how many lines they gave to another speaker."""

    words: int = 0
    lines: int = 0


def passages(before: ReviewedTranscript, after: ReviewedTranscript) -> tuple[Passage, ...]:
    """All of a transcript in passages, by time. A line that is there no more belongs to the passage before it: it was
    joined to that one, or its words were taken out."""
    now: dict[str, list[Line]] = {}
    for line in after.in_order():
        now.setdefault(_root(line.id), []).append(line)
    found: list[tuple[list[Line], list[Line]]] = []
    for line in before.in_order():
        root = _root(line.id)
        if found and (_root(found[-1][0][-1].id) == root or (root not in now and found)):
            found[-1][0].append(line)
        else:
            found.append(([line], now.get(root, [])))
    return tuple(Passage(tuple(was), tuple(is_now)) for was, is_now in found)


def count_put_right(before: ReviewedTranscript, after: ReviewedTranscript) -> PutRight:
    """What was put right by hand. A voice that was given to another participant as a whole is no line given away."""
    words = lines = 0
    for each in passages(before, after):
        if each.before == each.after:
            continue
        words += _words_changed(_words(each.before), _words(each.after))
        speakers = {line.participant for line in each.before}
        lines += sum(not line.voice and line.participant not in speakers for line in each.after)
    return PutRight(words, lines)


def show_difference(before: str, after: str) -> tuple[str, str]:
    """The words in which two texts differ, without those that are the same at their beginnings and ends."""
    was, now = _PIECES.findall(before), _PIECES.findall(after)
    at = 0
    while at < min(len(was), len(now)) and was[at] == now[at]:
        at += 1
    end = 0
    while end < min(len(was), len(now)) - at and was[-1 - end] == now[-1 - end]:
        end += 1
    return " ".join(was[at : len(was) - end]), " ".join(now[at : len(now) - end])


def text_of(lines: Iterable[Line]) -> str:
    """What a reader sees of some lines."""
    return " ".join(redacted_text(line) for line in lines)


def _root(name: str) -> str:
    """The line of the recording that a line was made of."""
    return name.partition(".")[0]


def _seen(line: Line) -> tuple[str, str]:
    return line.participant, redacted_text(line)


def _words(lines: Iterable[Line]) -> list[str]:
    return [word for line in lines for word in _WORD.findall(line.text)]


def _words_changed(was: list[str], now: list[str]) -> int:
    changes = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")
