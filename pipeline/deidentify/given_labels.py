"""Labels that stand in a transcript as it comes, since somebody de-identified it in part, by hand or with this program.

They say who or what was meant: nothing looks for identifiers in them, nothing is found across one, and nobody else gets
their number. What else stands in brackets ("[Zorlina laughs]") is looked through like any words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipeline.deidentify.failsafe import Detector, Finds, find_safely
from pipeline.deidentify.label_texts import single_labels
from pipeline.identifiers import CLASSES
from pipeline.language.wordlists import rule_words
from pipeline.records import LabelMap, Roster, Span, Utterance, Word

_BLANK = "*"  # a character that is no part of a word, so that offsets stay
_CODE = r"[A-Z]{1,3}\d{1,4}\??"
_FIGURES = r"(?:\d{1,4}(?:\+|[-–]\d{1,3}|(?: [A-Z][a-z]+)? \d{4})?|[A-Z][a-z]+ \d{4})"
Place = tuple[int, int]


@cache
def _label() -> re.Pattern[str]:
    by_hand = rule_words("given_labels", "words")
    words = "|".join(
        sorted({*(c.label.casefold() for c in CLASSES.values()), *by_hand}, key=len, reverse=True)
    )
    one = rf"(?:(?i:{words})(?: {_FIGURES})?|{_CODE})"
    more = rf"(?: or (?:{one}|\d{{1,4}}))*"
    return re.compile(rf"\[(?:{one}{more}|{_CODE} withdrew)\]")


def places_of_labels(text: str) -> list[Place]:
    """Where labels stand in a text, brackets included."""
    return [found.span() for found in _label().finditer(text)] if "[" in text else []


def without_labels(text: str) -> str:
    """A text of the same length in which labels say nothing."""
    return _blanked(text, places_of_labels(text), 0)


def find_beside_labels(detector: Detector, utterances: Sequence[Utterance], roster: Roster | None) -> Finds:
    """What `find_safely` finds where no label stands."""
    labels = [places_of_labels(u.text) for u in utterances]
    seen = [_hide(u, places) if places else u for u, places in zip(utterances, labels, strict=True)]
    finds = find_safely(detector, seen, roster)
    spans, kept = (
        tuple(part for span in found for part in _beside(span, labels[span.utterance]))
        for found in (finds.spans, finds.kept)
    )
    return replace(finds, spans=spans, kept=kept)


def with_given(labels: LabelMap | None, texts: Iterable[str]) -> LabelMap:
    """The study's labels, with those that stand in texts taken: nobody else gets one."""
    labels = labels or LabelMap()
    known = {label.text for label in labels.labels}
    given = (text[start + 1 : end - 1] for text in texts for start, end in places_of_labels(text))
    taken = (label for each in given for label in single_labels(each) if _is_numbered(label))
    return replace(
        labels, retired=tuple(dict.fromkeys((*labels.retired, *(t for t in taken if t not in known))))
    )


def _is_numbered(label: str) -> bool:
    """One of ours that means one thing alone: "Person 2"."""
    word, _, number = label.rpartition(" ")
    return number.isdecimal() and any(c.numbered and c.label == word for c in CLASSES.values())


def _hide(said: Utterance, places: Sequence[Place]) -> Utterance:
    words, at = list[Word](), 0
    for word in said.words:
        start = said.text.find(word.text, at)
        if start < 0:
            words.append(word)
            continue
        at = start + len(word.text)
        words.append(replace(word, text=_blanked(word.text, places, start)))
    return replace(said, text=_blanked(said.text, places, 0), words=tuple(words))


def _blanked(text: str, places: Iterable[Place], offset: int) -> str:
    for start, end in places:
        first, last = max(0, start - offset), min(len(text), end - offset)
        if first < last:
            text = text[:first] + _BLANK * (last - first) + text[last:]
    return text


def _beside(span: Span, labels: Sequence[Place]) -> Iterator[Span]:
    """A span as it is, or what is left of it between labels, where that holds a letter or figure."""
    at = span.start_char
    touched = [(s, e) for s, e in labels if s < span.end_char and span.start_char < e]
    if not touched:
        yield span
        return
    for start, end in (*touched, (span.end_char, span.end_char)):
        text = span.text[at - span.start_char : max(at, start) - span.start_char]
        if any(c.isalnum() for c in text):
            yield replace(span, start_char=at, end_char=start, text=text)
        at = max(at, end)
