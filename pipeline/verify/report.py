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

from pipeline.identifiers import CLASSES
from pipeline.records import Redaction, Transcription, Utterance
from pipeline.records import to_json as record_json
from pipeline.verify.changes import PutRight
from pipeline.verify.heard_well import HeardWell, heard_well
from pipeline.verify.reading import HowRead, percent, say_reading
from pipeline.verify.report_counts import (
    ClassCount,
    Decided,
    HipaaCount,
    Replacement,
    count_classes,
    count_hipaa,
    is_surrogate,
    list_places,
)
from pipeline.verify.report_groups import found_identifiers, group_places, reasons
from pipeline.verify.residual import notes

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `digests` name what it was made of and for, by SHA-256.

    `coverage` is the share of the words (0 to 1) read or heard in the review, None where there was no
    review; `how` is the time that took and `put_right` what was put right by hand (None of versions that kept neither); `verified_at` is when the last approval was given (ISO 8601), empty before.
    """

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
    coverage: float | None = None
    verified_at: str = ""
    heard: HeardWell | None = None
    how: HowRead | None = None
    put_right: PutRight | None = None
    id: str = ""


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
    coverage: float | None = None,
    how: HowRead | None = None,
    put_right: PutRight | None = None,
    verified_at: str = "",
    over: int = 0,
    id: str = "",  # noqa: A002 - what it is called in the record
) -> Report:
    """Make the report of one recording, by its name; `id` is what a study calls it.

    `decided` gives a person's decisions by the span's place in `redaction.spans`; `decided_by` is who
    decided; `digests` adds the SHA-256 of files the report should name (source audio, transcript);
    `coverage`, `how`, `put_right` (by a reviewer's hand), `verified_at` and `over` (places a last look found in the open, verified all the same) come from the
    review.
    """
    entries = list_places(redaction, decided or {})
    spans = redaction.spans
    style = "surrogate" if any(is_surrogate(s) for s in spans) else "label"
    statuses = Counter(e.status for e in entries)
    skimmed, listened = _shares(how)
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
        classes=count_classes(spans, entries),
        hipaa=count_hipaa(spans, entries),
        replacements=entries,
        notes=notes(
            redaction,
            undecided=statuses["undecided"],
            transcription=transcription,
            style=style,
            coverage=coverage,
            skimmed=skimmed,
            listened=listened,
            over=over,
        ),
        versions=dict(sorted(versions.items())),
        digests={"transcript": transcript_digest(redaction.utterances), **(digests or {})},
        decided_by=decided_by,
        coverage=coverage,
        verified_at=verified_at,
        heard=heard_well(transcription, redaction.utterances) if transcription else None,
        how=how,
        put_right=put_right,
        id=id,
    )


def _shares(how: HowRead | None) -> tuple[float, float | None]:
    """The shares of the words that were skimmed, and that were listened to (None where nothing is known of it)."""
    if how is None or not how.words:
        return 0.0, None
    return how.skimmed / how.words, how.by_ear / how.words


def to_json(report: Report) -> str:
    """The report as JSON text, keys in a fixed order."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n"


def to_html(report: Report) -> str:
    """The report as one HTML page that needs nothing else and prints well: a summary on one page, each place after it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=clock, moment=moment, percent=percent, reading=say_reading)
    groups = group_places(report.replacements)
    return environment.get_template("report.html").render(
        report=report,
        titles=_titles(),
        groups=groups,
        whys=reasons(groups),
        identifiers=found_identifiers(report.hipaa),
    )


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


def moment(at: str) -> str:
    """An ISO 8601 time for people: 2031-05-04 12:00 UTC."""
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else ""


def _titles() -> dict[str, str]:
    return {c.key: c.title for c in CLASSES.values()}
