"""Marks inside a turn: pauses, words nobody could make out, and the time every so often."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.export.document import clock
from pipeline.export.options import ExportOptions
from pipeline.export.tokens import Token


def mark_tokens(
    tokens: Sequence[Token], options: ExportOptions, every: float, next_time: float
) -> tuple[list[Token], float]:
    """Put marks between tokens whose times are known; returns them and the next time that is due.

    A pause stands only between two words whose times are both known: where something was replaced
    and its time is not known, no silence is claimed beside it.
    """
    marked: list[Token] = []
    before: float | None = None
    for token in tokens:
        if options.pauses and before is not None and token.start is not None:
            marked += _pause(token.start - before, options)
        if every and token.start is not None and token.start >= next_time:
            marked.append(Token(f"[{clock(token.start)}]", mark=True))
            next_time = (token.start // every + 1) * every
        _add(marked, token, options.inaudible_below)
        before = token.end
    return marked, next_time


def _pause(silence: float, options: ExportOptions) -> list[Token]:
    if silence >= options.long_pause:
        return [Token(f"({round(silence)} s)", mark=True)]
    return [Token("(..)", mark=True)] if silence >= options.short_pause else []


def _add(marked: list[Token], token: Token, threshold: float) -> None:
    """Append a token, or the mark for a run of words below the threshold."""
    if token.fixed or token.probability is None or token.start is None or token.probability >= threshold:
        marked.append(token)
    elif not (marked and marked[-1].text.startswith("[inaudible ")):
        marked.append(Token(f"[inaudible {clock(token.start)}]", mark=True))
