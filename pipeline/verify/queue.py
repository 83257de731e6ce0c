"""The queue: everything a person has to decide, each question once. Words in the open first, then what is hidden already
and only to be confirmed, then voices; within each the riskiest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.deidentify.classes import class_of
from pipeline.verify.grounds import Ground, grounds_of, is_ordinary, say_why, words_under
from pipeline.verify.state import Line, Mark, ReviewedTranscript, Voice

# How much harm one missed mention does. A name or a number singles a person out alone; an age or an
# occupation needs company (HIPAA's direct identifiers against quasi-identifiers).
CLASS_WEIGHTS = {"place": 0.8, "organisation": 0.7, "date": 0.7, "url": 0.8}
DIRECT_WEIGHT = 1.0
QUASI_WEIGHT = 0.6
# Words that stand in the open can leak; words already replaced can at worst be lost for the reader.
HIDDEN_WEIGHT = 0.35
VOICE_RISK = 0.75

Order = Literal["open", "hidden", "voice"]
_ORDER: tuple[Order, ...] = ("open", "hidden", "voice")


@dataclass(frozen=True, slots=True)
class Question:
    """One open question: what it is about, how risky (0 to 1), why it is asked, and where.

    `like_it` are the other places where the same is asked (the same words, class and standing); `together` is whether
    one answer fits them all: not for ordinary words. `grounds` is what speaks for it.
    """

    id: str
    about: Literal["mark", "voice"]
    risk: float
    why: str
    line: str
    start: float
    end: float
    like_it: tuple[str, ...] = field(default=(), repr=False)
    together: bool = True
    grounds: tuple[Ground, ...] = field(default=(), repr=False)
    order: Order = "open"


def open_questions(state: ReviewedTranscript) -> tuple[Question, ...]:
    """Every open question once: words in the open, confirmations, voices; by falling risk, equal ones by time."""
    questions = [*_mark_questions(state), *_voice_questions(state)]
    return tuple(sorted(questions, key=lambda q: (_ORDER.index(q.order), -q.risk, q.start, q.id)))


def count_open(state: ReviewedTranscript) -> int:
    """How many questions are open."""
    return len(_groups(state)) + sum(v.open for v in state.voices)


def count_decided(state: ReviewedTranscript) -> int:
    """How many questions were asked and are decided in every place."""
    asked = {_key(line, m)[:2]: True for line in state.lines.values() for m in line.marks if m.uncertain}
    still = {key[:2] for key in _groups(state)}
    return len(asked.keys() - still) + sum(v.unsure and not v.open for v in state.voices)


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


def _groups(state: ReviewedTranscript) -> dict[tuple[str, str, bool], list[tuple[Line, Mark]]]:
    """The open marks, those that ask the same together, by time."""
    groups: dict[tuple[str, str, bool], list[tuple[Line, Mark]]] = {}
    for line in state.in_order():
        for mark in line.marks:
            if mark.open:
                groups.setdefault(_key(line, mark), []).append((line, mark))
    return groups


def _key(line: Line, mark: Mark) -> tuple[str, str, bool]:
    return mark.type, line.words_of(mark).casefold(), mark.hides


def _mark_questions(state: ReviewedTranscript) -> list[Question]:
    return [_ask_marks(places) for places in _groups(state).values()]


def _ask_marks(places: Sequence[tuple[Line, Mark]]) -> Question:
    """One question for all its places, asked at the riskiest of them."""
    risks = [_risk(line, mark) for line, mark in places]
    at = max(range(len(places)), key=lambda n: risks[n])  # the first of the riskiest
    line, mark = places[at]
    said = words_under(line, mark)
    start, end = (said[0].start, said[-1].end) if said else (line.start, line.end)
    return Question(
        mark.id,
        "mark",
        risks[at],
        say_why(mark),
        line.id,
        start,
        end,
        tuple(m.id for _, m in places if m is not mark),
        together=not is_ordinary(line.words_of(mark)),
        grounds=grounds_of(line, mark, class_of(mark.type, mark.tier).key),
        order="hidden" if mark.hides else "open",
    )


def _risk(line: Line, mark: Mark) -> float:
    return mark_risk(mark, min((t.probability for t in words_under(line, mark)), default=1.0))


def _voice_questions(state: ReviewedTranscript) -> list[Question]:
    return [_ask_voice(state, voice) for voice in state.voices if voice.open]


def _ask_voice(state: ReviewedTranscript, voice: Voice) -> Question:
    """A voice is heard best in its longest line."""
    said = [line for line in state.in_order() if line.voice == voice.speaker]
    why = f"This voice could not be told for certain{f': {voice.evidence}' if voice.evidence else ''}."
    name, order = f"v{voice.speaker}", _ORDER[-1]
    if not said:
        return Question(name, "voice", VOICE_RISK, why, "", 0.0, 0.0, order=order)
    longest = max(said, key=lambda line: line.end - line.start)
    return Question(name, "voice", VOICE_RISK, why, longest.id, longest.start, longest.end, order=order)
