"""The states of a review, one for each event: undo and redo walk along them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.deidentify.forgetting import retire
from pipeline.errors import DecisionError
from pipeline.records import Attribution, Redaction, Roster
from pipeline.verify.decisions import Decision, Event, Redo, Undo, is_step
from pipeline.verify.reading import keep_reading
from pipeline.verify.state import ReviewedTranscript, begin_review
from pipeline.verify.steps import take_step
from pipeline.verify.telling import Step, tell_step


class History:
    """Where a review stands, and the states undo and redo lead to (they share what did not change)."""

    def __init__(self, state: ReviewedTranscript) -> None:
        self.begun = state
        self.state = state
        self.past: list[ReviewedTranscript] = []
        self.future: list[ReviewedTranscript] = []
        self.steps: list[Event] = []  # what led from each past state to the one after it
        self.undone: list[Event] = []

    def turned(self, decision: Decision) -> Event | None:
        """The step that an undo takes back, or a redo does again; None for other decisions, or where there is none."""
        steps = {"undo": self.steps, "redo": self.undone}.get(decision.kind)
        return steps[-1] if steps else None

    def told(self, words: bool = False) -> tuple[Step, ...]:
        """The steps that stand, in the order they were taken; with `words` also what differs."""
        states = [*self.past, self.state]
        return tuple(
            tell_step(event, *pair, words=words)
            for event, pair in zip(self.steps, pairwise(states), strict=True)
        )

    def preview(self, event: Event) -> ReviewedTranscript:
        """The state an event leads to; raises DecisionError when it leads nowhere."""
        if isinstance(event.decision, Undo):
            return _step_along(self.past, self.state, "nothing is left to undo")
        if isinstance(event.decision, Redo):
            return _step_along(self.future, self.state, "nothing is left to redo")
        return take_step(self.state, event)

    def advance(self, event: Event, after: ReviewedTranscript | None = None) -> None:
        """Take an event in; raises DecisionError and changes nothing when it leads nowhere. `after` is the state it leads
        to, where that is known already."""
        after = after or self.preview(event)
        if isinstance(event.decision, Undo):
            self.past.pop()
            self.undone.append(self.steps.pop())
            self.future.append(self.state)
        elif isinstance(event.decision, Redo):
            self.future.pop()
            self.steps.append(self.undone.pop())
            self.past.append(self.state)
        elif is_step(event.decision):
            self.past.append(self.state)
            self.steps.append(event)
            self.future.clear()
            self.undone.clear()
        self.state = after


def apply(
    attribution: Attribution, redaction: Redaction, roster: Roster, duration: float, events: Iterable[Event]
) -> ReviewedTranscript:
    """The reviewed transcript: what the pipeline left, with every decision that stands."""
    history = History(begin_review(attribution, redaction, roster, duration))
    for event in events:
        history.advance(event)
    return history.state


def _step_along(
    states: Sequence[ReviewedTranscript], now: ReviewedTranscript, otherwise: str
) -> ReviewedTranscript:
    """The last of `states`; what was read since stays read, and a label that was given stays taken: another
    recording may bear it by now."""
    if not states:
        raise DecisionError(why=otherwise)
    then = states[-1]
    given = {label.text for label in now.labels.labels} - {label.text for label in then.labels.labels}
    spent = retire(replace(then.labels, retired=now.labels.retired), sorted(given))
    labels = replace(then.labels, retired=spent)
    read = then.read | (now.read & set(then.lines))
    return replace(then, labels=labels, read=read, reading=keep_reading(then, now), notes=now.notes)
