"""Putting replacements into a text, by presidio-anonymizer, and into the words' times beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.records import Utterance, Word


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of one utterance's text, and the operator (with parameters) that replaces them."""

    start: int
    end: int
    operator: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text with replacements in it; `parts` are they, in order, with the characters they stand for."""

    text: str
    parts: tuple[tuple[int, int, str], ...] = ()


class Replacer:
    """presidio-anonymizer with our operators. Edits of one text must not overlap."""

    @cached_property
    def _engine(self) -> Any:
        from presidio_anonymizer import AnonymizerEngine

        from pipeline.deidentify import operators

        engine = AnonymizerEngine()
        for operator in operators.ALL:
            engine.add_anonymizer(operator)
        return engine

    def replace(self, text: str, edits: Sequence[Edit]) -> Replaced:
        """Apply every edit; raises ValueError when two overlap or one lies outside the text."""
        ordered = sorted(edits, key=lambda e: e.start)
        _check(text, ordered)
        if not ordered:
            return Replaced(text)
        from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

        # Operators are chosen by entity type, and each span has its own label: so each is its own type.
        results = [RecognizerResult(str(n), e.start, e.end, 1.0) for n, e in enumerate(ordered)]
        configs = {str(n): OperatorConfig(e.operator, dict(e.params)) for n, e in enumerate(ordered)}
        outcome = self._engine.anonymize(
            text,
            results,
            configs,
            merge_entities_with_spaces=False,
        )
        put = {int(item.entity_type): item.text for item in outcome.items}
        return Replaced(outcome.text, tuple((e.start, e.end, put[n]) for n, e in enumerate(ordered)))


def _check(text: str, ordered: Sequence[Edit]) -> None:
    at = 0
    for edit in ordered:
        if not at <= edit.start < edit.end <= len(text):
            raise ValueError("edits overlap or lie outside the text")
        at = edit.end


def apply(utterance: Utterance, replaced: Replaced) -> Utterance:
    """The utterance with its text replaced and its words rebuilt from what is left of them."""
    words = _rebuild(utterance, replaced)
    return Utterance(
        utterance.participant, utterance.start, utterance.end, replaced.text, words, utterance.overlap
    )


def _rebuild(utterance: Utterance, replaced: Replaced) -> tuple[Word, ...]:
    """Words that no replacement touches stay; those one touches become one word, from the first's start
    to the last's end. Words that cannot be found in the text are dropped, all of them: a raw word must
    never outlive its redaction."""
    places = _place(utterance)
    if places is None:
        return ()
    words: list[Word] = []
    index = 0
    while index < len(places):
        last, group_end = index, places[index][1]
        text = _span_text(utterance.text, replaced, places[index][0], group_end)
        while text is None and last + 1 < len(places):
            last += 1
            group_end = places[last][1]
            text = _span_text(utterance.text, replaced, places[index][0], group_end)
        if text is None:
            return ()
        group = utterance.words[index : last + 1]
        if text:
            sure = min(w.probability for w in group)
            words.append(Word(group[0].start, max(w.end for w in group), text, sure))
        index = last + 1
    whole = "".join("".join(w.text.split()) for w in words)
    return tuple(words) if whole == "".join(replaced.text.split()) else ()


def _place(utterance: Utterance) -> list[tuple[int, int]] | None:
    """Where each word stands in the text; None when one cannot be found in its turn."""
    places, at = [], 0
    for word in utterance.words:
        said = word.text.strip()
        found = utterance.text.find(said, at)
        if found < 0 or utterance.text[at:found].strip():
            return None
        places.append((found, found + len(said)))
        at = found + len(said)
    return None if utterance.text[at:].strip() else places


def _span_text(text: str, replaced: Replaced, start: int, end: int) -> str | None:
    """The new text of characters start to end; None when a replacement reaches beyond them."""
    out, at = [], start
    for first, last, put in replaced.parts:
        if last <= start or first >= end:
            continue
        if last > end:
            return None
        if first >= at:
            out.append(text[at:first] + put)
        at = max(at, last)
    return "".join(out) + text[at:end]
