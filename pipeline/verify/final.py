"""The reviewed transcript as the pipeline's own record, and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.records import Redaction, Span, Utterance, Word, to_json
from pipeline.verify.state import Line, Mark, ReviewedTranscript, Token


@dataclass(frozen=True, slots=True)
class _Digested:
    """What the digest is taken over. Its form never changes: approvals of earlier versions name such digests."""

    utterances: tuple[Utterance, ...] = field(repr=False)
    spans: tuple[()] = ()
    labels: dict[str, tuple[()]] = field(default_factory=lambda: {"labels": ()})
    policy: str = ""
    sensitivity: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: kept words (`mark` None) or a mark; `text` is what the reader sees."""

    text: str
    start_char: int
    mark: Mark | None = None


def line_pieces(line: Line) -> list[Piece]:
    """The line as its reader sees it, in pieces."""
    pieces: list[Piece] = []
    at = 0
    for mark in line.marks:
        if mark.start_char > at:
            pieces.append(Piece(line.text[at : mark.start_char], at))
        pieces.append(Piece(mark.replacement if mark.hides else line.words_of(mark), mark.start_char, mark))
        at = mark.end_char
    if at < len(line.text):
        pieces.append(Piece(line.text[at:], at))
    return pieces


def redacted_text(line: Line) -> str:
    """The line's text with its replacements."""
    return "".join(piece.text for piece in line_pieces(line))


def final_redaction(state: ReviewedTranscript) -> Redaction:
    """What the review approves: de-identified utterances, and the spans behind them."""
    utterances: list[Utterance] = []
    spans: list[Span] = []
    for index, line in enumerate(state.in_order()):
        utterances.append(
            Utterance(line.participant, line.start, line.end, redacted_text(line), _words(line), line.overlap)
        )
        spans.extend(_span(index, line, mark) for mark in line.marks)
    return Redaction(tuple(utterances), tuple(spans), state.labels, state.policy, state.sensitivity)


def decided_spans(state: ReviewedTranscript) -> dict[int, Literal["accepted", "rejected"]]:
    """What a person decided, by the span's place in the final record."""
    marks = (mark for line in state.in_order() for mark in line.marks)
    return {number: mark.verdict for number, mark in enumerate(marks) if mark.verdict}


def review_digest(state: ReviewedTranscript) -> str:
    """SHA-256 (hex) of the transcript that would be approved: codes, times, texts, in order."""
    final = final_redaction(state)
    return digest_of(final.utterances, final.policy, final.sensitivity)


def digest_of(utterances: Sequence[Utterance], policy: str, sensitivity: str) -> str:
    """SHA-256 (hex) of a de-identified transcript: what an approval names."""
    digested = _Digested(tuple(utterances), policy=policy, sensitivity=sensitivity)
    return hashlib.sha256(to_json(digested)).hexdigest()


def _span(index: int, line: Line, mark: Mark) -> Span:
    kept = mark.verdict == "rejected"
    return Span(
        index,
        mark.start_char,
        mark.end_char,
        mark.type,
        mark.tier,
        mark.score,
        "reviewer" if mark.verdict and mark.found_by == "reviewer" else mark.found_by,
        line.words_of(mark),
        "keep" if kept else mark.action,
        mark.replacement if mark.hides else "",
        mark.open,
        mark.reason,
        mark.evidence,
    )


def _words(line: Line) -> tuple[Word, ...]:
    """Words with times: those under a replacement become one, so that no original word stays."""
    words: list[Word] = []
    for group in _groups(line):
        start, end = group[0].start_char, group[-1].end_char
        text = _visible(line, start, end)
        if text.strip():
            words.append(
                Word(
                    group[0].start, max(t.end for t in group), text.strip(), min(t.probability for t in group)
                )
            )
    return tuple(words)


def _groups(line: Line) -> list[list[Token]]:
    groups: list[list[Token]] = []
    hiding = [m for m in line.marks if m.hides]
    for token in line.tokens:
        joined = groups and any(
            m.start_char < groups[-1][-1].end_char and token.start_char < m.end_char for m in hiding
        )
        if joined:
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def _visible(line: Line, start: int, end: int) -> str:
    """What the reader sees of start..end; a replacement belongs to the group its mark begins in."""
    return "".join(_shown(piece, start, end) for piece in line_pieces(line))


def _shown(piece: Piece, start: int, end: int) -> str:
    if piece.mark is not None and piece.mark.hides:
        return piece.text if piece.mark.start_char < end and start < piece.mark.end_char else ""
    return piece.text[max(start - piece.start_char, 0) : max(end - piece.start_char, 0)]


def changed_lines(before: ReviewedTranscript, after: ReviewedTranscript) -> Sequence[Line]:
    """The lines that differ between two states (they share the others)."""
    return [line for name, line in after.lines.items() if before.lines.get(name) is not line]
