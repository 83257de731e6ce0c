"""A transcript under review: the original words, what stands in their place, and what is still open.

All records are frozen; a decision makes a new state that shares every untouched line with the old one,
so that undo is a step back in a list and the page is sent only what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.records import Attribution, LabelMap, Person, Redaction, Roster
from pipeline.verify.marks import FAINT_PROBABILITY, Mark, Token, Verdict
from pipeline.verify.notes import LineNote
from pipeline.verify.reading import Reading
from pipeline.verify.tokens import place_marks, place_tokens

__all__ = [
    "FAINT_PROBABILITY",
    "Line",
    "Mark",
    "ReviewedTranscript",
    "RosterAddition",
    "Token",
    "Verdict",
    "Voice",
    "begin_review",
]


@dataclass(frozen=True, slots=True)
class Line:
    """One participant's words in one turn: original text, its words in time, its marks in order.

    `voice` is the local speaker who was heard, empty once a person gave the line to somebody by hand.
    """

    id: str
    participant: str
    start: float
    end: float
    text: str = field(repr=False)
    tokens: tuple[Token, ...] = field(default=(), repr=False)
    marks: tuple[Mark, ...] = ()
    overlap: bool = False
    voice: str = ""

    def words_of(self, mark: Mark) -> str:
        """The original words under a mark."""
        return self.text[mark.start_char : mark.end_char]


@dataclass(frozen=True, slots=True)
class Voice:
    """A local speaker, the code it was given and why; `open` until a person confirmed an unsure one."""

    speaker: str
    code: str
    evidence: str = ""
    unsure: bool = False
    confirmed: bool = False

    @property
    def open(self) -> bool:
        return self.unsure and not self.confirmed


@dataclass(frozen=True, slots=True)
class RosterAddition:
    """A name to add to the study's roster: under a participant's code, or in a group of other words."""

    name: str = field(repr=False)
    code: str = ""
    group: Literal["", "sites", "staff", "other"] = ""


@dataclass(frozen=True, slots=True)
class ReviewedTranscript:
    """The state of a review after some decisions. `order` lists the ids of `lines` by time; `read` are the lines marked
    as read, `reading` the time that took; `taken` are labels that other recordings gave since it began; `unlooked` are
    lines with typed words that the recognizers have not looked through yet."""

    duration: float
    order: tuple[str, ...]
    lines: Mapping[str, Line] = field(repr=False)
    voices: tuple[Voice, ...] = ()
    roster: tuple[Person, ...] = field(default=(), repr=False)
    labels: LabelMap = field(default_factory=LabelMap, repr=False)
    additions: tuple[RosterAddition, ...] = ()
    read: frozenset[str] = frozenset()
    reading: Reading = field(default_factory=Reading)
    notes: tuple[LineNote, ...] = field(default=(), repr=False)
    policy: str = ""
    sensitivity: str = "balanced"
    taken: frozenset[str] = frozenset()
    unlooked: frozenset[str] = frozenset()

    def in_order(self) -> Iterable[Line]:
        """The lines by time."""
        return (self.lines[name] for name in self.order)

    def participants(self) -> tuple[str, ...]:
        """Codes that speak or are on the roster, sorted."""
        return tuple(
            sorted({line.participant for line in self.lines.values()} | {p.code for p in self.roster})
        )

    def written_labels(self) -> set[str]:
        """What stands in the place of words in this transcript."""
        return {m.replacement for line in self.lines.values() for m in line.marks if m.hides}

    def find_mark(self, mark: str) -> tuple[Line, Mark] | None:
        """The line and mark of an id."""
        for line in self.lines.values():
            for candidate in line.marks:
                if candidate.id == mark:
                    return line, candidate
        return None


def begin_review(
    attribution: Attribution,
    redaction: Redaction,
    roster: Roster,
    duration: float,
    taken: Iterable[str] = (),
) -> ReviewedTranscript:
    """The state before any decision, from what the pipeline left."""
    spans: dict[int, list[int]] = {}
    for number, span in enumerate(redaction.spans):
        spans.setdefault(span.utterance, []).append(number)
    voice_of = {code: speaker for speaker, code in attribution.codes}
    lines = {}
    for index, said in enumerate(attribution.utterances):
        marks = place_marks([(n, redaction.spans[n]) for n in spans.get(index, [])])
        lines[f"u{index}"] = Line(
            f"u{index}",
            said.participant,
            said.start,
            said.end,
            said.text,
            place_tokens(said),
            marks,
            said.overlap,
            voice_of.get(said.participant, ""),
        )
    evidence = dict(attribution.evidence)
    voices = tuple(
        Voice(speaker, code, evidence.get(speaker, ""), speaker in attribution.unsure)
        for speaker, code in attribution.codes
    )
    order = tuple(sorted(lines, key=lambda name: (lines[name].start, int(name[1:]))))
    return ReviewedTranscript(
        max(duration, *(line.end for line in lines.values()), 0.0) if lines else duration,
        order,
        lines,
        voices,
        roster.people,
        redaction.labels,
        policy=redaction.policy,
        sensitivity=redaction.sensitivity,
        taken=frozenset(taken),
    )
