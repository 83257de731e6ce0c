"""From a document to what a writer shows: a `Sheet` of passages under the chosen conventions.

Writers see nothing but the sheet. It holds the de-identified text and never a recognised word:
words lend their times to the text's own words where both agree, and are dropped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.export.document import ExportDocument, Participant, clean, clock, in_order, show_moment
from pipeline.export.marks import mark_tokens
from pipeline.export.options import ExportOptions
from pipeline.export.smoothing import Smoother
from pipeline.export.styles import Pseudonyms
from pipeline.export.tokens import join, tokens_of
from pipeline.records import Utterance

# "all" for formats made to be read, "inaudible" where an empty text would be lost, "none" for data.
Marks = Literal["all", "inaudible", "none"]
DRAFT_MARK = "DRAFT: not verified by a person. Do not share or cite."


@dataclass(frozen=True, slots=True)
class Passage:
    """One utterance as shown. `time` is the time to print before it, or empty."""

    participant: str
    start: float
    end: float
    text: str = field(repr=False)
    overlap: bool = False
    time: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a writer gets: clean strings, passages in order of time, and whether it is a draft."""

    study: str
    recording: str
    date: str
    duration: float
    participants: tuple[Participant, ...]
    tool: str
    version: str
    models: tuple[tuple[str, str], ...]
    verified_by: str
    verified_at: str
    read: str
    read_share: str
    draft: bool
    passages: tuple[Passage, ...] = field(repr=False)
    edition: str = ""

    @property
    def title(self) -> str:
        """Study and recording in a line."""
        return f"{self.study}, {self.recording}" if self.study else self.recording

    @property
    def verified(self) -> str:
        """Who verified the transcript and when, in a line; empty for a draft."""
        return ", ".join(part for part in (self.verified_by, show_moment(self.verified_at)) if part)

    @property
    def transcribed_by(self) -> str:
        """The tool and its models in a line."""
        engines = ", ".join(name for _, name in self.models)
        return f"{self.tool} {self.version}".strip() + (f" ({engines})" if engines else "")

    @property
    def unquotable(self) -> tuple[str, ...]:
        """The codes of participants who did not agree to be quoted."""
        return tuple(p.code for p in self.participants if p.quotable is False)

    @property
    def keeps_quotation(self) -> bool:
        """Whether the study keeps who agreed to be quoted."""
        return any(p.quotable is not None for p in self.participants)

    @property
    def heading(self) -> tuple[tuple[str, str], ...]:
        """The header's lines, name and value, for formats made to be read."""
        people = ", ".join(f"{p.code} ({p.role})" if p.role else p.code for p in self.participants)
        lines = (
            ("Study", self.study),
            ("Recording", self.recording),
            ("Date", self.date),
            ("Duration", clock(self.duration)),
            ("Participants", people),
            ("Not to be quoted", ", ".join(self.unquotable)),
            ("Transcribed", self.transcribed_by),
            ("Verified", self.verified or "not verified (draft)"),
            ("Read", self.read),
            ("Version", self.edition),
        )
        return tuple((name, value) for name, value in lines if value)


def prepare(document: ExportDocument, options: ExportOptions, *, marks: Marks) -> Sheet:
    """Lay out a document under the conventions.

    `marks` says what goes into the text. For formats made to be read that is "all": pauses,
    [inaudible ...], [overlap] and times inside long turns. Data formats carry times and overlap in
    fields of their own.
    """
    people = Pseudonyms.load(options)
    names = tuple(replace(p, role=_role(clean(p.role), people.of(p.code))) for p in document.speakers)
    return Sheet(
        study=clean(document.study),
        recording=clean(document.recording),
        date=clean(document.date),
        duration=document.duration,
        participants=names,
        tool=clean(document.tool),
        version=clean(document.version),
        models=tuple((clean(use), clean(name)) for use, name in document.models),
        verified_by=clean(document.verified_by),
        verified_at="" if document.draft else clean(document.verified_at),
        read=clean(document.read),
        read_share=clean(document.read_share),
        draft=document.draft,
        passages=tuple(_passages(in_order(document.utterances), options, people, marks=marks)),
        edition=clean(document.edition),
    )


def _role(role: str, pseudonym: str) -> str:
    return "; ".join(part for part in (pseudonym, role) if part)


def _passages(
    utterances: Sequence[Utterance], options: ExportOptions, people: Pseudonyms, *, marks: Marks
) -> list[Passage]:
    smoother = Smoother.load() if options.wording == "clean" else None
    every = 0.0 if isinstance(options.times, bool) else float(options.times)
    passages: list[Passage] = []
    next_time = 0.0
    silent_since = 0.0
    for spoken in utterances:
        time = clock(spoken.start) if options.times is True else ""
        if every and spoken.start >= next_time:
            time, next_time = clock(spoken.start), (spoken.start // every + 1) * every
        text, next_time = _show(spoken, options, smoother, every, next_time, marks=marks)
        if marks == "all":
            text = _open_with(text, spoken, options, silence=spoken.start - silent_since)
        silent_since = max(silent_since, spoken.end)
        passages.append(
            Passage(
                spoken.participant, spoken.start, spoken.end, people.replace_in(text), spoken.overlap, time
            )
        )
    return passages


def _show(
    spoken: Utterance,
    options: ExportOptions,
    smoother: Smoother | None,
    every: float,
    next_time: float,
    *,
    marks: Marks,
) -> tuple[str, float]:
    """The utterance's text under the conventions, and the next time that is due."""
    text = clean(spoken.text)
    if not text and marks != "none":
        return f"[inaudible {clock(spoken.start)}]", next_time
    timed = marks == "all" and bool(spoken.words) and (options.pauses or every or options.inaudible_below)
    if not timed and smoother is None:
        return text, next_time
    tokens = tokens_of(text, spoken.words if timed else ())
    if timed:
        tokens, next_time = mark_tokens(tokens, options, every, next_time)
    return join(smoother.smooth(tokens) if smoother else tokens), next_time


def _open_with(text: str, spoken: Utterance, options: ExportOptions, *, silence: float) -> str:
    """Put what comes before the first word: the silence since anyone spoke, and [overlap]."""
    if options.pauses and silence >= options.long_pause:
        text = f"({round(silence)} s) {text}"
    return f"[overlap] {text}" if options.overlap and spoken.overlap else text
