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

MOST_LINES = 60  # that are looked through at once: what was found so far is kept when somebody types on
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
        unseen = [name for name in state.unlooked if not self._is_seen(state, name)]
        for names in _together(state, unseen):
            finder = self._finders.get(self._language, self._policy, state.sensitivity)
            found = _find_in(state, names, finder)
            self._seen |= {name: (state.lines[name], tuple(found[name])) for name in names}
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


def _together(state: ReviewedTranscript, names: Sequence[str]) -> Iterator[list[str]]:
    """Lines so near each other that the recognizers would see those between twice, by time. A word that is replaced all
    through an hour stands in every third line: each by itself would take the recognizers over the hour twice and more."""
    at = {name: number for number, name in enumerate(state.order)}
    near: list[str] = []
    for name in sorted(names, key=at.__getitem__):
        if near and (at[name] - at[near[-1]] > 2 * AROUND or at[name] - at[near[0]] >= MOST_LINES):
            yield near
            near = []
        near.append(name)
    if near:
        yield near


def _find_in(state: ReviewedTranscript, names: Sequence[str], finder: Finder) -> dict[str, list[Span]]:
    """What is found in the typed words of lines that are near each other, where nobody was asked or decided yet."""
    first = max(0, state.order.index(names[0]) - AROUND)
    near = state.order[first : state.order.index(names[-1]) + AROUND + 1]
    found: dict[str, list[Span]] = {name: [] for name in names}
    said = [_as_said(state.lines[name]) for name in near]
    for span in finder.find(said, Roster(state.roster), state.labels):
        name = near[span.utterance]
        if name in found and _is_new(state.lines[name], span):
            found[name].append(span)
    return found


def _is_new(line: Line, span: Span) -> bool:
    if any(_meet(span, m.start_char, m.end_char) for m in line.marks):
        return False
    return any(t.typed and _meet(span, t.start_char, t.end_char) for t in line.tokens)


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
