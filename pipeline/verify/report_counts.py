"""What a redaction report lists and counts: each place, each class, each of HIPAA's 18 identifiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.deidentify.classes import class_of_span
from pipeline.identifiers import CLASSES, HIPAA
from pipeline.records import Redaction, Span, Utterance

Status = Literal["automatic", "undecided", "accepted", "rejected"]
Decided = Mapping[int, Literal["accepted", "rejected"]]


@dataclass(frozen=True, slots=True)
class Replacement:
    """One place that was replaced, or asked about: when, what class, what stands there now."""

    number: int
    seconds: float
    participant: str
    kind: str
    tier: str
    action: str
    replacement: str
    score: float
    found_by: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How often a class was found, and what became of it."""

    kind: str
    replaced: int
    generalised: int
    left: int


@dataclass(frozen=True, slots=True)
class HipaaCount:
    """One of HIPAA's 18 identifiers: how many were taken out, how many are left in."""

    letter: str
    title: str
    removed: int
    left: int


def is_surrogate(span: Span) -> bool:
    return bool(span.replacement) and not span.replacement.startswith("[")


def list_places(redaction: Redaction, decided: Decided) -> tuple[Replacement, ...]:
    moments = _moments(redaction)
    return tuple(
        Replacement(
            number=number,
            seconds=round(moments[index], 2),
            participant=redaction.utterances[span.utterance].participant,
            kind=class_of_span(span).key,
            tier=span.tier,
            action=span.action,
            replacement="(surrogate)" if is_surrogate(span) else span.replacement,
            score=round(span.score, 3),
            found_by=span.found_by,
            status=decided.get(index, "undecided" if span.uncertain else "automatic"),
            reason=span.reason,
        )
        for number, (index, span) in enumerate(enumerate(redaction.spans), 1)
    )


def _moments(redaction: Redaction) -> list[float]:
    """When each span is said: by the words' times where there are, else by its place in the utterance."""
    moments = []
    for span in redaction.spans:
        utterance = redaction.utterances[span.utterance]
        moments.append(_moment(utterance, _offset(redaction, span)))
    return moments


def _offset(redaction: Redaction, span: Span) -> int:
    """Where a span begins in the de-identified text."""
    moved = sum(
        len(s.replacement) - (s.end_char - s.start_char)
        for s in redaction.spans
        if s.utterance == span.utterance and s.replacement and s.end_char <= span.start_char
    )
    return span.start_char + moved


def _moment(utterance: Utterance, offset: int) -> float:
    at = 0
    for word in utterance.words:
        found = utterance.text.find(word.text, at)
        if found < 0:
            break
        at = found + len(word.text)
        if offset < at:
            return word.start
    share = offset / max(len(utterance.text), 1)
    return utterance.start + min(share, 1.0) * (utterance.end - utterance.start)


def _taken_out(entry: Replacement) -> bool:
    return entry.action != "flag" and entry.status != "rejected"


def count_classes(spans: Sequence[Span], entries: Sequence[Replacement]) -> tuple[ClassCount, ...]:
    by_class: dict[str, Counter[str]] = {}
    for span, entry in zip(spans, entries, strict=True):
        outcome = entry.action if _taken_out(entry) else "left"
        by_class.setdefault(class_of_span(span).key, Counter())[outcome] += 1
    return tuple(
        ClassCount(key, by_class[key]["remove"], by_class[key]["generalise"], by_class[key]["left"])
        for key in CLASSES
        if key in by_class
    )


def count_hipaa(spans: Sequence[Span], entries: Sequence[Replacement]) -> tuple[HipaaCount, ...]:
    removed: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for span, entry in zip(spans, entries, strict=True):
        (removed if _taken_out(entry) else left)[class_of_span(span).hipaa] += 1
    return tuple(HipaaCount(letter, title, removed[letter], left[letter]) for letter, title in HIPAA.items())
