"""The steps of a review in words: who, when, what, where; of their words only what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.verify.changes import passages, show_difference, text_of
from pipeline.verify.decisions import Decision, Event, Place
from pipeline.verify.final import changed_lines
from pipeline.verify.state import ReviewedTranscript

_MOST_CHARACTERS = 160


SAID_OF = {
    "accept": "redacted",
    "reject": "words kept",
    "change-class": "class changed",
    "change-label": "label changed",
    "same-as": "one label for two",
    "rename-label": "label renamed",
    "add-to-roster": "added to the roster",
    "redact": "redacted",
    "correct": "words put right",
    "replace": "words replaced",
    "retype": "words put right",
    "split": "a line cut in two",
    "join": "two lines made one",
    "move": "given to somebody else",
    "merge-speakers": "two participants made one",
    "confirm-voice": "voice confirmed",
    "name-voice": "voice named",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its event, what was done (one of our sentences), labels and codes it was about, the line to go to, and
    how many lines it changed. `was` and `now` are the words that differ, as a reader saw them."""

    number: int
    at: str
    by: str
    what: str
    about: str
    line: str
    participant: str
    seconds: float
    lines: int
    was: str = field(default="", repr=False)
    now: str = field(default="", repr=False)


def say_step(decision: Decision) -> str:
    """A step in a few words for people, with how many places it was about; none of its own words."""
    places: Sequence[str] | Sequence[Place] = getattr(decision, "marks", getattr(decision, "places", ()))
    many = f" ({len(places)} places)" if len(places) > 1 else ""
    return SAID_OF[decision.kind] + many


def tell_step(
    event: Event, before: ReviewedTranscript, after: ReviewedTranscript, *, words: bool = False
) -> Step:
    """A step that led from one state to another; with `words` also what differs."""
    changed = {line.id for line in changed_lines(before, after)}
    places = [name for name in after.order if name in changed]
    line = after.lines[places[0]] if places else None
    was, now = _difference(before, after) if words else ("", "")
    return Step(
        event.number,
        event.at,
        event.by,
        say_step(event.decision),
        _about(event.decision),
        line.id if line else "",
        line.participant if line else "",
        line.start if line else 0.0,
        len(places),
        was,
        now,
    )


def _difference(before: ReviewedTranscript, after: ReviewedTranscript) -> tuple[str, str]:
    for each in passages(before, after):
        if each.before != each.after and each.changed:
            was, now = show_difference(text_of(each.before), text_of(each.after))
            return was[:_MOST_CHARACTERS], now[:_MOST_CHARACTERS]
    return "", ""


def _about(decision: Decision) -> str:
    """Labels and codes: they stand in the transcript, and are nobody's words."""
    pairs = (("label", "other"), ("label", "to"), ("participant", "into"))
    for one, other in pairs:
        if hasattr(decision, one) and hasattr(decision, other):
            return f"{getattr(decision, one)} → {getattr(decision, other)}"
    for name in ("label", "participant", "code", "speaker"):
        if given := getattr(decision, name, ""):
            return str(given)
    labels: Sequence[str] = getattr(decision, "labels", ())
    return ", ".join(dict.fromkeys(labels))
