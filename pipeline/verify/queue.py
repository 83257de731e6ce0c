"""The risk queue: everything a person has to decide, the riskiest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pipeline.deidentify.classes import class_of
from pipeline.verify.state import Line, Mark, ReviewedTranscript, Voice

# How much harm one missed mention does. A name or a number singles a person out alone; an age or an
# occupation needs company (HIPAA's direct identifiers against quasi-identifiers).
CLASS_WEIGHTS = {"place": 0.8, "organisation": 0.7, "date": 0.7, "url": 0.8}
DIRECT_WEIGHT = 1.0
QUASI_WEIGHT = 0.6
# Words that stand in the open can leak; words already replaced can at worst be lost for the reader.
HIDDEN_WEIGHT = 0.35
VOICE_RISK = 0.75


@dataclass(frozen=True, slots=True)
class Question:
    """One open question: what it is about, how risky (0 to 1), why it is asked, and where."""

    id: str
    about: Literal["mark", "voice"]
    risk: float
    why: str
    line: str
    start: float
    end: float
    like_it: tuple[str, ...] = field(default=(), repr=False)


def open_questions(state: ReviewedTranscript) -> tuple[Question, ...]:
    """Every open question by falling risk; equal ones by time."""
    questions = [*_mark_questions(state), *_voice_questions(state)]
    return tuple(sorted(questions, key=lambda q: (-q.risk, q.start, q.id)))


def count_open(state: ReviewedTranscript) -> int:
    """How many questions are open."""
    marks = sum(m.open for line in state.lines.values() for m in line.marks)
    return marks + sum(v.open for v in state.voices)


def mark_risk(mark: Mark, heard: float = 1.0) -> float:
    """How bad it would be to get this mark wrong: exposure times harm times how likely it is wrong.

    `heard` is how sure the recogniser was of its words: of words heard faintly less is known, whatever
    the finder made of them.
    """
    kind = class_of(mark.type, mark.tier).key
    harm = CLASS_WEIGHTS.get(kind, DIRECT_WEIGHT) * (1.0 if mark.tier == "direct" else QUASI_WEIGHT)
    if mark.hides:
        return round(HIDDEN_WEIGHT * harm * (1.0 - 0.5 * min(mark.score, heard)), 4)
    return round(harm * (0.5 + 0.5 * max(mark.score, 1.0 - heard)), 4)


def _mark_questions(state: ReviewedTranscript) -> list[Question]:
    found = [(line, mark) for line in state.in_order() for mark in line.marks if mark.open]
    alike: dict[tuple[str, str], list[str]] = {}
    for line, mark in found:
        alike.setdefault(_key(line, mark), []).append(mark.id)
    return [
        _ask_mark(line, mark, tuple(m for m in alike[_key(line, mark)] if m != mark.id))
        for line, mark in found
    ]


def _ask_mark(line: Line, mark: Mark, alike: tuple[str, ...]) -> Question:
    said = [t for t in line.tokens if t.start_char < mark.end_char and mark.start_char < t.end_char]
    heard = min((t.probability for t in said), default=1.0)
    start, end = (said[0].start, said[-1].end) if said else (line.start, line.end)
    why = _why(mark, faint=any(t.faint for t in said))
    return Question(mark.id, "mark", mark_risk(mark, heard), why, line.id, start, end, alike)


def _key(line: Line, mark: Mark) -> tuple[str, str]:
    return mark.type, line.words_of(mark).casefold()


def _why(mark: Mark, *, faint: bool) -> str:
    """Why it is asked, as a sentence."""
    why = mark.reason or _default_reason(mark)
    if faint:
        why += "; heard faintly, so it may be another word"
    return f"{why[:1].upper()}{why[1:]}."


def _default_reason(mark: Mark) -> str:
    if mark.action == "flag":
        return "may single somebody out together with other facts; the policy asks a person"
    return f"{mark.found_by} was not sure (score {mark.score:.2f})"


def _voice_questions(state: ReviewedTranscript) -> list[Question]:
    return [_ask_voice(state, voice) for voice in state.voices if voice.open]


def _ask_voice(state: ReviewedTranscript, voice: Voice) -> Question:
    """A voice is heard best in its longest line."""
    said = [line for line in state.in_order() if line.voice == voice.speaker]
    why = f"This voice could not be told for certain{f': {voice.evidence}' if voice.evidence else ''}."
    if not said:
        return Question(f"v{voice.speaker}", "voice", VOICE_RISK, why, "", 0.0, 0.0)
    longest = max(said, key=lambda line: line.end - line.start)
    return Question(f"v{voice.speaker}", "voice", VOICE_RISK, why, longest.id, longest.start, longest.end)
