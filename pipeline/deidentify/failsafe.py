"""Failing closed: what could not be looked at is taken out whole, and put to a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipeline.deidentify.findings import Findings
from pipeline.errors import SessionDeidError
from pipeline.records import Roster, Span, Utterance

UNREAD_TYPE = "UNREAD"
_WHY = "this utterance could not be checked, so all of it was taken out"


class Detector(Protocol):
    """Finds identifiers in a dialogue. See pipeline.deidentify.detect."""

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]: ...


@dataclass(frozen=True, slots=True)
class Finds:
    """What a detector found, what it let stand, and the utterances it broke on (by index)."""

    spans: tuple[Span, ...] = field(default=(), repr=False)
    kept: tuple[Span, ...] = field(default=(), repr=False)
    unread: frozenset[int] = frozenset()


def find_safely(detector: Detector, utterances: Sequence[Utterance], roster: Roster | None) -> Finds:
    """Run a detector; where it breaks, halve the dialogue until the utterances it breaks on are known.

    An error of ours (a model that is not installed) and running out of memory are the caller's: they do
    not come from what was said, and nothing has been let through.
    """
    try:
        findings = _look(detector, utterances, roster)
        return _check(findings, utterances)
    except (SessionDeidError, MemoryError):
        raise
    except Exception:
        if len(utterances) <= 1:
            return Finds(unread=frozenset(range(len(utterances))))
    middle = len(utterances) // 2
    first = find_safely(detector, utterances[:middle], roster)
    second = find_safely(detector, utterances[middle:], roster)
    spans, kept = (_moved(found, middle) for found in (second.spans, second.kept))
    return Finds(first.spans + spans, first.kept + kept, first.unread | {i + middle for i in second.unread})


def _moved(spans: Sequence[Span], by: int) -> tuple[Span, ...]:
    return tuple(replace(s, utterance=s.utterance + by) for s in spans)


def _look(detector: Detector, utterances: Sequence[Utterance], roster: Roster | None) -> Findings:
    """All finds, doubtful ones too where the detector tells them apart (they are for the risk queue)."""
    examine: Callable[..., Findings] | None = getattr(detector, "examine", None)
    return Findings(detector.find(utterances, roster)) if examine is None else examine(utterances, roster)


def _check(findings: Findings, utterances: Sequence[Utterance]) -> Finds:
    """A span that does not fit its utterance means that the utterance was misread."""
    unread = {s.utterance for s in (*findings.spans, *findings.kept) if not _fits(s, utterances)}
    spans, kept = (
        tuple(s for s in found if s.utterance not in unread or _fits(s, utterances))
        for found in (findings.spans, findings.kept)
    )
    return Finds(spans, kept, frozenset(unread))


def _fits(span: Span, utterances: Sequence[Utterance]) -> bool:
    if not 0 <= span.utterance < len(utterances):
        raise ValueError("a detector found something outside the dialogue")
    return utterances[span.utterance].text[span.start_char : span.end_char] == span.text


def whole_utterance(index: int, utterance: Utterance) -> Span:
    """The span that takes out all of an utterance."""
    return Span(
        utterance=index,
        start_char=0,
        end_char=len(utterance.text),
        type=UNREAD_TYPE,
        tier="direct",
        score=1.0,
        found_by="failsafe",
        text=utterance.text,
        uncertain=True,
        reason=_WHY,
    )
