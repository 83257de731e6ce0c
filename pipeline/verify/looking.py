"""What the recognizers make of typed words: looked for beside the review, kept by a decision of its own (Look).

It takes a tenth of a second, and some seconds the first time: nobody waits for it while they type. Until it is done
the state says which lines are yet to be looked through, and nothing can be verified.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from pipeline.language.text import fold
from pipeline.records import LabelMap, Roster, Span, Utterance, Word
from pipeline.verify.decisions import Found, Look, Place
from pipeline.verify.labels import labels_for
from pipeline.verify.state import Line, ReviewedTranscript
from pipeline.verify.store import Material

AROUND = 3  # lines before and behind one that recognizers see with it: a question asks for what answers it
_WHY = "found by the recognizers"


class Finder(Protocol):
    """What is to be replaced or asked about in a dialogue. See pipeline.deidentify.redact.Deidentifier.find."""

    def find(
        self, utterances: Sequence[Utterance], roster: Roster | None, labels: LabelMap
    ) -> Sequence[Span]: ...


class Finders:
    """Finders by language, policy and sensitivity, each loaded when it is first needed. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[tuple[str, str, str], Finder] = {}

    def get(self, language: str, policy: str, sensitivity: str) -> Finder:
        """The finder; raises ModelMissingError, PolicyError."""
        with self._lock:
            wanted = (language, policy, sensitivity)
            if wanted not in self._loaded:
                self._loaded[wanted] = load_finder(*wanted)
            return self._loaded[wanted]

    def clear(self) -> None:
        """Let the models go."""
        with self._lock:
            self._loaded.clear()


def load_finder(language: str, policy: str, sensitivity: str) -> Finder:
    """The recognizers and passes that a transcript goes through, without the second look over the result: that one is
    pipeline.verify.sightings'."""
    from pipeline.deidentify import redact
    from pipeline.deidentify.policy import SENSITIVITIES

    known = next(each for each in SENSITIVITIES if each == sensitivity)
    return redact.load(policy, known, language, second_look=_NoSecondLook())


class _NoSecondLook:
    def look(self, *_: object) -> tuple[Span, ...]:
        return ()


class Looking:
    """What was found in which line as it stood then."""

    def __init__(self, finders: Finders, material: Material) -> None:
        self._finders, self._language = finders, material.language
        self._policy = material.policy or material.redaction.policy
        self._seen: dict[str, tuple[Line, tuple[Span, ...]]] = {}

    def look(self, state: ReviewedTranscript) -> bool:
        """Look through the lines that are yet to be looked through; False where there are none."""
        for name in sorted(state.unlooked):
            if not self._is_seen(state, name):
                finder = self._finders.get(self._language, self._policy, state.sensitivity)
                self._seen[name] = (state.lines[name], tuple(_find_in(state, name, finder)))
        return bool(state.unlooked)

    def kept(self, state: ReviewedTranscript) -> Look:
        """The decision that keeps what was found in lines that still stand as they were seen."""
        lines = tuple(name for name in sorted(state.unlooked) if self._is_seen(state, name))
        spans = [(name, span) for name in lines for span in self._seen[name][1]]
        labels = _labels_of(state, spans)
        found = [
            Found(Place(name, s.start_char, s.end_char), s.type, label, _WHY)
            for (name, s), label in zip(spans, labels, strict=True)
        ]
        for name in lines:
            del self._seen[name]
        return Look(lines, tuple(found))

    def _is_seen(self, state: ReviewedTranscript, name: str) -> bool:
        return name in self._seen and self._seen[name][0] is state.lines[name]


def _find_in(state: ReviewedTranscript, name: str, finder: Finder) -> Iterator[Span]:
    """What is found in the typed words of a line, where nobody was asked or decided yet."""
    at = state.order.index(name)
    first = max(0, at - AROUND)
    near = [state.lines[each] for each in state.order[first : at + AROUND + 1]]
    line = state.lines[name]
    typed = [t for t in line.tokens if t.typed]
    for span in finder.find([_as_said(each) for each in near], Roster(state.roster), state.labels):
        if span.utterance != at - first or any(_meet(span, m.start_char, m.end_char) for m in line.marks):
            continue
        if any(_meet(span, t.start_char, t.end_char) for t in typed):
            yield span


def _meet(span: Span, start: int, end: int) -> bool:
    return span.start_char < end and start < span.end_char


def _as_said(line: Line) -> Utterance:
    words = tuple(
        Word(t.start, t.end, line.text[t.start_char : t.end_char], t.probability, "", t.without_hint)
        for t in line.tokens
    )
    return Utterance(line.participant, line.start, line.end, line.text, words, line.overlap)


def _labels_of(state: ReviewedTranscript, spans: Sequence[tuple[str, Span]]) -> list[str]:
    """A label for each find that is to be replaced: one that its words bear already, though nobody decided on it yet,
    or the study's, or a new one; "" for what the policy only asks about."""
    borne = {
        fold(line.words_of(m)): m.replacement
        for line in state.in_order()
        for m in line.marks
        if m.hides and m.found_by == "what was typed"
    }
    acting = [(name, s) for name, s in spans if s.action != "flag" and fold(s.text) not in borne]
    given = iter(
        labels_for(state, [(s.type, s.text, state.lines[n].text[: s.start_char]) for n, s in acting])
    )
    return ["" if s.action == "flag" else borne.get(fold(s.text)) or next(given) for _, s in spans]
