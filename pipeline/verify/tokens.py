"""Words and marks given their places in a line's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.deidentify.merge import free_parts
from pipeline.records import Span, Utterance
from pipeline.verify.marks import Mark, Token

if TYPE_CHECKING:
    from pipeline.verify.state import Line

_WORD = re.compile(r"\S+")


def place_tokens(said: Utterance) -> tuple[Token, ...]:
    """Each word's characters and seconds; without word times they are spread over the utterance."""
    tokens: list[Token] = []
    at = 0
    for word in said.words:
        found = said.text.find(word.text, at)
        if found < 0 or not word.text:
            continue
        at = found + len(word.text)
        tokens.append(
            Token(found, at, word.start, word.end, word.probability, without_hint=word.without_hint)
        )
    return tuple(tokens) if tokens else spread_tokens(said)


def spread_tokens(said: Utterance) -> tuple[Token, ...]:
    """Words in proportion to their letters, for a transcript that came without word times."""
    length = max(len(said.text), 1)
    rate = (said.end - said.start) / length
    return tuple(
        Token(
            w.start(), w.end(), round(said.start + w.start() * rate, 3), round(said.start + w.end() * rate, 3)
        )
        for w in _WORD.finditer(said.text)
    )


def heard_without_hints(line: Line, mark: Mark) -> str | None:
    """What the recogniser heard in a mark's words when it had no hints, empty where that was nothing; None where it
    heard the same."""
    tokens = [t for t in line.tokens if t.start_char < mark.end_char and mark.start_char < t.end_char]
    if all(t.without_hint is None for t in tokens):
        return None
    heard = (
        line.text[t.start_char : t.end_char] if t.without_hint is None else t.without_hint for t in tokens
    )
    return " ".join(filter(None, heard))


def place_marks(spans: Sequence[tuple[int, Span]]) -> tuple[Mark, ...]:
    """Spans as marks that never overlap: what hides words wins, the rest keeps what is left of it."""
    marks: list[Mark] = []
    for number, span in sorted(spans, key=_strength):
        for piece, (start, end) in enumerate(
            free_parts(span.start_char, span.end_char, [(m.start_char, m.end_char) for m in marks])
        ):
            if not span.text[start - span.start_char : end - span.start_char].strip():
                continue
            name = f"s{number}" if piece == 0 else f"s{number}.{piece}"
            marks.append(_as_mark(name, span, start, end))
    return tuple(sorted(marks, key=lambda m: m.start_char))


def _strength(numbered: tuple[int, Span]) -> tuple[bool, int, float]:
    span = numbered[1]
    return (not span.replacement, span.start_char - span.end_char, -span.score)


def _as_mark(name: str, span: Span, start: int, end: int) -> Mark:
    # A flag is a question of the policy to a person: it is open even where the finder was sure.
    return Mark(
        name,
        start,
        end,
        span.type,
        span.tier,
        span.score,
        span.found_by,
        span.action,
        span.replacement,
        span.uncertain or span.action == "flag",
        span.reason,
        evidence=span.evidence,
    )


def spread_words(
    words: Sequence[tuple[int, int]], start: float, end: float, *, typed: bool = False
) -> list[Token]:
    """A stretch of time shared among words (their characters) by their letters."""
    letters = sum(b - a for a, b in words)

    def time_at(said: int) -> float:
        return round(start + (end - start) * said / letters, 3)

    made, said = [], 0
    for a, b in words:
        made.append(Token(a, b, time_at(said), time_at(said + b - a), typed=typed))
        said += b - a
    return made


def shift_marks(marks: Sequence[Mark], by: int) -> tuple[Mark, ...]:
    """The same marks, moved along the text."""
    return tuple(replace(m, start_char=m.start_char + by, end_char=m.end_char + by) for m in marks)


def shift_tokens(tokens: Sequence[Token], by: int) -> tuple[Token, ...]:
    """The same words, moved along the text."""
    if not by:
        return tuple(tokens)
    return tuple(
        Token(
            t.start_char + by, t.end_char + by, t.start, t.end, t.probability, t.typed, t.without_hint
        )  # by name it would take three times as long, and most words of an hour are moved when one is replaced
        for t in tokens
    )
