"""The redaction report: what was taken out of a transcript, how, and what is left to think about.

It goes into a study's file and may be shown to an ethics board, so it never holds an original word, and
nothing in it is copied from a transcript: only classes, labels, times, scores and counts. A surrogate is
shown by its class alone, since it is only a stand-in if nobody can tell it from the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeline.deidentify.classes import CLASSES, HIPAA, class_of_span
from pipeline.records import Redaction, Span, Transcription, Utterance
from pipeline.records import to_json as record_json
from pipeline.verify.residual import notes

Status = Literal["automatic", "undecided", "accepted", "rejected"]
Decided = Mapping[int, Literal["accepted", "rejected"]]
_TEMPLATES = Path(__file__).parent / "templates"


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


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `digests` name what it was made of and for, by SHA-256."""

    recording: str
    made_at: str
    policy: str
    sensitivity: str
    style: str
    duration: float | None
    utterances: int
    words: int
    participants: tuple[str, ...]
    statuses: Mapping[str, int]
    classes: tuple[ClassCount, ...]
    hipaa: tuple[HipaaCount, ...]
    replacements: tuple[Replacement, ...]
    notes: tuple[str, ...]
    versions: Mapping[str, str]
    digests: Mapping[str, str]
    decided_by: str


def build(
    recording: str,
    redaction: Redaction,
    *,
    transcription: Transcription | None = None,
    versions: Mapping[str, str],
    decided_by: str = "",
    decided: Decided | None = None,
    digests: Mapping[str, str] | None = None,
    made_at: datetime | None = None,
) -> Report:
    """Make the report of one recording.

    `decided` gives a person's decisions by the span's place in `redaction.spans`; `decided_by` is who
    decided; `digests` adds the SHA-256 of files the report should name (source audio, transcript).
    """
    entries = _entries(redaction, decided or {})
    spans = redaction.spans
    style = "surrogate" if any(_is_surrogate(s) for s in spans) else "label"
    statuses = Counter(e.status for e in entries)
    return Report(
        recording=recording,
        made_at=(made_at or datetime.now(UTC)).isoformat(timespec="seconds"),
        policy=redaction.policy,
        sensitivity=redaction.sensitivity,
        style=style,
        duration=transcription.duration if transcription else None,
        utterances=len(redaction.utterances),
        words=sum(len(u.text.split()) for u in redaction.utterances),
        participants=tuple(sorted({u.participant for u in redaction.utterances if u.participant})),
        statuses={key: statuses[key] for key in ("automatic", "undecided", "accepted", "rejected")},
        classes=_count_classes(spans, entries),
        hipaa=_count_hipaa(spans, entries),
        replacements=entries,
        notes=notes(redaction, undecided=statuses["undecided"], transcription=transcription, style=style),
        versions=dict(sorted(versions.items())),
        digests={"transcript": transcript_digest(redaction.utterances), **(digests or {})},
        decided_by=decided_by,
    )


def to_json(report: Report) -> str:
    """The report as JSON text, keys in a fixed order."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n"


def to_html(report: Report) -> str:
    """The report as one HTML page that needs nothing else and prints well."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    return environment.get_template("report.html").render(report=report, titles=_titles())


def transcript_digest(utterances: Sequence[Utterance]) -> str:
    """SHA-256 of the de-identified transcript: each utterance's JSON, one a line."""
    digest = hashlib.sha256()
    for utterance in utterances:
        digest.update(record_json(utterance) + b"\n")
    return digest.hexdigest()


def clock(seconds: float) -> str:
    """Seconds as 00:01:23."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _titles() -> dict[str, str]:
    return {c.key: c.title for c in CLASSES.values()}


def _is_surrogate(span: Span) -> bool:
    return bool(span.replacement) and not span.replacement.startswith("[")


def _entries(redaction: Redaction, decided: Decided) -> tuple[Replacement, ...]:
    moments = _moments(redaction)
    return tuple(
        Replacement(
            number=number,
            seconds=round(moments[index], 2),
            participant=redaction.utterances[span.utterance].participant,
            kind=class_of_span(span).key,
            tier=span.tier,
            action=span.action,
            replacement="(surrogate)" if _is_surrogate(span) else span.replacement,
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


def _count_classes(spans: Sequence[Span], entries: Sequence[Replacement]) -> tuple[ClassCount, ...]:
    by_class: dict[str, Counter[str]] = {}
    for span, entry in zip(spans, entries, strict=True):
        outcome = entry.action if _taken_out(entry) else "left"
        by_class.setdefault(class_of_span(span).key, Counter())[outcome] += 1
    return tuple(
        ClassCount(key, by_class[key]["remove"], by_class[key]["generalise"], by_class[key]["left"])
        for key in CLASSES
        if key in by_class
    )


def _count_hipaa(spans: Sequence[Span], entries: Sequence[Replacement]) -> tuple[HipaaCount, ...]:
    removed: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for span, entry in zip(spans, entries, strict=True):
        (removed if _taken_out(entry) else left)[class_of_span(span).hipaa] += 1
    return tuple(HipaaCount(letter, title, removed[letter], left[letter]) for letter, title in HIPAA.items())
